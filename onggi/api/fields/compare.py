"""What differs between two versions of an object, as sets of fields.

    compare(old, new, plan) -> Comparison(changed, removed)

``changed`` are fields that are new or have another value, ``removed`` those that are gone.
Upstream keeps new and other apart, but only ever uses them together.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (compare.go).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from onggi.api.fields.elements import SELF, Misshapen
from onggi.api.fields.owned import added
from onggi.api.fields.plan import Plan, divided
from onggi.api.fields.sets import LEAF, NOTHING, Trie, arranged
from onggi.api.schema_nodes import ATOMIC, FIELDS


class Comparison(NamedTuple):
    changed: Trie
    removed: Trie


MISSING = object()
ITSELF: Trie = {SELF: LEAF}


def compare(old: Mapping[str, Any], new: Mapping[str, Any], plan: Plan) -> Comparison:
    """Both of the plan's kind. Raises Misshapen."""
    changed: Trie = {}
    removed: Trie = {}
    for name, item in new.items():
        before = old.get(name, MISSING)
        if before is item or before == item:
            continue
        element, inner, *_ = plan.below(name)
        if before is MISSING:
            changed[element] = added(item, inner)
        elif inner.shape == ATOMIC:
            changed[element] = LEAF
        else:
            note(element, values(before, item, inner), changed, removed)
    for name in old.keys() - new.keys():
        element, inner, *_ = plan.below(name)
        removed[element] = added(old[name], inner)
    return Comparison(sorted_out(changed), sorted_out(removed))


def sorted_out(trie: Trie) -> Trie:
    return arranged(trie) if len(trie) > 1 else trie


def note(element: str, below: "Comparison | None", changed: Trie, removed: Trie) -> None:
    """Put what was found below an element into the sets above."""
    if below is None:
        changed[element] = LEAF
        return
    if below.changed:
        changed[element] = LEAF if below.changed == ITSELF else below.changed
    if below.removed:
        removed[element] = below.removed


def values(old: Any, new: Any, plan: Plan) -> Comparison | None:
    """Two values that are not equal; None where that is all there is to say of them."""
    before, after = divided(plan.shape, old), divided(plan.shape, new)
    if not old and not new:
        return None
    if before == after == FIELDS:
        return compare(old, new, plan)
    if before == ATOMIC and after == ATOMIC:
        return None
    if before != FIELDS and after != FIELDS:
        return items(listed(old), listed(new), plan)
    return mixed(old, new, plan)


def listed(value: Any) -> Sequence[Any]:
    if not value:
        return ()
    if not isinstance(value, list):
        raise Misshapen("expected list")
    return value


def mixed(old: Any, new: Any, plan: Plan) -> Comparison:
    """A map that takes another value's place, or the other way round: both are looked at."""
    was, is_now = isinstance(old, Mapping), isinstance(new, Mapping)
    changed = compare({}, new, plan).changed if is_now else NOTHING
    removed = compare(old, {}, plan).removed if was else NOTHING
    if old is not None and new is not None:
        changed = ITSELF | changed
    return Comparison(changed, removed)


def items(old: Sequence[Any], new: Sequence[Any], plan: Plan) -> Comparison:
    """Lists whose items are told apart: their order does not matter."""
    before, after = grouped(old, plan), grouped(new, plan)
    changed: Trie = {}
    removed: Trie = {}
    for element in {**before, **after}:
        was, now = before.get(element, ()), after.get(element, ())
        if was == now:
            continue
        if len(was) == len(now) == 1:
            note(element, values(was[0], now[0], plan.items), changed, removed)
            continue
        if now:
            changed[element] = _marked(now, plan)
        if was and (not now or len(was) == 1 or len(now) == 1):
            removed[element] = _marked(was, plan)
    return Comparison(sorted_out(changed), sorted_out(removed))


def _marked(found: Sequence[Any], plan: Plan) -> Trie:
    """One item by its fields; several of the same name as one leaf."""
    return added(found[0], plan.items) if len(found) == 1 else LEAF


def grouped(found: Sequence[Any], plan: Plan) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for item in found:
        groups.setdefault(plan.element(item), []).append(item)
    return groups
