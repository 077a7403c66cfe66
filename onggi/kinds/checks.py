"""The checks that most kinds are made of, as generators of FieldErrors.

    yield from named(path, value, names.dns_label)      a name by a rule of onggi.api.names
    yield from choice(path, value, ("Always", "Never")) required, and one of these

Source: ``k8s.io/apimachinery/pkg/api/validation``, ``pkg/apis/core/validation``.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.quantity import Quantity

NEGATIVE = "must be greater than or equal to 0"
NOT_POSITIVE = "must be greater than zero"
PROTOCOLS = ("SCTP", "TCP", "UDP")
INT32 = 2**31 - 1
ID_LIMIT = 2**31 - 1


def named(path: str, value: str, rule: Callable[[str], list[str]]) -> Iterator[FieldError]:
    for message in rule(value):
        yield invalid(path, value, message)


def choice(path: str, value: Any, allowed: Sequence[str]) -> Iterator[FieldError]:
    if not value:
        yield required(path)
    elif value not in allowed:
        yield not_supported(path, value, allowed)


def optional_choice(path: str, value: Any, allowed: Sequence[str]) -> Iterator[FieldError]:
    """Absent is fine; an empty string is not, unless it is allowed."""
    if value is not None and value not in allowed:
        yield not_supported(path, value, allowed)


def non_negative(path: str, value: int | None) -> Iterator[FieldError]:
    if (value or 0) < 0:
        yield invalid(path, value, NEGATIVE)


def non_negative_amount(path: str, amount: Quantity) -> Iterator[FieldError]:
    if amount.nano < 0:
        yield invalid(path, str(amount), NEGATIVE)


def port_reference(path: str, port: int | str | None) -> Iterator[FieldError]:
    """A number, or the name of a container port."""
    if isinstance(port, str):
        yield from named(path, port, names.port_name)
    else:
        yield from port_number(path, port or 0)


def port_number(path: str, port: int) -> Iterator[FieldError]:
    for message in names.port_number(port):
        yield invalid(path, port, message)


def identity(path: str, number: int | None) -> Iterator[FieldError]:
    """A user's or a group's id."""
    if number is not None:
        for message in names.in_range(number, 0, ID_LIMIT):
            yield invalid(path, number, message)


def node_name(value: str) -> list[str]:
    return names.dns_subdomain(value)


def too_many(path: str, count: int, limit: int) -> FieldError:
    detail = f"must have at most {limit} item{'' if limit == 1 else 's'}"
    return FieldError("FieldValueTooMany", path, detail, count)
