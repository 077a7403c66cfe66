"""Move a Deployment's pods to the ReplicaSet of its present template.

One pass takes one step: grow the new ReplicaSet, or shrink the old ones, or clean up; what
the step changes wakes the Deployment for the next. The arithmetic is in ``rollout``, the
actions in ``step`` and ``scale``, the status in ``progress``, annotations in ``revision``.
Source: ``pkg/controller/deployment`` (deployment_controller, rolling, recreate).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from onggi.api.conditions import in_list
from onggi.api.objects import View, get, is_going
from onggi.api.plan import Action, Controller, Emit, Plan, SetStatus, World
from onggi.kinds.apps.claim import candidates, claim, controller_of, wakes_for_orphans
from onggi.kinds.apps.deployment import progress
from onggi.kinds.apps.deployment.kind import DEPLOYMENT
from onggi.kinds.apps.deployment.rollout import grow, shrink
from onggi.kinds.apps.deployment.scale import is_scaled, scale
from onggi.kinds.apps.deployment.step import (
    Pass,
    age,
    annotate,
    clean_up,
    collide,
    create_new,
    report,
    resize,
    resize_all,
    size_of,
)
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.template import same
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_finished

SELECTS_ALL = "This deployment is selecting all pods. A non-empty selector is required."


def reconcile(d: View, world: World, now: datetime) -> Plan:
    if not any((get(d, "spec.selector") or {}).values()):
        return refuse_all(d)
    sets, claims = claim(REPLICASET, d, candidates(REPLICASET, d, world))
    sets.sort(key=age)
    new = next((rs for rs in sets if same(rs["spec"]["template"], d["spec"]["template"])), None)
    old = [rs for rs in sets if rs is not new]
    conditions = [dict(c) for c in get(d, "status.conditions") or ()]
    p = Pass(d, world, now, new, old, conditions, claims)
    annotate(p)
    if is_going(d):
        return report(p, rolling=False)
    mark_paused(p)
    if get(d, "spec.paused"):
        scale(p)
        clean_up(p)
        return report(p, rolling=False)
    if is_scaled(p):
        scale(p)
        return report(p, rolling=False)
    return STRATEGIES[d["spec"]["strategy"]["type"]](p)


def refuse_all(d: View) -> Plan:
    generation = get(d, "metadata.generation", 0)
    actions: list[Action] = [Emit(d, "SelectingAll", SELECTS_ALL, "Warning")]
    if get(d, "status.observedGeneration", 0) < generation:
        status = {**(d.get("status") or {}), "observedGeneration": generation}
        actions.append(SetStatus(DEPLOYMENT, d, status))
    return Plan(actions)


def roll(p: Pass) -> Plan:
    if p.new is None and not create_new(p):
        return collide(p)
    assert p.new is not None
    size = size_of(p.new)
    total = sum(rs["spec"]["replicas"] for rs in p.sets)
    if size.replicas != p.limits.want and resize(p, p.new, grow(p.limits, size.replicas, total)):
        return report(p)
    if resize_all(p, p.old, shrink(p.limits, size, [size_of(rs) for rs in p.old])):
        return report(p)
    finish(p)
    return report(p)


def recreate(p: Pass) -> Plan:
    if resize_all(p, p.old, [0] * len(p.old)) or has_old_pods(p):
        return report(p)
    if p.new is None and not create_new(p):
        return collide(p)
    assert p.new is not None
    resize(p, p.new, p.limits.want)
    finish(p)
    return report(p)


STRATEGIES = {"RollingUpdate": roll, "Recreate": recreate}


def mark_paused(p: Pass) -> None:
    """So that time spent paused is not held against the rollout."""
    current = in_list(p.conditions, "Progressing")
    reason = current["reason"] if current else ""
    if progress.deadline(p.d) is None or reason == "ProgressDeadlineExceeded":
        return
    paused = bool(get(p.d, "spec.paused"))
    if paused == (reason == "DeploymentPaused"):
        return
    reason, word = ("DeploymentPaused", "paused") if paused else ("DeploymentResumed", "resumed")
    change = progress.progressing("Unknown", reason, f"Deployment is {word}", p.now)
    p.conditions = progress.put(p.conditions, change)


def has_old_pods(p: Pass) -> bool:
    """A pod of an older ReplicaSet may still run, even if only to the end of its grace."""
    if any(get(rs, "status.replicas", 0) for rs in p.old):
        return True
    pods = (pod for rs in p.old for pod in p.world.owned(POD, rs))
    return any(not is_finished(pod) for pod in pods)


def finish(p: Pass) -> None:
    if progress.is_complete(p.d, p.d.get("status") or {}):
        clean_up(p)


def of_pod(pod: View, world: World) -> Sequence[tuple[str, str]]:
    """Under Recreate the end of an old pod lets the new ones start."""
    namespace = pod["metadata"].get("namespace", "")
    return [
        (namespace, d["metadata"]["name"])
        for rs in owner(pod, REPLICASET.name, namespace, world)
        for d in owner(rs, DEPLOYMENT.name, namespace, world)
        if get(d, "spec.strategy.type") == "Recreate"
    ]


def owner(obj: View, name: str, namespace: str, world: World) -> Iterable[View]:
    reference = controller_of(obj)
    if reference and reference["kind"] == name:
        kind = REPLICASET if name == REPLICASET.name else DEPLOYMENT
        found = world.get(kind, namespace, reference["name"])
        if found:
            yield found


CONTROLLER = Controller(
    name="deployment-controller",
    kind=DEPLOYMENT,
    reconcile=reconcile,
    owns=(REPLICASET,),
    watches={REPLICASET: wakes_for_orphans(DEPLOYMENT), POD: of_pod},
)
