"""A namespace that is being deleted is emptied, pods first, and then let go.

Source: ``pkg/controller/namespace/deletion`` (namespaced_resources_deleter.go,
status_condition_utils.go). What exists is asked of the server itself, never of a cache.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import in_list
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, clone, get, is_going
from onggi.api.plan import (
    Action,
    Clear,
    Controller,
    Plan,
    Remains,
    SetStatus,
    Target,
    Update,
    World,
)
from onggi.api.times import stamp
from onggi.kinds.core.namespace.kind import FINALIZER, NAMESPACE
from onggi.kinds.core.pod import POD

AGAIN = timedelta(seconds=8)  # upstream's estimate for finalizers, where no event would tell

FINE = {
    "NamespaceDeletionDiscoveryFailure": (
        "ResourcesDiscovered",
        "All resources successfully discovered",
    ),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": (
        "ContentHasNoFinalizers",
        "All content-preserving finalizers finished",
    ),
}


def reconcile(namespace: View, world: World, now: datetime) -> Plan:
    if not is_going(namespace) or not get(namespace, "spec.finalizers"):
        return Plan()
    status = {**(namespace.get("status") or {}), "phase": "Terminating"}
    actions: list[Action] = []
    if status != namespace.get("status"):
        actions.append(SetStatus(NAMESPACE, namespace, status))
    name = namespace["metadata"]["name"]
    others = [kind for kind in contents(world) if kind is not POD]

    def pods_gone(remains: Sequence[Remains]) -> Sequence[Action]:
        if is_left(remains):
            return report(namespace, status, remains, now)
        return [Clear(others, name, all_gone)]

    def all_gone(remains: Sequence[Remains]) -> Sequence[Action]:
        told = report(namespace, status, remains, now)
        return told if is_left(remains) else [*told, release(namespace)]

    return Plan([*actions, Clear([POD], name, pods_gone)], again_in=AGAIN)


def contents(world: World) -> list[Kind]:
    needed = {"list", "delete"}
    return [kind for kind in world.kinds if kind.namespaced and needed <= set(kind.verbs)]


def is_left(remains: Sequence[Remains]) -> bool:
    return any(r.items or r.refusal for r in remains)


def release(namespace: View) -> Update:
    new = clone(namespace)
    new["spec"]["finalizers"] = [f for f in new["spec"]["finalizers"] if f != FINALIZER]
    return Update(NAMESPACE, new, subresource="finalize")


def report(
    namespace: View, status: Object, remains: Sequence[Remains], now: datetime
) -> list[Action]:
    """The conditions that say what is in the way."""
    problems = found(remains)
    present = status.get("conditions") or []
    conditions = [updated(in_list(present, type), type, problems.get(type), now) for type in FINE]
    new = {**status, "conditions": conditions}
    return [] if new == status else [SetStatus(NAMESPACE, namespace, new)]


def found(remains: Sequence[Remains]) -> dict[str, tuple[str, str]]:
    """Condition type → (reason, message), for what is not fine."""
    problems = {}
    refusals = sorted(str(r.refusal) for r in remains if r.refusal)
    if refusals:
        message = (
            f"Failed to delete all resource types, {len(refusals)} remaining: {', '.join(refusals)}"
        )
        problems["NamespaceDeletionContentFailure"] = ("ContentDeletionFailed", message)
    if any(r.items for r in remains):
        left = sorted(
            f"{r.kind.plural}.{r.kind.group} has {len(r.items)} resource instances"
            for r in remains
            if r.items
        )
        message = f"Some resources are remaining: {', '.join(left)}"
        problems["NamespaceContentRemaining"] = ("SomeResourcesRemain", message)
    if held := finalizers(obj for r in remains for obj in r.items):
        message = f"Some content in the namespace has finalizers remaining: {', '.join(held)}"
        problems["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", message)
    return problems


def finalizers(objects: Iterable[View]) -> list[str]:
    names = Counter(f for o in objects for f in get(o, "metadata.finalizers") or ())
    return sorted(f"{name} in {count} resource instances" for name, count in names.items())


def updated(old: View | None, type: str, problem: tuple[str, str] | None, now: datetime) -> Object:
    status = "True" if problem else "False"
    reason, message = problem or FINE[type]
    since = stamp(now)
    if old and old["status"] == status:
        since = old["lastTransitionTime"]
    return {
        "type": type,
        "status": status,
        "lastTransitionTime": since,
        "reason": reason,
        "message": message,
    }


def home(kind: Kind, changed: View, world: World) -> list[Target]:
    """What goes away in an ending namespace may be the last thing there."""
    name = changed["metadata"].get("namespace", "")
    namespace = world.get(NAMESPACE, "", name) if name else None
    if namespace is None or not is_going(namespace):
        return []
    return [Target(NAMESPACE, "", name)]


CONTROLLER = Controller(
    name="namespace-controller",
    kind=NAMESPACE,
    reconcile=reconcile,
    everything=home,
    workers=10,
)
