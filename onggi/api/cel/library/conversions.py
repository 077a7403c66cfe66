"""Conversions: ``int(x)``, ``string(x)``, ``timestamp('…')``, ``type(x)``, ``size(x)``, ``dyn(x)``.

Source: ``cel-go/common/stdlib/standard.go``, ``cel-go/common/types`` (ConvertToType).
"""

import math
import re
from typing import Any

from onggi.api.cel.errors import CelError
from onggi.api.cel.library.operators import HIGHEST, LARGEST_UINT, LOWEST, unsigned, whole
from onggi.api.cel.overloads import Overload, function, method
from onggi.api.cel.times import (
    LATEST,
    SECOND,
    checked_moment,
    duration_of,
    duration_text,
    moment_text,
    timestamp_of,
)  # fmt: skip
from onggi.api.cel.uint import Uint
from onggi.api.cel.values import TypeValue, conversion_error, type_name

_WHOLE = re.compile(r"[+-]?[0-9]{1,25}", re.ASCII)
_REAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity|nan)",
    re.ASCII | re.IGNORECASE,
)
TRUE, FALSE = ("1", "t", "T", "TRUE", "true", "True"), ("0", "f", "F", "FALSE", "false", "False")


def text_to_int(text: str) -> int:
    if _WHOLE.fullmatch(text) is None or not LOWEST <= int(text) <= HIGHEST:
        raise conversion_error(text, "int")
    return int(text)


def text_to_uint(text: str) -> Uint:
    if _WHOLE.fullmatch(text) is None or text[0] in "+-" or int(text) > LARGEST_UINT:
        raise conversion_error(text, "uint")
    return Uint(text)


def text_to_double(text: str) -> float:
    if len(text) > 500 or _REAL.fullmatch(text) is None:
        raise conversion_error(text, "double")
    value = float(text)
    if math.isinf(value) and "i" not in text.lower():
        raise conversion_error(text, "double")
    return value


def text_to_bool(text: str) -> bool:
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise conversion_error(text, "bool")


def double_to_int(value: float) -> int:
    if not -(2.0**63) < value < 2.0**63:
        raise CelError("integer overflow")
    return int(value)


def double_to_uint(value: float) -> Uint:
    if not 0 <= value < 2.0**64:
        raise CelError("unsigned integer overflow")
    return Uint(value)


def bytes_to_text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise CelError("invalid UTF-8 in bytes, cannot convert to string") from None


def double_text(value: float) -> str:
    """Go's ``%g``: the shortest text, with an exponent below 1e-4 and from 1e21 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = parts(value)
    if not -4 <= exponent < 21:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    return sign + positional(digits, exponent)


def parts(value: float) -> tuple[str, str, int]:
    """Sign, significant digits, and the exponent of the first."""
    mantissa, _, exponent = f"{abs(value):.17e}".partition("e")
    shortest = repr(abs(value))
    head, _, tail = shortest.partition("e")
    digits = head.replace(".", "").lstrip("0").rstrip("0") or "0"
    del mantissa, tail
    power = int(exponent)
    if float(f"{digits[0]}.{digits[1:] or '0'}e{power}") != abs(value):
        power += 1  # the long form was rounded up to the next power
    return ("-" if math.copysign(1, value) < 0 else ""), digits, power


def positional(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if len(digits) <= exponent + 1:
        return digits + "0" * (exponent + 1 - len(digits))
    return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def same(value: Any) -> Any:
    return value


def seconds(value: int) -> Any:
    if abs(value) > LATEST // SECOND:
        raise CelError("timestamp overflow")
    return checked_moment(value * SECOND)


OVERLOADS: tuple[Overload, ...] = (
    function("size", "size_bytes", "bytes -> int", len),
    method("size", "bytes_size", "bytes -> int", len),
    function("size", "size_list", "list(A) -> int", len),
    method("size", "list_size", "list(A) -> int", len),
    function("size", "size_map", "map(A, B) -> int", len),
    method("size", "map_size", "map(A, B) -> int", len),
    function("size", "size_string", "string -> int", len),
    method("size", "string_size", "string -> int", len),
    function("type", "type", "A -> type", lambda v: TypeValue(type_name(v))),
    function("dyn", "to_dyn", "A -> dyn", same),
    function("bool", "bool_to_bool", "bool -> bool", same),
    function("bool", "string_to_bool", "string -> bool", text_to_bool),
    function("bytes", "bytes_to_bytes", "bytes -> bytes", same),
    function("bytes", "string_to_bytes", "string -> bytes",
             lambda v: v.encode(errors="surrogatepass")),
    function("double", "double_to_double", "double -> double", same),
    function("double", "int64_to_double", "int -> double", float),
    function("double", "string_to_double", "string -> double", text_to_double),
    function("double", "uint64_to_double", "uint -> double", float),
    function("duration", "duration_to_duration", "duration -> duration", same),
    function("duration", "string_to_duration", "string -> duration", duration_of),
    function("int", "int64_to_int64", "int -> int", same),
    function("int", "double_to_int64", "double -> int", double_to_int),
    function("int", "duration_to_int64", "duration -> int", lambda v: v.ns),
    function("int", "string_to_int64", "string -> int", text_to_int),
    function("int", "timestamp_to_int64", "timestamp -> int", lambda v: v.ns // SECOND),
    function("int", "uint64_to_int64", "uint -> int", lambda v: whole(int(v))),
    function("string", "string_to_string", "string -> string", same),
    function("string", "bool_to_string", "bool -> string", lambda v: "true" if v else "false"),
    function("string", "bytes_to_string", "bytes -> string", bytes_to_text),
    function("string", "double_to_string", "double -> string", double_text),
    function("string", "duration_to_string", "duration -> string", duration_text),
    function("string", "int64_to_string", "int -> string", str),
    function("string", "timestamp_to_string", "timestamp -> string", moment_text),
    function("string", "uint64_to_string", "uint -> string", lambda v: str(int(v))),
    function("timestamp", "timestamp_to_timestamp", "timestamp -> timestamp", same),
    function("timestamp", "int64_to_timestamp", "int -> timestamp", seconds),
    function("timestamp", "string_to_timestamp", "string -> timestamp", timestamp_of),
    function("uint", "uint64_to_uint64", "uint -> uint", same),
    function("uint", "double_to_uint64", "double -> uint", double_to_uint),
    function("uint", "int64_to_uint64", "int -> uint", lambda v: unsigned(int(v))),
    function("uint", "string_to_uint64", "string -> uint", text_to_uint),
)  # fmt: skip
