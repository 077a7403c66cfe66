"""A configuration laid over an object: nothing goes, what it states wins.

Source: ``sigs.k8s.io/structured-merge-diff/v6/typed`` (merge.go).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api.fields.elements import Misshapen, shown
from onggi.api.fields.plan import Plan, divided
from onggi.api.objects import Object
from onggi.api.schema_nodes import ATOMIC

ABSENT = object()


def merge(live: Mapping[str, Any], config: Mapping[str, Any], plan: Plan) -> Object:
    """A new object; parts that are the same are shared. Raises Misshapen."""
    merged = dict(live)
    for name, item in config.items():
        merged[name] = values(live.get(name, ABSENT), item, plan.below(name).plan)
    return merged


def values(live: Any, config: Any, plan: Plan) -> Any:
    """Of one field. Where only one side has anything in it, or it is a leaf, that side."""
    if live is ABSENT:
        return config
    if not config and (config is None or type(config) is type(live)):
        return live if live and divided(plan.shape, live) != ATOMIC else config
    match divided(plan.shape, config):
        case "fields":
            return merge(live if isinstance(live, Mapping) else {}, config, plan)
        case "set" | "map":
            return lists(live if isinstance(live, list) else [], config, plan)
    return config


def lists(live: Sequence[Any], config: Sequence[Any], plan: Plan) -> list[Any]:
    """Items that are told apart: those of ``config`` in its order, others near their neighbours."""
    left, right = elements(live, plan), elements(config, plan)
    stated = dict(zip(right, config, strict=True))
    if len(stated) != len(right):
        twice = next(e for index, e in enumerate(right) if e in right[:index])
        raise Misshapen(f"duplicate entries for key {shown(twice)}")
    present: dict[str, Any] = {}
    for element, item in zip(left, live, strict=True):
        present[element] = None if element in present else item
    found = []
    for element, place in order(left, right):
        if place is not None:
            found.append(live[place])
        else:
            before = present.get(element, ABSENT)
            found.append(values(before, stated[element], plan.items))
    return found


def elements(found: Sequence[Any], plan: Plan) -> list[str]:
    names = []
    for index, item in enumerate(found):
        try:
            names.append(plan.element(item))
        except Misshapen as error:
            raise Misshapen(f"element {index}: {error}") from None
    return names


def order(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """Upstream's order: (element, None) for one of the right, (element, place) for one that
    only the left has. A shared item of the left waits until the right comes to it."""
    here, there = set(left), set(right)
    shared = iter([element for element in right if element in here])
    upcoming = next(shared, None)
    taken: set[str] = set()
    i = j = 0
    while i < len(left) or j < len(right):
        if i < len(left) and (j >= len(right) or left[i] != right[j]):
            element = left[i]
            if element not in there:
                yield element, i
                i += 1
                continue
            if j < len(right) and upcoming not in (None, element):
                i += 1
                continue
            i += element in taken
        elif i < len(left):
            i += 1
        if j < len(right):
            element = right[j]
            yield element, None
            taken.add(element)
            j += 1
            if element == upcoming:
                upcoming = next(shared, None)
