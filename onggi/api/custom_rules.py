"""What is checked of a custom resource beside its metadata.

    Checker(custom).check(new, old, status) -> list[FieldError]

Source: ``k8s.io/apiextensions-apiserver/pkg/registry/customresource`` (strategy.go,
status_strategy.go, validator.go).
"""

from collections.abc import Iterator
from typing import Any

from onggi.api import names
from onggi.api.custom import Custom
from onggi.api.field_error import FieldError, invalid
from onggi.api.gotext import quote
from onggi.api.objects import View

STANDARD_FINALIZERS = ("orphan", "foregroundDeletion", "kubernetes")
INT32 = 2**31 - 1


class Checker:
    """The checks of one version of a definition, made ready once."""

    def __init__(self, custom: Custom) -> None:
        self.custom = custom

    def check(self, new: View, old: View | None, status: bool) -> list[FieldError]:
        """``status``: only that was written."""
        return []


def finalizers(new: View, old: View | None) -> Iterator[str]:
    """Warnings about names of finalizers that are new."""
    before = set((old or {}).get("metadata", {}).get("finalizers") or ())
    for name in sorted(set(new["metadata"].get("finalizers") or ()) - before):
        at = f"metadata.finalizers: {quote(name)}"
        yield from (f"{at}: {message}" for message in names.qualified_name(name))
        if "/" not in name and name not in STANDARD_FINALIZERS:
            including = " including a path (/)" if "." in name else ""
            yield (
                f"{at}: prefer a domain-qualified finalizer name{including} to avoid accidental "
                "conflicts with other finalizer writers"
            )


def whole_number(path: str, value: Any) -> Iterator[FieldError]:
    if value < 0:
        yield invalid(path, value, "should be a non-negative integer")
    elif value > INT32:
        yield invalid(path, value, f"should be less than or equal to {INT32}")
