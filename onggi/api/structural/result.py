"""Where a value stands, and what was found wrong with it and with what is inside.

Source: ``k8s.io/kube-openapi/pkg/validation/validate/result.go``, ``…/errors/schema.go``,
``k8s.io/apiserver/pkg/cel/common`` (CorrelatedObject).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from onggi.api.field_error import FieldError, not_supported, too_long, too_many
from onggi.api.gonumber import plain
from onggi.api.gotext import json_text, quote
from onggi.api.objects import View
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.correlation import correlated

NOWHERE = "<nil>"  # how upstream prints that it does not say where
INVALID = "FieldValueInvalid"


class Place(NamedTuple):
    """``at`` is the path within what is validated; ``old`` what stood there before, ABSENT if
    nothing did or nobody can tell."""

    at: str
    old: Any
    prefix: str

    @property
    def path(self) -> str:
        """Within the object; a place that is nowhere has no name."""
        if self.prefix and self.at:
            return f"{self.prefix}.{self.at}"
        return self.prefix or self.at or NOWHERE

    def field(self, name: str) -> "Place":
        at = f"{self.at}.{name}" if self.at else name
        old = self.old.get(name, ABSENT) if isinstance(self.old, Mapping) else ABSENT
        return Place(at, old, self.prefix)

    def item(self, index: int, items: Sequence[Any], schema: View) -> "Place":
        old = correlated(items[index], self.old, schema)
        return Place(f"{self.at}[{index}]", old, self.prefix)


class Result:
    """``count`` is how many checks were made, which is how the most telling of several
    failures is chosen."""

    __slots__ = ("count", "errors")

    def __init__(self) -> None:
        self.count = 0
        self.errors: list[FieldError] = []

    def merge(self, other: "Result") -> None:
        self.count += other.count
        self.errors += other.errors

    def misfit(self, place: Place, wanted: str, found: str) -> None:
        """The wrong type, or not of the format."""
        detail = f"{place.at} in body must be of type {wanted}: {quote(found)}"
        self.errors.append(FieldError("FieldValueTypeInvalid", place.path, detail, found))

    def invalid(self, place: Place, value: Any, why: str) -> None:
        shown = "" if value is None else plain(value) if isinstance(value, float) else value
        self.errors.append(FieldError(INVALID, place.path, f"{place.at} in body {why}", shown))

    def junctor(self, place: Place, why: str) -> None:
        where = place.prefix or NOWHERE
        self.errors.append(FieldError(INVALID, where, f"{quote(place.at)} {why}", ""))

    def out_of_range(self, place: Place, why: str) -> None:
        where = place.prefix or NOWHERE
        self.errors.append(FieldError(INVALID, where, f"{why} in {place.at}", ""))

    def not_among(self, place: Place, value: Any, allowed: Sequence[Any]) -> None:
        texts = [one if isinstance(one, str) else json_text(one) for one in allowed]
        self.errors.append(not_supported(place.path, value, texts))

    def required(self, place: Place, key: str) -> None:
        path = place.field(key).path
        self.errors.append(FieldError("FieldValueRequired", path))

    def too_long(self, place: Place, limit: int) -> None:
        self.errors.append(too_long(place.path, limit))

    def too_many(self, place: Place, count: int, limit: int) -> None:
        self.errors.append(too_many(place.path, count, limit))

    def forbidden_property(self, place: Place, key: str) -> None:
        detail = f"{place.at}.{key} in body is a forbidden property"
        self.errors.append(FieldError(INVALID, place.path, detail, key))
