"""A definition that is being deleted takes its custom resources with it.

Source: ``k8s.io/apiextensions-apiserver/pkg/controller/finalizer/crd_finalizer.go``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import condition, find, is_true, with_condition
from onggi.api.crd import bare, kinds_of
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get, is_going
from onggi.api.plan import Action, Clear, Controller, Patch, Plan, Remains, SetStatus, Target, World
from onggi.kinds.apiextensions.crd.kind import CLEANUP, CRD

AGAIN = timedelta(seconds=5)  # how often upstream looks whether the last one is gone
BEGUN = ("InstanceDeletionInProgress", "CustomResource deletion is in progress")
DONE = ("InstanceDeletionCompleted", "removed all instances")
NEVER = ("NeverEstablished", "resource was never established")
CHECK = (
    "InstanceDeletionCheck",
    "could not confirm zero CustomResources remaining: timed out waiting for the condition",
)


def reconcile(crd: View, world: World, now: datetime) -> Plan:
    if not is_going(crd) or CLEANUP not in finalizers(crd):
        return Plan()
    if not is_true(crd, "Established"):
        return Plan([told(crd, False, NEVER, now), let_go(crd)])

    def then(remains: Sequence[Remains]) -> Sequence[Action]:
        return after(crd, remains, now)

    present = find(crd, "Terminating") or {}
    is_told = present.get("reason") in (BEGUN[0], CHECK[0])
    begun = [] if is_told else [told(crd, True, BEGUN, now)]
    return Plan([*begun, Clear(instances(crd), "", then)], again_in=AGAIN)


def after(crd: View, remains: Sequence[Remains], now: datetime) -> Sequence[Action]:
    if refusal := next((r.refusal for r in remains if r.refusal), None):
        said = ("InstanceDeletionFailed", f"could not issue all deletes: {refusal}")
        return [told(crd, True, said, now)]
    if any(r.items for r in remains):
        return [told(crd, True, CHECK, now)]
    return [told(crd, False, DONE, now), let_go(crd)]


def instances(crd: View) -> list[Kind]:
    """One served version will do."""
    return [bare(kind) for kind in kinds_of(crd)[:1]]


def finalizers(crd: View) -> list[str]:
    return get(crd, "metadata.finalizers") or []


def told(crd: View, status: bool, said: tuple[str, str], now: datetime) -> SetStatus:
    present: Object = crd.get("status") or {}
    found = with_condition(present.get("conditions"), condition("Terminating", status, *said), now)
    return SetStatus(CRD, crd, {**present, "conditions": found})


def let_go(crd: View) -> Patch:
    left = [f for f in finalizers(crd) if f != CLEANUP]
    return Patch(CRD, crd, {"metadata": {"finalizers": left or None}})


def definition(kind: Kind, changed: View, world: World) -> list[Target]:
    """The last custom resource that goes lets its definition go."""
    if kind.custom is None or not is_going(changed):
        return []
    name = f"{kind.plural}.{kind.group}"
    crd = world.get(CRD, "", name)
    return [Target(CRD, "", name)] if crd is not None and is_going(crd) else []


CONTROLLER = Controller(
    name="crd-finalizer",
    kind=CRD,
    reconcile=reconcile,
    everything=definition,
    workers=5,
    account="system:apiserver",
)
