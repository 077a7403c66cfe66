"""Whether the conditions of a status are well formed.

Source: ``k8s.io/apimachinery/pkg/apis/meta/v1/validation`` (ValidateConditions).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, invalid, not_supported, required, too_long
from onggi.api.objects import View
from onggi.kinds.checks import named

STATUSES = ("False", "True", "Unknown")
LONGEST_REASON, LONGEST_MESSAGE = 1024, 32 * 1024


def check_conditions(conditions: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, condition in enumerate(conditions):
        at, type = f"{path}[{index}]", condition.get("type") or ""
        if type in seen:
            yield duplicate(f"{at}.type", type)
        seen.add(type)
        yield from check_condition(condition, at)


def check_condition(condition: View, path: str) -> Iterator[FieldError]:
    status, reason = condition.get("status") or "", condition.get("reason") or ""
    yield from named(f"{path}.type", condition.get("type") or "", names.qualified_name)
    if status not in STATUSES:
        yield not_supported(f"{path}.status", status, STATUSES)
    generation = condition.get("observedGeneration") or 0
    if generation < 0:
        detail = "must be greater than or equal to zero"
        yield invalid(f"{path}.observedGeneration", generation, detail)
    if not condition.get("lastTransitionTime"):
        yield required(f"{path}.lastTransitionTime", "must be set")
    if not reason:
        yield required(f"{path}.reason", "must be set")
    else:
        yield from named(f"{path}.reason", reason, names.condition_reason)
    if len(reason) > LONGEST_REASON:
        yield too_long(f"{path}.reason", LONGEST_REASON)
    if len(condition.get("message") or "") > LONGEST_MESSAGE:
        yield too_long(f"{path}.message", LONGEST_MESSAGE)
