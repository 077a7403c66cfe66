"""Quantities and versions: ``quantity('1Gi')``, ``semver('1.2.3')``.

Source: ``k8s.io/apiserver/pkg/cel/library`` (quantity.go, semverlib.go), ``blang/semver``.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from onggi.api import quantity
from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method

LARGEST = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_IDENTIFIER = re.compile(r"[0-9A-Za-z-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Amount:
    TYPE: ClassVar[str] = "kubernetes.Quantity"
    quantity: quantity.Quantity

    def compare(self, other: "Amount") -> int:
        one, two = self.quantity.nano, other.quantity.nano
        return (one > two) - (one < two)


def amount_of(text: str) -> Amount:
    try:
        return Amount(quantity.parse(text))
    except quantity.QuantityError as error:
        raise CelError(str(error)) from None


def is_amount(text: str) -> bool:
    try:
        return bool(amount_of(text)) or True
    except CelError:
        return False


def is_whole(amount: Amount) -> bool:
    nano = amount.quantity.nano
    return nano % quantity.NANO == 0 and abs(nano // quantity.NANO) <= LARGEST


def whole(amount: Amount) -> int:
    if not is_whole(amount):
        raise CelError("cannot convert value to integer")
    return amount.quantity.nano // quantity.NANO


def sign(amount: Amount) -> int:
    return (amount.quantity.nano > 0) - (amount.quantity.nano < 0)


def plus(one: Amount, other: Amount | int) -> Amount:
    return Amount(one.quantity + operand(other))


def minus(one: Amount, other: Amount | int) -> Amount:
    return Amount(one.quantity - operand(other))


def operand(value: Amount | int) -> quantity.Quantity:
    if isinstance(value, Amount):
        return value.quantity
    return quantity.of(value, quantity.EXPONENT)


@dataclass(frozen=True, slots=True)
class Version:
    TYPE: ClassVar[str] = "kubernetes.Semver"
    numbers: tuple[int, int, int]
    pre: tuple[str, ...]
    build: tuple[str, ...]

    def compare(self, other: "Version") -> int:
        if self.numbers != other.numbers:
            return 1 if self.numbers > other.numbers else -1
        one, two = precedence(self.pre), precedence(other.pre)
        return (one > two) - (one < two)


def precedence(pre: tuple[str, ...]) -> tuple[int, list[tuple[int, int, str]]]:
    """None at all is the highest; numbers are below words."""
    parts = [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in pre]
    return (0 if pre else 1), parts


def parsed(text: str) -> Version:
    """Raises ValueError with the library's words."""
    if not text:
        raise ValueError("Version string empty")
    head, plus_sign, build = text.partition("+")
    core, dash, pre = head.partition("-")
    numbers = core.split(".")
    if len(numbers) != 3:
        raise ValueError("No Major.Minor.Patch elements found")
    for number in numbers:
        if _NUMBER.fullmatch(number) is None or len(number) > 19:
            raise ValueError(f'Invalid character(s) found in version number "{number}"')
    before = tuple(pre.split(".")) if dash else ()
    after = tuple(build.split(".")) if plus_sign else ()
    for part in before + after:
        if _IDENTIFIER.fullmatch(part) is None:
            raise ValueError(f'Invalid character(s) found in prerelease "{part}"')
    for part in before:
        if part.isdigit() and (len(part) > 19 or _NUMBER.fullmatch(part) is None):
            raise ValueError(f'Numeric PreRelease version must not contain leading zeroes "{part}"')
    major, minor, patch = map(int, numbers)
    return Version((major, minor, patch), before, after)


def normalized(text: str) -> str:
    """``v1.02`` is ``1.2.0``."""
    parts = text.removeprefix("v").split(".", 2)
    for index, part in enumerate(parts):
        if len(part) > 1:
            part = part.lstrip("0")
            parts[index] = part if part[:1].isdigit() else f"0{part}"
    if len(parts) < 3:
        if "+" in parts[-1] or "-" in parts[-1]:
            raise ValueError("short version cannot contain PreRelease/Build meta data")
        parts += ["0"] * (3 - len(parts))
    return ".".join(parts)


def version_of(text: str, normalize: bool = False) -> Version:
    try:
        return parsed(normalized(text) if normalize else text)
    except ValueError as error:
        raise CelError(str(error)) from None


def is_version(text: str, normalize: bool = False) -> bool:
    try:
        return bool(version_of(text, normalize))
    except CelError:
        return False


Q, V = "kubernetes.Quantity", "kubernetes.Semver"
OVERLOADS: tuple[Overload, ...] = (
    function("quantity", "string_to_quantity", f"string -> {Q}", amount_of),
    function("isQuantity", "is_quantity_string", "string -> bool", is_amount),
    function("sign", "quantity_sign", f"{Q} -> int", sign),
    method("isGreaterThan", "quantity_is_greater_than", f"{Q}, {Q} -> bool",
           lambda a, b: a.compare(b) > 0),
    method("isLessThan", "quantity_is_less_than", f"{Q}, {Q} -> bool",
           lambda a, b: a.compare(b) < 0),
    method("compareTo", "quantity_compare_to", f"{Q}, {Q} -> int", Amount.compare),
    method("asApproximateFloat", "quantity_get_float", f"{Q} -> double",
           lambda a: float(a.quantity)),
    method("asInteger", "quantity_get_int", f"{Q} -> int", whole),
    method("isInteger", "quantity_is_integer", f"{Q} -> bool", is_whole),
    method("add", "quantity_add", f"{Q}, {Q} -> {Q}", plus),
    method("add", "quantity_add_int", f"{Q}, int -> {Q}", plus),
    method("sub", "quantity_sub", f"{Q}, {Q} -> {Q}", minus),
    method("sub", "quantity_sub_int", f"{Q}, int -> {Q}", minus),
    function("semver", "string_to_semver", f"string -> {V}", version_of),
    function("semver", "string_bool_to_semver", f"string, bool -> {V}", version_of),
    function("isSemver", "is_semver_string", "string -> bool", is_version),
    function("isSemver", "is_semver_string_bool", "string, bool -> bool", is_version),
    method("isGreaterThan", "semver_is_greater_than", f"{V}, {V} -> bool",
           lambda a, b: a.compare(b) > 0),
    method("isLessThan", "semver_is_less_than", f"{V}, {V} -> bool", lambda a, b: a.compare(b) < 0),
    method("compareTo", "semver_compare_to", f"{V}, {V} -> int", Version.compare),
    method("major", "semver_major", f"{V} -> int", lambda v: v.numbers[0]),
    method("minor", "semver_minor", f"{V} -> int", lambda v: v.numbers[1]),
    method("patch", "semver_patch", f"{V} -> int", lambda v: v.numbers[2]),
)  # fmt: skip
