"""Operators: arithmetic within 64 bits, order, indexing, membership.

Source: ``cel-go/common/stdlib/standard.go``, ``cel-go/common/types/overflow.go``.
"""

import math
from collections.abc import Callable
from typing import Any

from onggi.api.cel.equality import compare, contains, equal
from onggi.api.cel.errors import CelError
from onggi.api.cel.lists import merged
from onggi.api.cel.overloads import Overload, function
from onggi.api.cel.times import checked_duration, checked_moment
from onggi.api.cel.uint import Uint

LOWEST, HIGHEST, LARGEST_UINT = -(2**63), 2**63 - 1, 2**64 - 1


def whole(value: int) -> int:
    if not LOWEST <= value <= HIGHEST:
        raise CelError("integer overflow")
    return value


def unsigned(value: int) -> Uint:
    if not 0 <= value <= LARGEST_UINT:
        raise CelError("unsigned integer overflow")
    return Uint(value)


def quotient(a: int, b: int) -> int:
    """Towards zero, as in Go."""
    if b == 0:
        raise CelError("division by zero")
    result = abs(a) // abs(b)
    return whole(result if (a < 0) == (b < 0) else -result)


def remainder(a: int, b: int) -> int:
    """With the sign of the dividend."""
    if b == 0:
        raise CelError("modulus by zero")
    if a == LOWEST and b == -1:
        raise CelError("integer overflow")
    result = abs(a) % abs(b)
    return -result if a < 0 else result


def real_quotient(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def add_int(a: int, b: int) -> int:
    result = a + b
    return result if LOWEST <= result <= HIGHEST else whole(result)


ARITHMETIC = (
    function("_+_", "add_bytes", "bytes, bytes -> bytes", lambda a, b: a + b),
    function("_+_", "add_double", "double, double -> double", lambda a, b: a + b),
    function("_+_", "add_duration_duration", "duration, duration -> duration",
             lambda a, b: checked_duration(a.ns + b.ns)),
    function("_+_", "add_duration_timestamp", "duration, timestamp -> timestamp",
             lambda a, b: checked_moment(a.ns + b.ns)),
    function("_+_", "add_timestamp_duration", "timestamp, duration -> timestamp",
             lambda a, b: checked_moment(a.ns + b.ns)),
    function("_+_", "add_int64", "int, int -> int", add_int),
    function("_+_", "add_list", "list(A), list(A) -> list(A)", merged),
    function("_+_", "add_string", "string, string -> string", lambda a, b: a + b),
    function("_+_", "add_uint64", "uint, uint -> uint", lambda a, b: unsigned(int(a) + int(b))),
    function("_-_", "subtract_double", "double, double -> double", lambda a, b: a - b),
    function("_-_", "subtract_duration_duration", "duration, duration -> duration",
             lambda a, b: checked_duration(a.ns - b.ns)),
    function("_-_", "subtract_int64", "int, int -> int", lambda a, b: whole(a - b)),
    function("_-_", "subtract_timestamp_duration", "timestamp, duration -> timestamp",
             lambda a, b: checked_moment(a.ns - b.ns)),
    function("_-_", "subtract_timestamp_timestamp", "timestamp, timestamp -> duration",
             lambda a, b: checked_duration(a.ns - b.ns)),
    function("_-_", "subtract_uint64", "uint, uint -> uint",
             lambda a, b: unsigned(int(a) - int(b))),
    function("_*_", "multiply_double", "double, double -> double", lambda a, b: a * b),
    function("_*_", "multiply_int64", "int, int -> int", lambda a, b: whole(a * b)),
    function("_*_", "multiply_uint64", "uint, uint -> uint",
             lambda a, b: unsigned(int(a) * int(b))),
    function("_/_", "divide_double", "double, double -> double", real_quotient),
    function("_/_", "divide_int64", "int, int -> int", quotient),
    function("_/_", "divide_uint64", "uint, uint -> uint", lambda a, b: Uint(quotient(a, b))),
    function("_%_", "modulo_int64", "int, int -> int", remainder),
    function("_%_", "modulo_uint64", "uint, uint -> uint", lambda a, b: Uint(remainder(a, b))),
    function("-_", "negate_double", "double -> double", lambda a: -a),
    function("-_", "negate_int64", "int -> int", lambda a: whole(-a)),
)  # fmt: skip


KINDS = (
    ("bool", "bool"), ("int64", "int"), ("uint64", "uint"), ("double", "double"),
    ("string", "string"), ("bytes", "bytes"), ("timestamp", "timestamp"), ("duration", "duration"),
)  # fmt: skip
CROSSED = (
    ("int64_double", "int, double"), ("int64_uint64", "int, uint"),
    ("uint64_double", "uint, double"), ("uint64_int64", "uint, int"),
    ("double_int64", "double, int"), ("double_uint64", "double, uint"),
)  # fmt: skip
ORDERS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "_<_": ("less", lambda a, b: compare(a, b) < 0),
    "_<=_": ("less_equals", lambda a, b: compare(a, b) <= 0),
    "_>_": ("greater", lambda a, b: compare(a, b) > 0),
    "_>=_": ("greater_equals", lambda a, b: compare(a, b) >= 0),
}
QUICK: dict[str, Callable[[Any, Any], bool]] = {
    "_<_": lambda a, b: a < b,
    "_<=_": lambda a, b: a <= b,
    "_>_": lambda a, b: a > b,
    "_>=_": lambda a, b: a >= b,
}


def orders() -> list[Overload]:
    found: list[Overload] = []
    for name, (word, run) in ORDERS.items():
        for id, kind in KINDS:
            signature = f"{kind}, {kind} -> bool"
            fast = run if kind == "double" else QUICK[name]
            found.append(function(name, f"{word}_{id}", signature, fast))
        for id, kinds in CROSSED:
            found.append(function(name, f"{word}_{id}", f"{kinds} -> bool", run))
    return found


LOGIC = (
    function("_?_:_", "conditional", "bool, A, A -> A", lambda a, b, c: b if a else c),
    function("_&&_", "logical_and", "bool, bool -> bool", lambda a, b: a and b),
    function("_||_", "logical_or", "bool, bool -> bool", lambda a, b: a or b),
    function("!_", "logical_not", "bool -> bool", lambda a: not a),
    function("@not_strictly_false", "not_strictly_false", "bool -> bool", lambda a: a),
    function("_==_", "equals", "A, A -> bool", equal),
    function("_!=_", "not_equals", "A, A -> bool", lambda a, b: not equal(a, b)),
    function("@in", "in_list", "A, list(A) -> bool", contains),
    function("@in", "in_map", "A, map(A, B) -> bool", contains),
    function("_[_]", "index_list", "list(A), int -> A", lambda a, b: a),
    function("_[_]", "index_map", "map(A, B), A -> B", lambda a, b: a),
)

OVERLOADS: tuple[Overload, ...] = (*LOGIC, *ARITHMETIC, *orders())
