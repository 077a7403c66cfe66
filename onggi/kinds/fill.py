"""Filling in what a user left out, as upstream's ``defaults.go`` does; and how it is printed.

Go knows two kinds of "left out": a pointer that is nil (``fill_absent``) and a value that is
zero (``fill_zero``: an empty string or 0 counts as left out too).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api import quantity
from onggi.api.kind import Prepare
from onggi.api.objects import Object, View, clone_value


def fill_absent(obj: Object, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if obj.get(key) is None:
            obj[key] = clone_value(value)


def fill_zero(obj: Object, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if not obj.get(key):
            obj[key] = clone_value(value)


def first_status(status: Object) -> Prepare:
    """What a new object's status is, for kinds that prepare nothing else."""

    def prepare(obj: Object, old: View | None) -> None:
        if old is None:
            obj["status"] = clone_value(status)

    return prepare


def keep_metadata(obj: Object, old: View | None) -> None:
    """For kinds whose status is written without touching labels, annotations and the like."""
    meta, before = obj["metadata"], (old or {}).get("metadata") or {}
    for field in ("labels", "annotations", "finalizers", "ownerReferences", "generation"):
        meta.pop(field, None)
        if field in before:
            meta[field] = clone_value(before[field])


def items(obj: Mapping[str, Any], key: str) -> Iterator[Object]:
    """The objects of a list that may be absent."""
    return (item for item in obj.get(key) or () if isinstance(item, dict))


def normalize_amounts(amounts: Any) -> None:
    """Print quantities as upstream does (``0.5`` → ``500m``), rounded up to thousandths.

    What is no quantity stays, for validation to refuse.
    """
    if not isinstance(amounts, dict):
        return
    for name, text in amounts.items():
        amounts[name] = normalized(text)


def normalized(text: Any) -> Any:
    try:
        return quantity.parse(quantity.spelled(text)).rounded_to_milli().text
    except quantity.QuantityError:
        return text


def rewrite_quantity(obj: Object, key: str) -> None:
    """One quantity field, printed as upstream does, without rounding."""
    if obj.get(key) is None:
        return
    try:
        obj[key] = quantity.canonical(obj[key])
    except quantity.QuantityError:
        return
