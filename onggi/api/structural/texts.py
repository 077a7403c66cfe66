"""Texts of a custom resource: length and pattern. What JSON calls a value's type.

Source: ``k8s.io/kube-openapi/pkg/validation/validate`` (validator.go, values.go, type.go).
"""

from typing import Any

from onggi.api import regex
from onggi.api.gonumber import is_whole
from onggi.api.objects import View
from onggi.api.structural.result import Place, Result


def check_text(schema: View, text: str, place: Place, result: Result) -> None:
    """The first thing that is wrong."""
    most, least, pattern = (schema.get(n) for n in ("maxLength", "minLength", "pattern"))
    if most is not None and len(text) > most:
        result.too_long(place, most)
    elif least is not None and len(text) < least:
        result.invalid(place, text, f"should be at least {least} chars long")
    elif pattern and (problem := mismatch(pattern, text)):
        result.invalid(place, text, f"should match '{problem}'")


def mismatch(pattern: str, text: str) -> str:
    try:
        return "" if regex.search(pattern, text) else pattern
    except regex.RegexError as error:
        return f"{pattern}, but pattern is invalid: {error}"


def type_name(value: Any, wanted: tuple[str, ...]) -> str:
    """A float without a fraction will do where an integer is wanted."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "integer" if "integer" in wanted and is_whole(value) else "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
