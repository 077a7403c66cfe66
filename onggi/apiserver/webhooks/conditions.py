"""``matchConditions`` of a webhook: all must hold, or it is not asked.

Source: ``k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onggi.api.cel.environments import MATCH_BUDGET, MATCH_CONDITIONS, PER_CALL
from onggi.api.cel.errors import BudgetExceeded, CelError
from onggi.api.cel.program import compile
from onggi.api.objects import View

OUT_OF_BUDGET = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)


class Unclear(Exception):
    """No condition says no, but one could not be worked out; the text says why."""


def match(conditions: Sequence[View], known: Mapping[str, Any]) -> bool:
    """``known`` are the variables; one condition that does not hold counts more than one that
    fails. Raises Unclear."""
    left, problems = MATCH_BUDGET, list[str]()
    for condition in conditions:
        text = condition["expression"]
        try:
            value, cost = compile(text, MATCH_CONDITIONS).measure(known, min(left, PER_CALL))
        except BudgetExceeded:
            raise Unclear(OUT_OF_BUDGET) from None
        except CelError as error:
            problems.append(f"expression '{text}' resulted in error: {error}")
            left -= error.cost
            continue
        left -= cost
        if value is False:
            return False
    if problems:
        raise Unclear(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
    return True
