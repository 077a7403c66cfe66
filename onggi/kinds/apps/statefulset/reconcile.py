"""Pods with names of their own, one after the other, and the revisions they run from.

Source: ``pkg/controller/statefulset/{stateful_set,stateful_set_control}.go``.
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import View, get, is_going
from onggi.api.plan import Action, Controller, Delete, Plan, SetStatus, World
from onggi.kinds.apps import history
from onggi.kinds.apps.claim import candidates, claim, wakes_for_orphans
from onggi.kinds.apps.controllerrevision import CONTROLLERREVISION
from onggi.kinds.apps.statefulset.identity import is_member, ordinal, revision_of
from onggi.kinds.apps.statefulset.kind import STATEFULSET
from onggi.kinds.apps.statefulset.turn import Revision, Turn
from onggi.kinds.apps.template import template_hash
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.pod import POD

HASH = "controller.kubernetes.io/hash"


def reconcile(sts: View, world: World, now: datetime) -> Plan:
    past = history.history(sts, world)
    if past.current is None:
        digest = template_hash(sts["spec"]["template"], history.collisions(sts))
        revision = history.snapshot(sts, past, HASH, digest)
        return Plan([*past.actions, history.create(STATEFULSET, sts, revision)])
    found = candidates(POD, sts, world)
    pods, claims = claim(POD, sts, found, lambda pod: is_member(sts, pod))
    update = shaped(past.current)
    name = get(sts, "status.currentRevision")
    current = next((shaped(r) for r in past.old if r["metadata"]["name"] == name), update)
    turn = Turn(sts, world, now, current, update, {ordinal(pod): pod for pod in pods})
    if not is_going(sts):
        turn.go()
    report = written(sts, turn)
    gone = forgotten(sts, past, {current.name, update.name, *map(revision_of, pods)})
    actions = [*past.actions, *claims, *turn.actions, *report, *gone]
    return Plan(actions, again_in=turn.again_in, failed=lambda error: report)


def shaped(revision: View) -> Revision:
    return Revision(revision["metadata"]["name"], history.template_of(revision))


def written(sts: View, turn: Turn) -> list[Action]:
    status = turn.status()
    return [] if status == sts.get("status") else [SetStatus(STATEFULSET, sts, status)]


def forgotten(sts: View, past: history.History, live: set[str]) -> list[Action]:
    """Of the revisions that nothing runs from, the oldest go."""
    idle: Sequence[View] = [r for r in past.old if r["metadata"]["name"] not in live]
    surplus = len(idle) - (get(sts, "spec.revisionHistoryLimit") or 0)
    gone = [*idle[: max(surplus, 0)], *past.doubles]
    return [Delete(CONTROLLERREVISION, revision) for revision in gone]


CONTROLLER = Controller(
    name="statefulset-controller",
    kind=STATEFULSET,
    reconcile=reconcile,
    owns=(POD, CONTROLLERREVISION),
    watches={POD: wakes_for_orphans(STATEFULSET)},
    reads=(PERSISTENTVOLUMECLAIM,),
)
