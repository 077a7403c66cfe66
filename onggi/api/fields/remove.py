"""An object without some of its fields. What is emptied by that becomes null.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (remove.go), ``fieldpath/set.go``
(EnsureNamedFieldsAreMembers).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onggi.api.fields.elements import SELF, Misshapen
from onggi.api.fields.plan import Plan, divided
from onggi.api.fields.sets import LEAF, Trie, is_member
from onggi.api.schema_nodes import ATOMIC, FIELDS


def remove(value: Any, gone: Trie, plan: Plan) -> Any:
    """``value`` without the fields in ``gone``; the same object where that is nothing."""
    if not gone:
        return value
    shape = divided(plan.shape, value)
    if shape == ATOMIC:
        return value if not isinstance(value, Mapping | list) else None
    if shape == FIELDS:
        return _fields(value, gone, plan)
    return _items(value, gone, plan)


def _fields(value: Mapping[str, Any], gone: Trie, plan: Plan) -> Any:
    left = {}
    for name, item in value.items():
        element, inner, *_ = plan.below(name)
        below = gone.get(element)
        if below is None:
            left[name] = item
        elif not is_member(below):
            left[name] = remove(item, below, inner)
    return left or None


def _items(value: Sequence[Any], gone: Trie, plan: Plan) -> Any:
    left = []
    for item in value:
        try:
            below = gone.get(plan.element(item))
        except Misshapen:
            below = None
        if below is None:
            left.append(item)
        elif not is_member(below):
            left.append(remove(item, below, plan.items))
    return left or None


def with_structs(trie: Trie, plan: Plan) -> Trie:
    """The set with every declared field that something is below of as a member: only so can
    it be taken away with its last one."""
    found = {}
    for element, below in trie.items():
        if element == SELF:
            found[element] = below
            continue
        inner = with_structs(below, plan.within(element))
        if below and element[0] == "f" and plan.below(element[2:]).field is not None:
            inner = {SELF: LEAF, **inner}
        found[element] = inner
    return found
