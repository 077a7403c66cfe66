"""Which nodes a NodeSelector means: pods, volumes and devices say so in the same way. Pure.

    fits(selector, "node-1", labels)      any of its terms; an empty term fits nothing

Source: ``k8s.io/component-helpers/scheduling/corev1`` (nodeaffinity).
"""

from collections.abc import Callable, Mapping, Sequence

from onggi.api.gotext import parse_int
from onggi.api.objects import View


def compares(actual: str | None, wanted: Sequence[str], sign: int) -> bool:
    left, right = parse_int(actual or ""), parse_int(wanted[0] if len(wanted) == 1 else "")
    return left is not None and right is not None and (left - right) * sign > 0


OPERATORS: Mapping[str, Callable[[str | None, Sequence[str]], bool]] = {
    "In": lambda actual, values: actual is not None and actual in values,
    "NotIn": lambda actual, values: actual is None or actual not in values,
    "Exists": lambda actual, values: actual is not None,
    "DoesNotExist": lambda actual, values: actual is None,
    "Gt": lambda actual, values: compares(actual, values, +1),
    "Lt": lambda actual, values: compares(actual, values, -1),
}


def fits_all(requirements: Sequence[View], actual: Mapping[str, str]) -> bool:
    return all(
        OPERATORS[r["operator"]](actual.get(r["key"]), r.get("values") or ()) for r in requirements
    )


def fits_term(term: View, name: str, labels: Mapping[str, str]) -> bool:
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    return fits_all(expressions, labels) and fits_all(fields, {"metadata.name": name})


def fits(selector: View, name: str, labels: Mapping[str, str]) -> bool:
    return any(fits_term(term, name, labels) for term in selector.get("nodeSelectorTerms") or ())
