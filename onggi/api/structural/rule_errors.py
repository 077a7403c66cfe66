"""What is said of a rule that does not hold, fails, or costs too much: upstream's words.

Source: ``…/apiserver/schema/cel/validation.go``.
"""

from typing import Any

from onggi.api.cel.environments import LONGEST_MESSAGE
from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, required
from onggi.api.gotext import quote
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.rule import Rule

NO_MORE = "no further validation rules will be run"
UNMATCHED = "call arguments did not match a supported operator, function or macro signature"
CANCELLED = "operation cancelled: actual cost limit exceeded"


class Stop(Exception):
    """No further rules are looked at; ``error`` says why."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(str(error))
        self.error = error


def out_of_budget(path: str, kind: str) -> FieldError:
    return invalid(path, kind, f"validation failed due to running out of cost budget, {NO_MORE}")


def too_costly(path: str, kind: str, rule: Rule) -> FieldError:
    why = f"{NO_MORE} due to call cost exceeds limit for rule: {rule.shown}"
    return invalid(path, kind, f"'{CANCELLED}': {why}")


def broken(path: str, kind: str, problem: str) -> FieldError:
    return invalid(path, kind, f"rule compile error: {problem}")


def failed(path: str, kind: str, rule: Rule, error: str) -> FieldError:
    if error.startswith("no such overload"):
        return invalid(path, kind, f"'{error}': {UNMATCHED} for rule: {rule.shown}")
    return invalid(path, kind, f"{error} evaluating rule: {rule.shown}")


def message_too_costly(path: str, kind: str, rule: Rule) -> FieldError:
    expression = quote(rule.written.get("messageExpression") or "")
    why = f"{NO_MORE} due to call cost exceeds limit for messageExpression: {expression}"
    return invalid(path, kind, why)


def message_out_of_budget(path: str, kind: str) -> FieldError:
    what = "messageExpression evaluation failed due to running out of cost budget"
    return invalid(path, kind, f"{what}, {NO_MORE}")


def usable(text: Any) -> str:
    """What a messageExpression may say; nothing where it may not."""
    said = text.strip() if isinstance(text, str) else ""
    return "" if len(said.encode()) > LONGEST_MESSAGE or "\n" in said else said


def complaint(path: str, value: Any, detail: str, reason: str) -> FieldError:
    """``value`` is ABSENT where it would be too much to show."""
    match reason:
        case "FieldValueForbidden":
            return forbidden(path, detail)
        case "FieldValueRequired":
            return required(path, detail)
        case "FieldValueDuplicate" if value is not ABSENT:
            return duplicate(path, value)
        case "FieldValueDuplicate":
            return FieldError("FieldValueDuplicate", path)
    if value is ABSENT:
        return FieldError("FieldValueInvalid", path, detail)
    return invalid(path, value, detail)
