"""x-kubernetes-validations of a schema: what their texts must be.

Source: ``…/apis/apiextensions/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.objects import View
from onggi.kinds.apiextensions.crd.field_path import PathError, find

RULES = "x-kubernetes-validations"
REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
NO_BREAKS = "must not contain line breaks"


def check_texts(schema: View, path: str) -> Iterator[FieldError]:
    for index, rule in enumerate(schema.get(RULES) or ()):
        at = f"{path}.{RULES}[{index}]"
        yield from check_message(rule, at)
        expression = rule.get("messageExpression") or ""
        if expression and not expression.strip():
            why = "messageExpression must be non-empty if specified"
            yield required(f"{at}.messageExpression", why)
        if (reason := rule.get("reason")) is not None and reason not in REASONS:
            yield not_supported(f"{at}.reason", reason, REASONS)
        yield from check_field(schema, rule.get("fieldPath") or "", f"{at}.fieldPath")


def check_message(rule: View, path: str) -> Iterator[FieldError]:
    text, message = (rule.get("rule") or "").strip(), rule.get("message") or ""
    if not text:
        yield required(f"{path}.rule", "rule is not specified")
    elif message and not message.strip():
        yield invalid(f"{path}.message", message, "must be non-empty if specified")
    elif has_breaks(message.strip()):
        yield invalid(f"{path}.message", message, NO_BREAKS)
    elif has_breaks(text) and not message.strip():
        why = "message must be specified if rule contains line breaks"
        yield required(f"{path}.message", why)


def check_field(schema: View, field: str, path: str) -> Iterator[FieldError]:
    if field and not field.strip():
        yield invalid(path, field, "must be non-empty if specified")
    if has_breaks(field):
        yield invalid(path, field, NO_BREAKS)
    if field:
        try:
            find(field, schema)
        except PathError:
            yield invalid(path, field, "must be a valid path")


def has_breaks(text: str) -> bool:
    return "\n" in text or "\r" in text
