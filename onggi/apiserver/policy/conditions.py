"""``matchConditions``: all must hold, or the webhook or policy is not asked.

Source: ``k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions/matcher.go``.
"""

from collections.abc import Iterable

from onggi.api.cel.composition import Expression, Failed, OutOfBudget, Run


class ConditionsFailed(Exception):
    """Some failed and none was false: whether it matches cannot be said."""


def matches(conditions: Iterable[Expression], run: Run, ignores: bool) -> bool:
    """``ignores``: with ``failurePolicy: Ignore`` what cannot be said is no match. Raises
    ConditionsFailed."""
    errors: list[str] = []
    for condition in conditions:
        try:
            if run.evaluate(condition) is False:
                return False
        except Failed as failed:
            errors.append(str(failed))
        except OutOfBudget as broke:
            errors = [str(broke)]
            break
    if errors and not ignores:
        unique = list(dict.fromkeys(errors))
        raise ConditionsFailed(unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]")
    return not errors
