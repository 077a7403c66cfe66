"""Which fields a value has: all that it adds where nothing was, and all that it states.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (compare.go, tofieldset.go).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from onggi.api.fields.elements import SELF
from onggi.api.fields.plan import Plan, divided
from onggi.api.fields.sets import LEAF, Trie, arranged
from onggi.api.schema_nodes import ATOMIC, DEDUCED, FIELDS


def added(value: Any, plan: Plan) -> Trie:
    """What is below a field (and the field) that was not there: every struct, map, list, item
    and leaf by itself. Raises Misshapen."""
    shape = plan.shape
    if not value or shape == ATOMIC:
        return LEAF
    if isinstance(value, dict):
        return fields_added(value, plan) if shape in (FIELDS, DEDUCED) else LEAF
    if isinstance(value, list) and shape not in (FIELDS, DEDUCED):
        return items_added(value, plan)
    return LEAF


def fields_added(value: Mapping[str, Any], plan: Plan) -> Trie:
    found: Trie = {SELF: LEAF}
    fields = plan.fields
    for name in sorted(value):
        below = fields.get(name) or plan.below(name)
        inner = below[1]
        found[below[0]] = LEAF if inner.shape == ATOMIC else added(value[name], inner)
    return found


def items_added(value: Sequence[Any], plan: Plan) -> Trie:
    found: Trie = {SELF: LEAF}
    items = plan.items
    for item in value:
        element = plan.element(item)
        found[element] = LEAF if element in found else added(item, items)
    return arranged(found) if len(found) > 2 else found


def beyond_zero(value: Mapping[str, Any], plan: Plan) -> Trie:
    """What a struct has that upstream's empty struct has not: for what is created."""
    found: Trie = {}
    for name in sorted(value):
        item = value[name]
        element, inner, field, _ = plan.below(name)
        if name in plan.always and isinstance(item, Mapping) and inner.shape == FIELDS:
            if below := beyond_zero(item, inner):
                found[element] = below
        elif field is not None and field.default is not None and field.default == item:
            continue
        else:
            found[element] = added(item, inner)
            if item and inner.node.holds_many and field is not None and not field.omits:
                found[element] = {k: v for k, v in found[element].items() if k != SELF}
    return found


def stated(value: Any, plan: Plan) -> Trie:
    """The set of what a configuration states: leaves, items and entries. Raises Misshapen."""
    shape = divided(plan.shape, value)
    if shape == FIELDS:
        return fields_stated(value, plan)
    return {} if shape == ATOMIC else items_stated(value, plan)


def fields_stated(value: Mapping[str, Any], plan: Plan) -> Trie:
    found: Trie = {}
    for name in sorted(value):
        item = value[name]
        element, inner, field, _ = plan.below(name)
        below = stated(item, inner)
        if field is None or item == {} or divided(inner.shape, item) == ATOMIC:
            found[element] = {SELF: LEAF, **below} if below else LEAF
        elif below:
            found[element] = below
    return found


def items_stated(value: Sequence[Any], plan: Plan) -> Trie:
    found: Trie = {}
    elements = [plan.element(item) for item in value]
    often = {element for element, times in Counter(elements).items() if times > 1}
    for element, item in zip(elements, value, strict=True):
        below = LEAF if element in often else stated(item, plan.items)
        found[element] = {SELF: LEAF, **below} if below else LEAF
    return arranged(found)
