"""``'%s has %d'.format([name, count])``.

Source: ``cel-go/ext/formatting.go``. Numbers with a fraction are written as in American English,
because upstream's formatter is set to that.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from onggi.api.cel.errors import CelError
from onggi.api.cel.library.conversions import bytes_to_text, double_text
from onggi.api.cel.times import duration_text, moment_text
from onggi.api.cel.values import ObjectValue, TypeValue, kind_of, type_name

_CLAUSE = re.compile(r"%(?:%|(?:\.([0-9]*))?(.)?)", re.DOTALL)
PRECISION, MOST_DIGITS = 6, 1000
POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
STRINGS = "strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps"


def formatted(text: str, args: list[Any]) -> str:
    """Raises ``CelError``, also for an argument that is missing."""
    used = 0

    def clause(match: re.Match[str]) -> str:
        nonlocal used
        if match[0] == "%%":
            return "%"
        if used >= len(args):
            raise CelError(f"index {used} out of range")
        if match[2] is None:
            raise CelError("unexpected end of string")
        used += 1
        return one(match[2], match[1], args[used - 1])

    return _CLAUSE.sub(clause, text)


def one(letter: str, precision: str | None, value: Any) -> str:
    digits = PRECISION
    if precision is not None:
        if not precision or len(precision) > 4 or int(precision) > MOST_DIGITS:
            raise CelError("could not parse formatting clause: error while parsing precision")
        digits = int(precision)
    if letter not in CLAUSES:
        text = f'could not parse formatting clause: unrecognized formatting clause "{letter}"'
        raise CelError(text)
    try:
        return CLAUSES[letter](value, digits)
    except CelError as error:
        raise CelError(f"error during formatting: {error}") from None


def as_text(value: Any, digits: int = 0) -> str:
    kind = kind_of(value)
    if kind not in TEXTS:
        raise CelError(f"string clause can only be used on {STRINGS}, was given {kind}")
    return TEXTS[kind](value)


def within(value: Any) -> str:
    """An element of a list or map."""
    kind = kind_of(value)
    if kind == "double":
        plain = number(value, PRECISION, grouped=False)
        return plain if math.isfinite(value) else f'"{plain}"'
    if kind == "timestamp":
        return f'timestamp("{moment_text(value)}")'
    if kind == "duration":
        return f'duration("{duration_text(value)}")'
    plain = as_text(value)
    return {"string": f'"{plain}"', "bytes": f'b"{plain}"'}.get(kind, plain)


def of_list(value: Any) -> str:
    return f"[{', '.join(map(within, value))}]"


def of_map(value: Any) -> str:
    pairs = value.items() if isinstance(value, dict) else fields(value)
    shown = sorted((within(key), within(item)) for key, item in pairs)
    return "{" + ", ".join(f"{key}:{item}" for key, item in shown) + "}"


def fields(value: ObjectValue) -> list[tuple[str, Any]]:
    return [(name, value.find(name)) for name in value]


def of_type(value: TypeValue) -> str:
    return value.name


TEXTS: dict[str, Callable[[Any], str]] = {
    "string": str, "bool": lambda v: "true" if v else "false", "bytes": bytes_to_text,
    "int": str, "uint": lambda v: str(int(v)), "double": double_text, "null": lambda v: "null",
    "list": of_list, "map": of_map, "struct": of_map, "type": of_type,
    "timestamp": moment_text, "duration": duration_text,
}  # fmt: skip


def decimal(value: Any, digits: int) -> str:
    if kind_of(value) not in ("int", "uint"):
        raise wrong("decimal clause can only be used on integers", value)
    return str(int(value))


def number(value: float, digits: int, grouped: bool = True) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:,.{digits}f}" if grouped else f"{value:.{digits}f}"


def double(value: Any, what: str) -> float:
    if value in ("NaN", "Infinity", "-Infinity") and type(value) is str:
        return float(value)
    if type(value) is not float:
        raise wrong(f"{what} clause can only be used on doubles", value)
    return value


def fixed(value: Any, digits: int) -> str:
    return number(double(value, "fixed-point"), digits)


def scientific(value: Any, digits: int) -> str:
    value = double(value, "scientific")
    if not math.isfinite(value):
        return number(value, digits)
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    power = f"{int(exponent):03}" if exponent[0] == "-" else f"{int(exponent):02}"
    return f"{mantissa}\u00d710{power.translate(POWERS)}"


def binary(value: Any, digits: int) -> str:
    if kind_of(value) not in ("int", "uint", "bool"):
        raise wrong("only integers and bools can be formatted as binary", value)
    return f"{int(value):b}"


def octal(value: Any, digits: int) -> str:
    if kind_of(value) not in ("int", "uint"):
        raise wrong("octal clause can only be used on integers", value)
    return f"{int(value):o}"


def hexadecimal(value: Any, digits: int) -> str:
    kind = kind_of(value)
    if kind == "string":
        return str(value.encode("utf-8", "surrogatepass").hex())
    if kind == "bytes":
        return str(value.hex())
    if kind not in ("int", "uint"):
        text = "only integers, byte buffers, and strings can be formatted as hex"
        raise wrong(text, value)
    return f"{int(value):x}"


def wrong(what: str, value: Any) -> CelError:
    return CelError(f"{what}, was given {type_name(value)}")


CLAUSES: dict[str, Callable[[Any, int], str]] = {
    "s": as_text, "d": decimal, "f": fixed, "e": scientific, "b": binary, "o": octal,
    "x": hexadecimal, "X": lambda value, digits: hexadecimal(value, digits).upper(),
}  # fmt: skip
