"""Whose is it: a controller takes in matching orphans and lets go of what no longer matches.

Source: ``pkg/controller/controller_ref_manager.go``. Upstream asks the server once more whether
the controller itself still lives before it adopts; here the adopting patch is refused if the
orphan changed, and a controller that is being deleted adopts nothing.
"""

from collections.abc import Callable, Sequence

from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get, is_going, owner_reference
from onggi.api.plan import Action, Patch, World
from onggi.api.selectors import LabelSelector, of_object

Filter = Callable[[View], bool]


def controller_of(obj: View) -> View | None:
    """The ownerReference that says who controls it."""
    found: Sequence[View] = (obj.get("metadata") or {}).get("ownerReferences") or ()
    for reference in found:
        if reference.get("controller"):
            return reference
    return None


def controls(owner: View, obj: View) -> bool:
    reference = controller_of(obj)
    return reference is not None and reference["uid"] == owner["metadata"]["uid"]


def candidates(kind: Kind, owner: View, world: World) -> list[View]:
    """Everything that is the owner's, or may become so: its own and those its labels select."""
    labels = get(owner, "spec.selector.matchLabels") or {}
    mine = list(world.owned(kind, owner))
    known = {obj["metadata"]["uid"] for obj in mine}
    selected = world.select(kind, owner["metadata"]["namespace"], labels)
    return mine + [obj for obj in selected if obj["metadata"]["uid"] not in known]


def claim(
    kind: Kind, owner: View, found: Sequence[View], suits: Filter = lambda obj: True
) -> tuple[list[View], list[Action]]:
    """What the owner controls (after these actions), and the actions that make it so.

    ``suits`` is what else an object must be, such as active, to be kept or adopted.
    """
    selector = of_object(get(owner, "spec.selector"))
    claimed: list[View] = []
    actions: list[Action] = []
    for obj in found:
        if not suits(obj):
            continue
        matches = selector.matches(get(obj, "metadata.labels"))
        if controls(owner, obj):
            if matches:
                claimed.append(obj)
            elif not is_going(owner):
                actions.append(Patch(kind, obj, references(without(owner, obj))))
        elif may_adopt(owner, obj, matches):
            mine = owner_reference(owner)
            actions.append(Patch(kind, obj, references([*without(owner, obj), mine])))
            claimed.append(obj)
    return claimed, actions


def may_adopt(owner: View, obj: View, matches: bool) -> bool:
    return matches and controller_of(obj) is None and not is_going(owner) and not is_going(obj)


def without(owner: View, obj: View) -> list[View]:
    """The object's references to everybody else."""
    uid = owner["metadata"]["uid"]
    return [r for r in get(obj, "metadata.ownerReferences") or () if r["uid"] != uid]


def references(owners: Sequence[View]) -> Object:
    return {"metadata": {"ownerReferences": [dict(o) for o in owners] or None}}


def selector_of(owner: View) -> LabelSelector:
    return of_object(get(owner, "spec.selector"))


def wakes_for_orphans(
    kind: Kind, selector: Callable[[View], LabelSelector] = selector_of
) -> Callable[[View, World], list[tuple[str, str]]]:
    """A Map: an orphan wakes every object of ``kind`` whose selector it matches."""

    def wake(changed: View, world: World) -> list[tuple[str, str]]:
        if controller_of(changed):
            return []
        namespace = changed["metadata"]["namespace"]
        labels = get(changed, "metadata.labels")
        return [
            (namespace, owner["metadata"]["name"])
            for owner in world.all(kind, namespace)
            if labels and selector(owner).matches(labels)
        ]

    return wake
