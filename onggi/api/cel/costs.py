"""What a call costs when it runs. Most cost 1; what walks over its arguments costs more.

Source: ``cel-go/interpreter/runtimecost.go``, ``k8s.io/apiserver/pkg/cel/library/cost.go``.
"""

from collections.abc import Callable, Sequence
from math import ceil
from typing import Any

from onggi.api.cel.values import ObjectValue, Optional

TRAVERSAL, REGEX = 0.1, 0.25
LIST, MAP, STRUCT = 10, 30, 40
CHECK = 350_000  # an authorization check: two fit into an expression
FORMAT_REGEX = 128

Cost = Callable[[Sequence[Any], Any], int]  # (arguments, result)


def size(value: Any) -> int:
    """Characters, elements or entries; 1 for what has none."""
    if isinstance(value, str | bytes | list | tuple | dict | ObjectValue):
        return len(value)
    if type(value) is Optional and value.present:
        return size(value.value)
    return 1


def walk(value: Any) -> int:
    """What a walk over the whole of a value costs."""
    if type(value) is str:
        return int(len(value.encode(errors="surrogatepass")) * TRAVERSAL)
    if type(value) is bytes:
        return int(len(value) * TRAVERSAL)
    if isinstance(value, list | tuple):
        return sum(map(walk, value))
    if isinstance(value, dict):
        return sum(walk(key) + walk(item) for key, item in value.items())
    if isinstance(value, ObjectValue):
        return sum(walk(key) + walk(value.find(key)) for key in value)
    return 1


def over(index: int, factor: float = TRAVERSAL) -> Cost:
    """Once over one of the arguments."""
    return lambda args, result: ceil(size(args[index]) * factor)


def shorter(args: Sequence[Any], result: Any) -> int:
    return ceil(min(size(args[0]), size(args[1])) * TRAVERSAL)


def matching(args: Sequence[Any], result: Any) -> int:
    """A string times a pattern."""
    text, pattern = ceil((1 + size(args[0])) * TRAVERSAL), ceil(size(args[1]) * REGEX)
    return text * pattern


def searching(args: Sequence[Any], result: Any) -> int:
    return ceil(size(args[0]) * TRAVERSAL) * ceil(size(args[1]) * TRAVERSAL)


def joining(args: Sequence[Any], result: Any) -> int:
    return ceil((size(args[0]) + size(args[1])) * TRAVERSAL)


def validating(args: Sequence[Any], result: Any) -> int:
    return ceil((1 + size(args[1])) * TRAVERSAL) * ceil(args[0].regex_size * REGEX)


def selector(args: Sequence[Any], result: Any) -> int:
    length = size(args[1])
    return LIST + ceil(length * TRAVERSAL) + ceil(ceil(length * 0.5) * (LIST + STRUCT))


def equality(args: Sequence[Any], result: Any) -> int:
    return 1 if hasattr(args[0], "TYPE") else shorter(args, result)


def within(args: Sequence[Any], result: Any) -> int:
    return ceil(2 * size(args[0]) * TRAVERSAL)


def flattening(args: Sequence[Any], result: Any) -> int:
    depth = args[1] if len(args) == 2 else 1
    return int(size(args[0]) * max(depth, 0)) + 1 + LIST


def comparing(index: int) -> Cost:
    """Each element with each other."""

    def cost(args: Sequence[Any], result: Any) -> int:
        items = args[index]
        texts = len(items) > 0 and type(items[0]) in (str, bytes)
        return int(len(items) ** 2 * (2 + (TRAVERSAL if texts else 0))) + 1 + LIST

    return cost


def between_sets(factor: int) -> Cost:
    return lambda args, result: 1 + size(args[0]) * size(args[1]) * factor


FUNCTIONS: dict[str, Cost] = {
    "check": lambda args, result: CHECK,
    "fieldSelector": selector,
    "labelSelector": selector,
    "replace": over(0, 2 * TRAVERSAL),
    "split": over(0, 2 * TRAVERSAL),
    "join": lambda args, result: ceil(size(result) * 2 * TRAVERSAL),
    "find": matching,
    "findAll": matching,
    "validate": validating,
    "ip.isCanonical": over(0, 2 * TRAVERSAL),
    "_==_": equality,
}
FUNCTIONS |= dict.fromkeys(
    ("isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "includes"),
    lambda args, result: walk(args[0]),
)
FUNCTIONS |= dict.fromkeys(
    ("url", "lowerAscii", "upperAscii", "substring", "trim", "jsonpatch.escapeKey", "cidr", "isIP",
     "isCIDR", "quantity", "isQuantity", "semver", "isSemver", "ip"), over(0),
)  # fmt: skip
ORDERS = ("less", "greater", "less_equals", "greater_equals")
OVERLOADS: dict[str, Cost] = {
    "starts_with_string": shorter,
    "ends_with_string": shorter,
    "string_to_bytes": over(0),
    "bytes_to_string": over(0),
    "strings_quote": over(0),
    "string_format": over(0),
    "in_list": lambda args, result: size(args[1]),
    "equals": shorter,
    "not_equals": shorter,
    "add_string": joining,
    "add_bytes": joining,
    "matches_string": matching,
    "contains_string": searching,
    "cidr_ip": lambda args, result: 1,
    "cidr_contains_ip_string": lambda args, result: within(args, result) + over(1)(args, result),
    "cidr_contains_ip_ip": within,
    "cidr_contains_cidr": lambda args, result: within(args, result) + over(0)(args, result) + 1,
    "cidr_contains_cidr_string": lambda args, result: (
        within(args, result) + over(0)(args, result) + 1 + over(1)(args, result)
    ),
}
OVERLOADS |= {f"{order}_{kind}": shorter for order in ORDERS for kind in ("string", "bytes")}
OVERLOADS |= {
    "list_slice": lambda args, result: max(args[2] - args[1], 0) + 1 + LIST,
    "lists_range": lambda args, result: max(args[0], 0) + 1 + LIST,
    "list_reverse": lambda args, result: size(args[0]) + 1 + LIST,
    "list_flatten": flattening,
    "list_flatten_int": flattening,
    "list_distinct": comparing(0),
    "list_sets_contains_list": between_sets(1),
    "list_sets_intersects_list": between_sets(1),
    "list_sets_equivalent_list": between_sets(2),
}
AFTERWARDS = frozenset(("join",))  # known only by the result


def cost_of(function: str, overloads: Sequence[str]) -> Cost | None:
    """None: it always costs 1. Where several overloads may apply, the function alone counts."""
    if len(overloads) == 1 and function in ("sort", "@sortByAssociatedKeys"):
        return comparing(0 if function == "sort" else 1)
    if len(overloads) == 1 and overloads[0] in OVERLOADS and function != "_==_":
        return OVERLOADS[overloads[0]]
    return FUNCTIONS.get(function)
