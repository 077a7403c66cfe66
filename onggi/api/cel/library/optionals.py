"""Optional values: ``optional.of``, ``value``, ``orValue``, ``first``, ``unwrapOpt``; and what
``transformMap`` expands to.

Source: ``cel-go/cel/library.go`` (optionalLib), ``cel-go/ext/comprehensions.go``.
"""

from typing import Any

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.cel.times import EARLIEST
from onggi.api.cel.uint import Uint
from onggi.api.cel.values import NONE, Duration, ObjectValue, Optional, Timestamp

ZEROES = frozenset((int, float, Uint, bool, str, bytes, type(None)))


def is_zero(value: Any) -> bool:
    if type(value) in ZEROES:
        return not value
    if isinstance(value, Duration):
        return value.ns == 0
    if isinstance(value, Timestamp):
        return value.ns == EARLIEST
    if isinstance(value, list | dict | ObjectValue):
        return len(value) == 0
    return type(value) is Optional and not value.present


def unwrapped(items: list[Any]) -> list[Any]:
    for item in items:
        if type(item) is not Optional:
            raise CelError(f"value {item} is not optional")
    return [item.value for item in items if item.present]


def unused(*args: Any) -> Any:
    """For the checker alone: the evaluator has its own way."""
    raise AssertionError(args)


OVERLOADS: tuple[Overload, ...] = (
    function("optional.of", "optional_of", "V -> optional(V)", Optional),
    function("optional.ofNonZeroValue", "optional_ofNonZeroValue", "V -> optional(V)",
             lambda v: NONE if is_zero(v) else Optional(v)),
    function("optional.none", "optional_none", "-> optional(V)", lambda: NONE),
    method("value", "optional_value", "optional(V) -> V", Optional.get),
    method("hasValue", "optional_hasValue", "optional(V) -> bool", lambda o: o.present),
    method("or", "optional_or_optional", "optional(V), optional(V) -> optional(V)", unused),
    method("orValue", "optional_orValue_value", "optional(V), V -> V", unused),
    function("_?._", "select_optional_field", "dyn, string -> optional(V)", unused),
    function("_[?_]", "list_optindex_optional_int", "list(V), int -> optional(V)", unused),
    function("_[?_]", "optional_list_optindex_optional_int",
             "optional(list(V)), int -> optional(V)", unused),
    function("_[?_]", "map_optindex_optional_value", "map(K, V), K -> optional(V)", unused),
    function("_[?_]", "optional_map_optindex_optional_value",
             "optional(map(K, V)), K -> optional(V)", unused),
    function("_[_]", "optional_list_index_int", "optional(list(V)), int -> optional(V)", unused),
    function("_[_]", "optional_map_index_value", "optional(map(K, V)), K -> optional(V)", unused),
    method("first", "list_first", "list(V) -> optional(V)",
           lambda items: Optional(items[0]) if items else NONE),
    method("last", "list_last", "list(V) -> optional(V)",
           lambda items: Optional(items[-1]) if items else NONE),
    function("optional.unwrap", "optional_unwrap", "list(optional(V)) -> list(V)", unwrapped),
    method("unwrapOpt", "optional_unwrapOpt", "list(optional(V)) -> list(V)", unwrapped),
    function("cel.@mapInsert", "@mapInsert_map_key_value", "map(K, V), K, V -> map(K, V)", unused),
    function("cel.@mapInsert", "@mapInsert_map_map", "map(K, V), map(K, V) -> map(K, V)", unused),
)  # fmt: skip
