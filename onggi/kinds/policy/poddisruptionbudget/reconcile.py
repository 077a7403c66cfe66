"""Say how many of a budget's pods may be disrupted now; whoever evicts one keeps to it.

Source: ``pkg/controller/disruption/disruption.go``.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import find, in_list, without
from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Controller, Emit, Plan, SetStatus, Wake, World
from onggi.api.times import parse, stamp
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import has_condition, is_finished, is_terminating
from onggi.kinds.policy.poddisruptionbudget.budget import (
    PATIENCE,
    SCALED,
    Expected,
    Uncertain,
    disrupted,
    expected,
    healthy,
    overdue,
    pods_of,
    selects,
)
from onggi.kinds.policy.poddisruptionbudget.kind import PODDISRUPTIONBUDGET

TARGET = "DisruptionTarget"  # a pod's condition: it is to be disrupted
BY_KUBELET = "TerminationByKubelet"


def reconcile(pdb: View, world: World, now: datetime) -> Plan:
    pods = pods_of(pdb, world)
    try:
        wanted = expected(pdb, pods, world)
    except Uncertain as error:
        return Plan(list(fail_safe(pdb, str(error), now)))
    going = disrupted(pdb, pods, now)
    status = observed(pdb, wanted, healthy(pods, going), now)
    status |= {"disruptedPods": going} if going else {}
    actions = [*told(pdb, pods, wanted, now), *written(pdb, status)]
    ends = [parse(time) + PATIENCE - now for time in going.values()]
    again = min(ends, default=None)
    return Plan(actions, again_in=again + timedelta(seconds=1) if again is not None else None)


def written(pdb: View, status: Object) -> list[Action]:
    return [] if status == pdb.get("status") else [SetStatus(PODDISRUPTIONBUDGET, pdb, status)]


def observed(pdb: View, wanted: Expected, ready: int, now: datetime) -> Object:
    allowed = max(ready - wanted.healthy, 0) if wanted.pods > 0 else 0
    status = {
        "observedGeneration": get(pdb, "metadata.generation", 0),
        "disruptionsAllowed": allowed,
        "currentHealthy": ready,
        "desiredHealthy": wanted.healthy,
        "expectedPods": wanted.pods,
    }
    conditions = get(pdb, "status.conditions") or ()
    new = allowance(allowed, status["observedGeneration"])
    return status | {"conditions": with_allowance(conditions, new, now)}


def allowance(allowed: int, generation: int) -> Object:
    reason = "SufficientPods" if allowed else "InsufficientPods"
    return {
        "type": "DisruptionAllowed",
        "status": str(allowed > 0),
        "observedGeneration": generation,
        "reason": reason,
        "message": "",
    }


def with_allowance(conditions: Sequence[View], new: Object, now: datetime) -> list[Object]:
    old = in_list(conditions, new["type"])
    same = old is not None and old.get("status") == new["status"]
    since = old["lastTransitionTime"] if old is not None and same else stamp(now)
    return [*without(conditions, new["type"]), new | {"lastTransitionTime": since}]


def fail_safe(pdb: View, why: str, now: datetime) -> Iterator[Action]:
    """Nobody knows: then nothing may be disrupted."""
    message = f"Failed to calculate the number of expected pods: {why}"
    yield Emit(pdb, "CalculateExpectedPodCountFailed", message, "Warning")
    status = dict(pdb.get("status") or {}) | {"disruptionsAllowed": 0}
    new = allowance(0, status.get("observedGeneration") or 0)
    new |= {"reason": "SyncFailed", "message": why}
    status["conditions"] = with_allowance(status.get("conditions") or (), new, now)
    yield from written(pdb, status)


def told(pdb: View, pods: Sequence[View], wanted: Expected, now: datetime) -> Iterator[Action]:
    if not pods:
        yield Emit(pdb, "NoPods", "No matching pods found")
    if wanted.unmanaged:
        message = (
            "Pods selected by this PodDisruptionBudget (selector: "
            f"{selector_text(pdb)}) were found to be unmanaged. As a result, the status of the "
            "PDB cannot be calculated correctly, which may result in undefined behavior. To "
            'account for these pods please set ".spec.minAvailable" field of the PDB to an '
            "integer value."
        )
        yield Emit(pdb, "UnmanagedPods", message, "Warning")
    meta = pdb["metadata"]
    for pod in overdue(pdb, pods, now):
        message = (
            f"Pod was expected by PDB {meta['namespace']}/{meta['name']} to be deleted but it "
            "wasn't"
        )
        yield Emit(pod, "NotDeleted", message, "Warning")


def selector_text(pdb: View) -> str:
    labels = get(pdb, "spec.selector.matchLabels") or {}
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def wakes(pod: View, world: World) -> list[Wake]:
    namespace = pod["metadata"]["namespace"]
    return [
        (namespace, pdb["metadata"]["name"])
        for pdb in world.all(PODDISRUPTIONBUDGET, namespace)
        if selects(pdb, pod)
    ]


def is_target(pod: View) -> bool:
    """A disruption was announced, and the pod has not begun to go."""
    return has_condition(pod, TARGET) and not is_terminating(pod) and not is_finished(pod)


def forget_stale(pod: View, world: World, now: datetime) -> Plan:
    """An announcement that nothing followed is taken back."""
    found = find(pod, TARGET)
    if not is_target(pod) or found is None or found.get("reason") == BY_KUBELET:
        return Plan()
    left = parse(found["lastTransitionTime"]) + PATIENCE - now
    if left > timedelta():
        return Plan(again_in=left)
    new = {"type": TARGET, "status": "False", "lastTransitionTime": stamp(now)}
    conditions = [new if c["type"] == TARGET else dict(c) for c in pod["status"]["conditions"]]
    return Plan([SetStatus(POD, pod, {**pod["status"], "conditions": conditions})])


CONTROLLER = Controller(
    name="disruption-controller",
    kind=PODDISRUPTIONBUDGET,
    reconcile=reconcile,
    watches={POD: wakes},
    reads=SCALED,
    source="controllermanager",
)
STALE_TARGETS = Controller(
    name="disruption-controller-stale-pods",
    kind=POD,
    reconcile=forget_stale,
    about=is_target,
    account="disruption-controller",
)
