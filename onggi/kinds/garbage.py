"""What nobody owns any more is deleted, across all kinds; deletion in order where asked for.

Three ways to delete an owner, told by its finalizers: *background* (it goes at once, its
dependents after it), *foreground* (it waits for the dependents that block it) and *orphan*
(its dependents are let go first). The caches may be behind, so an owner counts as absent only
once the server has confirmed it, and a dependent is deleted only as it was seen.
Source: ``pkg/controller/garbagecollector/garbagecollector.go``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.kind import Kind
from onggi.api.meta import FOREGROUND, ORPHAN
from onggi.api.objects import View, get, is_going
from onggi.api.plan import Absent, Action, Controller, Delete, Emit, Patch, Plan, Target, World

Dependent = tuple[Kind, View]


def reconcile(obj: View, world: World, now: datetime) -> Plan:
    kind = world.kind(obj["apiVersion"], obj["kind"])
    if kind is None:
        return Plan()
    if not is_going(obj):
        return Plan(list(judge(kind, obj, world)))
    if ORPHAN in finalizers(obj):
        return Plan(list(let_go(kind, obj, world)))
    if FOREGROUND in finalizers(obj):
        return Plan(list(finish(kind, obj, world)))
    return Plan()


def finalizers(obj: View) -> Sequence[str]:
    return get(obj, "metadata.finalizers") or ()


def references(obj: View) -> Sequence[View]:
    return get(obj, "metadata.ownerReferences") or ()


def waits(obj: View) -> bool:
    """For its dependents to be deleted first."""
    return is_going(obj) and FOREGROUND in finalizers(obj)


def dependents(owner: View, world: World) -> Iterator[Dependent]:
    for kind in world.kinds:
        for obj in world.owned(kind, owner):
            yield kind, obj


def let_go(kind: Kind, owner: View, world: World) -> Iterator[Action]:
    """Orphan: the dependents forget their owner, then it may go."""
    for child, obj in dependents(owner, world):
        yield forget(child, obj, {owner["metadata"]["uid"]})
    yield without_finalizer(kind, owner, ORPHAN)


def finish(kind: Kind, owner: View, world: World) -> Iterator[Action]:
    """Foreground: the owner may go once no dependent blocks it any more."""
    uid = owner["metadata"]["uid"]
    for _, obj in dependents(owner, world):
        if any(r["uid"] == uid and r.get("blockOwnerDeletion") for r in references(obj)):
            return
    yield without_finalizer(kind, owner, FOREGROUND)


def without_finalizer(kind: Kind, obj: View, finalizer: str) -> Patch:
    left = [f for f in finalizers(obj) if f != finalizer]
    return Patch(kind, obj, {"metadata": {"finalizers": left or None}})


def forget(kind: Kind, obj: View, uids: set[str]) -> Patch:
    left = [dict(r) for r in references(obj) if r["uid"] not in uids]
    return Patch(kind, obj, {"metadata": {"ownerReferences": left or None}})


@dataclass
class Owners:
    """An object's ownerReferences, by what became of the owners."""

    alive: list[str] = field(default_factory=list)  # uids
    waiting: list[str] = field(default_factory=list)  # for their dependents, this one too
    absent: list[Absent] = field(default_factory=list)
    complaints: list[Emit] = field(default_factory=list)


def judge(kind: Kind, obj: View, world: World) -> Iterator[Action]:
    """Delete an object whose owners are gone; if only some are, forget those."""
    owners = owners_of(obj, world)
    yield from owners.complaints
    if not owners.absent and not owners.waiting:
        return
    yield from owners.absent  # the server has to confirm each before anything happens
    if owners.alive:
        yield forget(kind, obj, {a.uid for a in owners.absent} | set(owners.waiting))
        return
    own = list(dependents(obj, world))
    if owners.waiting and own:
        if any(waits(child) for _, child in own):
            yield unblock(kind, obj)  # a circle: somebody has to begin
        yield Delete(kind, obj, "Foreground", unchanged=True)
    else:
        yield Delete(kind, obj, propagation(obj), unchanged=True)


def propagation(obj: View) -> str:
    """What the object was told before."""
    if ORPHAN in finalizers(obj):
        return "Orphan"
    return "Foreground" if FOREGROUND in finalizers(obj) else "Background"


def unblock(kind: Kind, obj: View) -> Patch:
    changed = [{**r, "blockOwnerDeletion": False} for r in references(obj)]
    return Patch(kind, obj, {"metadata": {"ownerReferences": changed}})


def owners_of(obj: View, world: World) -> Owners:
    owners = Owners()
    for reference in references(obj):
        sort(owners, obj, reference, world)
    return owners


def sort(owners: Owners, obj: View, reference: View, world: World) -> None:
    """Put one owner where it belongs. A kind that does not exist (yet) is left alone."""
    kind = world.kind(reference["apiVersion"], reference["kind"])
    uid, namespace = reference["uid"], obj["metadata"].get("namespace", "")
    if kind is None:
        owners.alive.append(uid)
        return
    if kind.namespaced and not namespace:
        owners.complaints.append(complaint(obj, reference))
        owners.alive.append(uid)  # upstream never deletes for this
        return
    place = namespace if kind.namespaced else ""
    found = world.get(kind, place, reference["name"])
    if found is not None and found["metadata"]["uid"] == uid:
        (owners.waiting if waits(found) else owners.alive).append(uid)
        return
    if kind.namespaced and is_elsewhere(kind, uid, world):
        owners.complaints.append(complaint(obj, reference))
    owners.absent.append(Absent(kind, place, reference["name"], uid))


def is_elsewhere(kind: Kind, uid: str, world: World) -> bool:
    return any(o["metadata"]["uid"] == uid for o in world.all(kind))


def complaint(obj: View, reference: View) -> Emit:
    namespace = obj["metadata"].get("namespace", "")
    shown = (
        f"[{reference['apiVersion']}/{reference['kind']}, namespace: {namespace}, "
        f"name: {reference['name']}, uid: {reference['uid']}]"
    )
    message = f'ownerRef {shown} does not exist in namespace "{namespace}"'
    return Emit(obj, "OwnerRefInvalidNamespace", message, "Warning")


def wakes(kind: Kind, changed: View, world: World) -> list[Target]:
    """The object itself if it has owners or is on its way out; its owners if they wait for it;
    its dependents if it waits for them or is gone."""
    meta = changed["metadata"]
    itself = Target(kind, meta.get("namespace", ""), meta["name"])
    present = world.get(*itself)
    gone = present is None or present["metadata"]["uid"] != meta["uid"]
    woken = [itself] if references(changed) or is_going(changed) else []
    if gone or waits(changed):
        woken += [Target.of(child, obj) for child, obj in dependents(changed, world)]
    for reference in references(changed):
        woken += waiting_owner(reference, itself.namespace, world)
    return woken


def waiting_owner(reference: View, namespace: str, world: World) -> list[Target]:
    kind = world.kind(reference["apiVersion"], reference["kind"])
    if kind is None:
        return []
    owner = Target(kind, namespace if kind.namespaced else "", reference["name"])
    found = world.get(*owner)
    return [owner] if found is not None and is_going(found) else []


CONTROLLER = Controller(
    name="garbage-collector-controller",
    account="generic-garbage-collector",
    reconcile=reconcile,
    everything=wakes,
    workers=20,
)
