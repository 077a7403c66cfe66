"""Whether the conditions of a status are well formed.

Source: ``k8s.io/apimachinery/pkg/apis/meta/v1/validation`` (ValidateConditions).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, invalid, required, too_long
from onggi.api.objects import View
from onggi.kinds.checks import choice, named

STATUSES = ("False", "True", "Unknown")
LONGEST_REASON, LONGEST_MESSAGE = 1024, 32 * 1024


def check_conditions(conditions: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        at, type = f"{path}[{index}]", condition.get("type") or ""
        if type in seen:
            yield duplicate(at, type)
        seen.add(type)
        yield from check_condition(condition, at)


def check_condition(condition: View, path: str) -> Iterator[FieldError]:
    type, status = condition.get("type") or "", condition.get("status") or ""
    if not type:
        yield required(f"{path}.type", "is required")
    else:
        yield from named(f"{path}.type", type, names.qualified_name)
    yield from choice(f"{path}.status", status, STATUSES)
    generation = condition.get("observedGeneration") or 0
    if generation < 0:
        detail = "must be greater than or equal to zero"
        yield invalid(f"{path}.observedGeneration", generation, detail)
    if not condition.get("lastTransitionTime"):
        yield required(f"{path}.lastTransitionTime")
    yield from check_words(condition, path)


def check_words(condition: View, path: str) -> Iterator[FieldError]:
    reason, message = condition.get("reason") or "", condition.get("message") or ""
    if not reason:
        yield required(f"{path}.reason")
    else:
        yield from named(f"{path}.reason", reason, names.condition_reason)
    if len(reason) > LONGEST_REASON:
        yield too_long(f"{path}.reason", LONGEST_REASON)
    if len(message.encode()) > LONGEST_MESSAGE:
        yield too_long(f"{path}.message", LONGEST_MESSAGE)
