"""Taints of nodes and tolerations of pods.

Source: ``k8s.io/component-helpers/scheduling/corev1`` and ``ToleratesTaint`` in ``k8s.io/api``.
"""

from collections.abc import Sequence

from onggi.api.gotext import parse_int
from onggi.api.objects import View


def tolerates(toleration: View, taint: View) -> bool:
    """One toleration, one taint. An empty key with Exists tolerates everything."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    match toleration.get("operator") or "Equal":
        case "Exists":
            return True
        case "Equal":
            return bool((toleration.get("value") or "") == (taint.get("value") or ""))
        case operator:
            return compares(operator, taint.get("value") or "", toleration.get("value") or "")


def compares(operator: str, taint: str, toleration: str) -> bool:
    """``Gt`` and ``Lt`` compare whole numbers; what is none is not tolerated."""
    left, right = parse_int(taint), parse_int(toleration)
    if left is None or right is None:
        return False
    return left > right if operator == "Gt" else operator == "Lt" and left < right


def matching(taints: Sequence[View], tolerations: Sequence[View]) -> list[View] | None:
    """The first toleration for each taint; None if one is not tolerated."""
    found = []
    for taint in taints:
        toleration = next((t for t in tolerations if tolerates(t, taint)), None)
        if toleration is None:
            return None
        found.append(toleration)
    return found
