"""Equality and order across types: ``1 == 1.0``, ``true != 1``, sets in any order.

Source: ``cel-go/common/types`` (Equal, Compare), ``k8s.io/apiserver/pkg/cel/common``.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from onggi.api.cel.errors import CelError
from onggi.api.cel.uint import Uint
from onggi.api.cel.values import (
    UNSET,
    Duration,
    ListValue,
    ObjectValue,
    Optional,
    Timestamp,
    no_overload,
)

NUMBERS = frozenset((int, float, Uint))
LISTS = (list, tuple)
MAPS = (dict, ObjectValue)
ORDERED = frozenset((str, bytes, bool, Timestamp, Duration))


def equal(one: Any, other: Any) -> bool:
    """CEL's ``==``: never an error; values of different families differ."""
    kind, its = type(one), type(other)
    if kind in NUMBERS:
        return its in NUMBERS and (one == other if kind is its else ordered(one, other) == 0)
    if isinstance(one, LISTS):
        return isinstance(other, LISTS) and equal_lists(one, other)
    if isinstance(one, MAPS):
        return isinstance(other, MAPS) and equal_maps(one, other)
    if kind is not its:
        return False
    if kind is Optional:
        return one.present == other.present and equal(one.value, other.value)
    return bool(one == other)


def equal_lists(one: Sequence[Any], other: Sequence[Any]) -> bool:
    if len(one) != len(other):
        return False
    if isinstance(one, ListValue):
        if one.set:
            return same_members(one, other)
        if one.keys:
            return same_entries(one, other)
    return all(map(equal, one, other))


def same_members(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Sets, of scalars nearly always: in any order."""
    theirs = {frozen(item) for item in other}
    return all(frozen(item) in theirs for item in one)


def same_entries(one: ListValue, other: Sequence[Any]) -> bool:
    """Map lists: entries of the same keys are equal, in any order."""
    theirs: dict[Any, Any] = {}
    for item in other:
        if not isinstance(item, ObjectValue):
            return False
        theirs[frozen(one.key(item))] = item
    for item in one:
        match = theirs.get(frozen(one.key(item)), UNSET)
        if match is UNSET or not equal(item, match):
            return False
    return True


def equal_maps(one: Any, other: Any) -> bool:
    if len(one) != len(other):
        return False
    if isinstance(one, ObjectValue) and isinstance(other, ObjectValue):
        return equal_objects(one, other)
    for key in one:
        theirs = find(other, key)
        if theirs is UNSET or not equal(find(one, key), theirs):
            return False
    return True


def equal_objects(one: ObjectValue, other: ObjectValue) -> bool:
    """Declared fields as their types say; what is preserved beyond them, where both have it."""
    known = {raw for raw, _ in one.fields.values()}
    for name, (raw, _) in one.fields.items():
        if raw in one.raw:
            mine, theirs = one.find(name), other.find(name)
            if (mine is UNSET) != (theirs is UNSET) or not equal(mine, theirs):
                return False
    unknown = one.raw.keys() - known
    return all(equal(one.raw[raw], other.raw[raw]) for raw in unknown if raw in other.raw)


def frozen(value: Any) -> Any:
    """A key for Python's sets and dicts that tells ``1`` from ``true`` but not from ``1.0``."""
    kind = type(value)
    if kind in NUMBERS:
        return "number", value
    if isinstance(value, LISTS):
        return "list", *map(frozen, value)
    if isinstance(value, MAPS):
        return "map", frozenset((frozen(k), frozen(find(value, k))) for k in value)
    if kind is Optional:
        return "optional", value.present, frozen(value.value)
    return kind, value


def find(mapping: Any, key: Any) -> Any:
    """The value under ``key``, or ``UNSET``; ``true`` is not ``1``."""
    if isinstance(mapping, ObjectValue):
        return mapping.find(key) if type(key) is str else UNSET
    kind = type(key)
    if kind is str:
        return mapping.get(key, UNSET)
    if kind is not bool and kind not in NUMBERS:
        return UNSET
    if key not in mapping:
        return UNSET
    if kind is bool or key in (0, 1):  # Python takes true and 1 for the same key
        stored = next(k for k in mapping if k == key)
        if (type(stored) is bool) != (kind is bool):
            return UNSET
    return mapping[key]


def contains(item: Any, container: Any) -> bool:
    """``item in container``."""
    if isinstance(container, LISTS):
        if type(item) is str:
            return item in container
        return any(equal(item, other) for other in container)
    if isinstance(container, MAPS):
        return find(container, item) is not UNSET
    raise no_overload()


def ordered(one: Any, other: Any) -> int:
    """Numbers: a double among them makes both doubles. NaN is above and below nothing."""
    if (type(one) is float) != (type(other) is float):
        with suppress(OverflowError):  # JSON may have whole numbers that no double holds
            one, other = float(one), float(other)
    if one != one or other != other:
        return 2
    return (one > other) - (one < other)


def compare(one: Any, other: Any) -> int:
    """-1, 0 or 1; raises where there is no order."""
    kind, its = type(one), type(other)
    if kind in NUMBERS and its in NUMBERS:
        if one != one or other != other:
            raise CelError("NaN values cannot be ordered")
        return ordered(one, other)
    if kind is not its or kind not in ORDERED:
        order = getattr(one, "compare", None)
        if order is None or kind is not its:
            raise no_overload()
        return int(order(other))
    return (one > other) - (one < other)
