"""Lists: ``isSorted``, ``sum``, ``min``, ``max``, ``indexOf``, ``slice``, ``flatten``, ``sort``,
``distinct``, ``reverse``; and sets: ``sets.contains``, ``sets.equivalent``, ``sets.intersects``.

Source: ``k8s.io/apiserver/pkg/cel/library/lists.go``, ``cel-go/ext/lists.go`` (version 3),
``cel-go/ext/sets.go``.
"""

from collections.abc import Callable
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

from onggi.api.cel.equality import compare, contains, equal, frozen
from onggi.api.cel.errors import CelError
from onggi.api.cel.library.operators import unsigned, whole
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.cel.times import checked_duration
from onggi.api.cel.uint import Uint
from onggi.api.cel.values import kind_of

SUMMABLE = ("int", "uint", "double", "duration")
COMPARABLE = (*SUMMABLE, "bool", "timestamp", "string", "bytes")
NAMES = {"duration": "google.protobuf.Duration", "timestamp": "google.protobuf.Timestamp"}


def is_sorted(items: list[Any]) -> bool:
    return all(compare(a, b) <= 0 for a, b in pairwise(items))


def total(declared: str) -> Callable[[list[Any]], Any]:
    def add(items: list[Any]) -> Any:
        kind = kind_of(items[0]) if items else declared
        if kind not in SUMMABLE or any(kind_of(item) != kind for item in items):
            raise CelError("no such overload")
        if kind == "duration":
            return checked_duration(sum(item.ns for item in items))
        if kind == "double":
            return float(sum(items))
        result: Any = 0
        for item in items:
            result = whole(result + item) if kind == "int" else unsigned(result + int(item))
        return Uint(result) if kind == "uint" else result

    return add


def extreme(name: str, sign: int) -> Callable[[list[Any]], Any]:
    def find(items: list[Any]) -> Any:
        if not items:
            raise CelError(f"{name} called on empty list")
        best = items[0]
        for item in items[1:]:
            if compare(best, item) == sign:
                best = item
        return best

    return find


def index_of(items: list[Any], wanted: Any) -> int:
    return next((i for i, item in enumerate(items) if equal(item, wanted)), -1)


def last_index_of(items: list[Any], wanted: Any) -> int:
    found = index_of(items[::-1], wanted)
    return len(items) - 1 - found if found >= 0 else -1


def slice_of(items: list[Any], start: int, end: int) -> list[Any]:
    where = f"cannot slice({start}, {end}), "
    if start < 0 or end < 0:
        raise CelError(f"{where}negative indexes not supported")
    if start > end:
        raise CelError(f"{where}start index must be less than or equal to end index")
    if end > len(items):
        raise CelError(f"{where}list is length {len(items)}")
    return items[start:end]


def flatten(items: list[Any], depth: int = 1) -> list[Any]:
    if depth < 0:
        raise CelError("level must be non-negative")
    found: list[Any] = []
    for item in items:
        if depth and isinstance(item, list):
            found += flatten(item, depth - 1)
        else:
            found.append(item)
    return found


def sort(items: list[Any]) -> list[Any]:
    return sort_by(items, items)


def sort_by(items: list[Any], keys: list[Any]) -> list[Any]:
    if len(items) != len(keys):
        raise CelError("list elements must be comparable")
    if any(type(key) is not type(keys[0]) for key in keys):
        raise CelError("list elements must have the same type")
    by_key = cmp_to_key(compare)
    order = sorted(range(len(items)), key=lambda index: by_key(keys[index]))
    return [items[i] for i in order]


def distinct(items: list[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for item in items:
        found.setdefault(frozen(item), item)
    return list(found.values())


def counted(count: int) -> list[int]:
    return list(range(count))


def set_contains(items: list[Any], others: list[Any]) -> bool:
    return all(contains(other, items) for other in others)


OVERLOADS: tuple[Overload, ...] = (
    *(method("isSorted", f"list_{k}_is_sorted_bool", f"list({k}) -> bool", is_sorted)
      for k in COMPARABLE),
    *(method("sum", f"list_{k}_sum_{k}", f"list({k}) -> {k}", total(k)) for k in SUMMABLE),
    *(method("max", f"list_{k}_max_{k}", f"list({k}) -> {k}", extreme("max", -1))
      for k in COMPARABLE),
    *(method("min", f"list_{k}_min_{k}", f"list({k}) -> {k}", extreme("min", 1))
      for k in COMPARABLE),
    method("indexOf", "list_a_index_of_int", "list(A), A -> int", index_of),
    method("lastIndexOf", "list_a_last_index_of_int", "list(A), A -> int", last_index_of),
    method("slice", "list_slice", "list(T), int, int -> list(T)", slice_of),
    method("flatten", "list_flatten", "list(list(T)) -> list(T)", flatten),
    method("flatten", "list_flatten_int", "list(dyn), int -> list(dyn)", flatten),
    *(method("sort", f"list_{NAMES.get(k, k)}_sort", f"list({k}) -> list({k})", sort)
      for k in COMPARABLE),
    *(method("@sortByAssociatedKeys", f"list_{NAMES.get(k, k)}_sortByAssociatedKeys",
             f"list(T), list({k}) -> list(T)", sort_by) for k in COMPARABLE),
    function("lists.range", "lists_range", "int -> list(int)", counted),
    method("reverse", "list_reverse", "list(T) -> list(T)", lambda items: items[::-1]),
    method("distinct", "list_distinct", "list(T) -> list(T)", distinct),
    function("sets.contains", "list_sets_contains_list", "list(T), list(T) -> bool",
             set_contains),
    function("sets.equivalent", "list_sets_equivalent_list", "list(T), list(T) -> bool",
             lambda a, b: set_contains(a, b) and set_contains(b, a)),
    function("sets.intersects", "list_sets_intersects_list", "list(T), list(T) -> bool",
             lambda a, b: any(contains(item, b) for item in a)),
)  # fmt: skip
