"""One pod on every node that suits: made, replaced, taken away.

Source: ``pkg/controller/daemon/daemon_controller.go``. Upstream remembers how often a pod
failed on a node; here a failed pod is replaced ten seconds after it began, at the soonest.
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import View, get, is_going
from onggi.api.plan import Controller, Delete, Plan, Wake, World
from onggi.kinds.apps import history
from onggi.kinds.apps.claim import candidates, claim, wakes_for_orphans
from onggi.kinds.apps.controllerrevision import CONTROLLERREVISION
from onggi.kinds.apps.daemonset.kind import DAEMONSET
from onggi.kinds.apps.daemonset.placement import HASH
from onggi.kinds.apps.daemonset.rollout import step
from onggi.kinds.apps.daemonset.turn import Turn
from onggi.kinds.apps.template import template_hash
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD


def reconcile(ds: View, world: World, now: datetime) -> Plan:
    if is_going(ds):
        return Plan()
    past = history.history(ds, world)
    if past.current is None:
        digest = template_hash(ds["spec"]["template"], history.collisions(ds))
        revision = history.snapshot(ds, past, HASH, digest)
        return Plan([*past.actions, history.create(DAEMONSET, ds, revision)])
    pods, claims = claim(POD, ds, candidates(POD, ds, world))
    turn = Turn(ds, get(past.current, f"metadata.labels.{HASH}") or "", now)
    turn.look(world.all(NODE), pods)
    turn.manage()
    if not turn.delete and not turn.create and turn.strategy == "RollingUpdate":
        found = step(turn.daemons())
        turn.delete, turn.create = found.delete, found.create
    gone = history.clean_up(ds, past.old, live(ds, pods)) + [
        Delete(CONTROLLERREVISION, double) for double in past.doubles
    ]
    actions = [*past.actions, *claims, *turn.acts(), *gone, *turn.report()]
    return Plan(actions, again_in=turn.again_in, failed=lambda error: list(turn.report()))


def live(ds: View, pods: Sequence[View]) -> set[str]:
    """The names of the revisions that pods run from."""
    hashes = {(get(pod, "metadata.labels") or {}).get(HASH) for pod in pods}
    return {f"{ds['metadata']['name']}-{digest}" for digest in hashes}


def wakes(node: View, world: World) -> list[Wake]:
    return [(d["metadata"]["namespace"], d["metadata"]["name"]) for d in world.all(DAEMONSET)]


def suits(node: View) -> object:
    """All that a DaemonSet asks of a node."""
    return get(node, "metadata.labels"), get(node, "spec.taints")


CONTROLLER = Controller(
    name="daemonset-controller",
    kind=DAEMONSET,
    reconcile=reconcile,
    owns=(POD, CONTROLLERREVISION),
    watches={POD: wakes_for_orphans(DAEMONSET), NODE: wakes},
    matters={NODE: suits},
    account="daemon-set-controller",
)
