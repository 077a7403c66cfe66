"""Quantities (``100m``, ``1.5Gi``, ``2e3``): parsed, compared and printed exactly as upstream.

Upstream keeps no more than nine decimal places, so an amount here is a whole number of
nanos and arithmetic is exact. ``parse`` remembers the family of the suffix (``format``)
and the text that upstream would print for it.

    parse("1.5Gi").text == "1536Mi"      parse("100m").milli() == 100
    parse("1500m").value() == 2          parse("1Gi") > parse("1G")
    str(parse("1Gi") + parse("512Mi")) == "1536Mi"
    milli("1.5") == 1500                 value("2Ki") == 2048

Source: ``k8s.io/apimachinery/pkg/api/resource`` (quantity.go, suffix.go, amount.go).
"""

import re
from dataclasses import dataclass
from functools import lru_cache, total_ordering
from typing import Any

DECIMAL, BINARY, EXPONENT = "DecimalSI", "BinarySI", "DecimalExponent"
NANO = 10**9

WRONG_FORMAT = (
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
)
WRONG_NUMBER = "unable to parse numeric part of quantity"
WRONG_SUFFIX = "unable to parse quantity's suffix"

DECIMAL_SUFFIXES = {
    "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
}  # fmt: skip
BINARY_SUFFIXES = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
DECIMAL_NAMES = {exponent: suffix for suffix, exponent in DECIMAL_SUFFIXES.items()}
BINARY_NAMES = {exponent: suffix for suffix, exponent in BINARY_SUFFIXES.items()}

SHAPE = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)")
LARGEST_BINARY = 2**63 - 1
LONGEST = 4000  # digits; Python refuses to convert much more
LARGEST_EXPONENT = 400  # beyond it all amounts compare equal: nobody may ask for 2 GB of zeros


class QuantityError(ValueError):
    """The text is no quantity; the message is upstream's."""


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """``nano`` billionths; equal and ordered by amount, whatever the suffix."""

    nano: int
    format: str
    text: str

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.nano == other.nano

    def __lt__(self, other: "Quantity") -> bool:
        return self.nano < other.nano

    def __hash__(self) -> int:
        return hash(self.nano)

    def __bool__(self) -> bool:
        return self.nano != 0

    def __float__(self) -> float:
        return self.nano / NANO

    def __add__(self, other: "Quantity") -> "Quantity":
        return of_nano(self.nano + other.nano, self.format if self else other.format)

    def __sub__(self, other: "Quantity") -> "Quantity":
        return of_nano(self.nano - other.nano, self.format if self else other.format)

    def value(self) -> int:
        """The whole number, rounded up (away from zero)."""
        return rounded_up(self.nano, NANO)

    def milli(self) -> int:
        """Thousandths, rounded up (away from zero): CPU is counted so."""
        return rounded_up(self.nano, NANO // 1000)

    def rounded_to_milli(self) -> "Quantity":
        """At most three decimal places, as upstream's defaulting of resource lists does."""
        milli = self.milli() * (NANO // 1000)
        return self if milli == self.nano else of_nano(milli, self.format)


def rounded_up(amount: int, unit: int) -> int:
    return -(-amount // unit) if amount >= 0 else amount // unit


def of(value: int, format: str = DECIMAL) -> Quantity:
    return of_nano(value * NANO, format)


def of_nano(nano: int, format: str) -> Quantity:
    return Quantity(nano, format, canonical_text(nano, -9, format))


def value(text: Any) -> int:
    """``parse(text).value()`` of any JSON value; bytes, pods and file systems are counted so."""
    return parse(spelled(text)).value()


def milli(text: Any) -> int:
    """``parse(text).milli()`` of any JSON value; CPU is counted so."""
    return parse(spelled(text)).milli()


def canonical(value: Any) -> str:
    """What upstream prints for a JSON value given as a quantity; numbers are allowed."""
    return parse(spelled(value)).text


def spelled(value: Any) -> str:
    """The JSON text of a value; upstream parses that, and strips blanks inside a string."""
    if isinstance(value, str):
        return value.strip(" \t\n\v\f\r\x85\xa0")
    if isinstance(value, float):
        return decimal_text(value)
    return str(value) if type(value) is int else str(value).lower()


def decimal_text(value: float) -> str:
    """As Go writes a number: with an exponent only if it is very large or very small."""
    if not 1e-6 <= abs(value) < 1e21:
        return repr(value)
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).ljust(point, "0")
    if point < 1:
        digits, point = digits.rjust(len(digits) - point + 1, "0"), 1
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:point]}.{digits[point:]}".rstrip(".")


@lru_cache(4096)
def parse(text: str) -> Quantity:
    """Raises QuantityError with upstream's message."""
    match = SHAPE.fullmatch(text) if text else None
    if match is None:
        raise QuantityError(WRONG_FORMAT)
    sign, whole, fraction, suffix = match[1], match[2], match[3] or "", match[4]
    base, exponent, format = interpreted(suffix)
    whole = whole or "0"
    if len(whole) + len(fraction) > LONGEST:
        raise QuantityError(WRONG_NUMBER)
    digits = int(whole + fraction) * (-1 if sign == "-" else 1)
    scale = exponent - len(fraction) if base == 10 else 0
    short = fits(whole, fraction, exponent) if base == 2 else fits_decimal(whole, fraction, scale)
    if not short and not any(c.isdigit() for c in text.removesuffix(suffix)):
        raise QuantityError(WRONG_NUMBER)
    if base == 2:
        keeps = digits & 7 != 0  # upstream's test for "cannot be divided by 1024"
        digits, scale = digits << exponent, -len(fraction)
    else:
        keeps = scale % 3 == 0 and not may_shrink(whole + fraction)
    if short and keeps:
        return Quantity(nanos(digits, scale), format, text)
    return settled(digits, scale, format)


def may_shrink(number: str) -> bool:
    """Upstream's test for "another suffix may fit better"."""
    return number.endswith("000") or number[0] == "0"


def interpreted(suffix: str) -> tuple[int, int, str]:
    """The base, the exponent and the family of a suffix."""
    if suffix in DECIMAL_SUFFIXES:
        return 10, DECIMAL_SUFFIXES[suffix], DECIMAL
    if suffix in BINARY_SUFFIXES:
        return 2, BINARY_SUFFIXES[suffix], BINARY
    if re.fullmatch(r"[eE][-+]?[0-9]{1,99}", suffix) and abs(int(suffix[1:])) < 2**31:
        return 10, int(suffix[1:]), EXPONENT
    raise QuantityError(WRONG_SUFFIX)


def fits(whole: str, fraction: str, exponent: int) -> bool:
    """Whether upstream keeps a binary quantity as an int64 and so as it was written."""
    return not fraction and 15 - len(whole) - exponent * 3 // 10 - 1 >= 0


def fits_decimal(whole: str, fraction: str, scale: int) -> bool:
    """The same for a decimal one."""
    return len(whole) + len(fraction) <= 18 and scale >= -9


def settled(digits: int, scale: int, format: str) -> Quantity:
    """Round up what is below a nano, cap what is above an int64, and print the rest."""
    if not digits:
        return Quantity(0, format, "0")
    if scale < -9:
        digits, scale = rounded_up(digits, 10 ** min(-9 - scale, 10_000)), -9
    nano = nanos(digits, scale)
    if format == BINARY:
        limit = LARGEST_BINARY * NANO
        nano = max(-limit, min(limit, nano))
        if abs(nano) < NANO:
            format = DECIMAL
        digits, scale = nano, -9
    return Quantity(nano, format, canonical_text(digits, scale, format))


def nanos(digits: int, scale: int) -> int:
    return int(digits * 10 ** min(scale + 9, LARGEST_EXPONENT))


def canonical_text(digits: int, scale: int, format: str) -> str:
    """No fraction, and the largest suffix that loses nothing."""
    if not digits:
        return "0"
    if format == BINARY:
        whole, rest = divmod(digits, 10**-scale)
        if not rest and abs(whole) >= 1024:
            return binary_text(whole)
        format = DECIMAL
    while digits % 10 == 0:
        digits //= 10
        scale += 1
    digits *= 10 ** (scale % 3)
    scale -= scale % 3
    if format == EXPONENT:
        return f"{digits}e{scale}" if scale else str(digits)
    return f"{digits}{DECIMAL_NAMES.get(scale, '')}"  # upstream has no suffix beyond E either


def binary_text(whole: int) -> str:
    exponent = 0
    while whole % 1024 == 0 and exponent < 60:
        whole //= 1024
        exponent += 10
    return f"{whole}{BINARY_NAMES.get(exponent, '')}"
