"""One thing wrong with one field, in upstream's words.

Source: ``k8s.io/apimachinery/pkg/util/validation/field`` (Error, ErrorBody).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from onggi.api.gotext import json_text, quote

ABSENT: Any = object()
PHRASES = {
    "FieldValueNotFound": "Not found",
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
    "FieldValueTooShort": "Too short",
    "FieldValueTooMany": "Too many",
    "FieldValueTooFew": "Too few",
    "FieldValueTypeInvalid": "Invalid value",
    "InternalError": "Internal error",
}


class FieldError(NamedTuple):
    """``reason`` is a metav1.CauseType; ``value`` is shown only where upstream shows it."""

    reason: str
    path: str
    detail: str = ""
    value: Any = ABSENT

    @property
    def body(self) -> str:
        """What a cause's ``message`` says: everything but the path."""
        text = PHRASES[self.reason]
        if self.value is not ABSENT:
            text += f": {shown(self.value)}"
        return f"{text}: {self.detail}" if self.detail else text

    def __str__(self) -> str:
        return f"{self.path}: {self.body}"


def shown(value: Any) -> str:
    """A string as Go's %q, everything else as JSON."""
    return quote(value) if isinstance(value, str) else json_text(value)


def required(path: str, detail: str = "") -> FieldError:
    return FieldError("FieldValueRequired", path, detail)


def invalid(path: str, value: Any, detail: str) -> FieldError:
    return FieldError("FieldValueInvalid", path, detail, value)


def immutable(path: str, value: Any) -> FieldError:
    return invalid(path, value, "field is immutable")


def duplicate(path: str, value: Any) -> FieldError:
    return FieldError("FieldValueDuplicate", path, "", value)


def forbidden(path: str, detail: str) -> FieldError:
    return FieldError("FieldValueForbidden", path, detail)


def not_found(path: str, value: Any) -> FieldError:
    return FieldError("FieldValueNotFound", path, "", value)


def too_long(path: str, limit: int) -> FieldError:
    return FieldError("FieldValueTooLong", path, f"may not be more than {limit} bytes")


def too_many(path: str, count: int, limit: int) -> FieldError:
    items = "item" if limit == 1 else "items"
    return FieldError("FieldValueTooMany", path, f"must have at most {limit} {items}", count)


def not_supported(path: str, value: Any, allowed: Iterable[str]) -> FieldError:
    names = ", ".join(quote(a) for a in allowed)
    return FieldError("FieldValueNotSupported", path, f"supported values: {names}", value)
