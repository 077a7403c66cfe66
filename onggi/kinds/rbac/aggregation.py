"""A ClusterRole with an aggregationRule has the rules of the roles that it selects. Pure.

Source: ``pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from onggi.api.objects import Object, View, get
from onggi.api.plan import Controller, Patch, Plan, Wake, World
from onggi.kinds.rbac.clusterrole import CLUSTERROLE


def aggregated(role: View, roles: Iterable[View]) -> list[Object]:
    """The rules of every role that ``role`` selects, each once; itself it never counts."""
    rules: list[Any] = []
    others = sorted(
        (r for r in roles if r["metadata"]["name"] != role["metadata"]["name"]),
        key=lambda r: r["metadata"]["name"],
    )
    for selector in get(role, "aggregationRule.clusterRoleSelectors") or ():
        for other in others:
            if _selects(selector, get(other, "metadata.labels") or {}):
                rules += (rule for rule in other.get("rules") or () if rule not in rules)
    return rules


def _selects(selector: View, labels: Mapping[str, str]) -> bool:
    wanted = selector.get("matchLabels") or {}
    return wanted.items() <= labels.items() and all(
        OPERATORS[e["operator"]](labels.get(e["key"]), e.get("values") or ())
        for e in selector.get("matchExpressions") or ()
    )


OPERATORS: dict[str, Callable[[str | None, Sequence[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, values: value is not None,
    "DoesNotExist": lambda value, values: value is None,
}


def reconcile(role: View, world: World, now: datetime) -> Plan:
    if not role.get("aggregationRule"):
        return Plan()
    rules = aggregated(role, world.all(CLUSTERROLE))
    if rules == (role.get("rules") or []):
        return Plan()
    return Plan((Patch(CLUSTERROLE, role, {"rules": rules}),))


def aggregating(changed: View, world: World) -> Sequence[Wake]:
    """Any change of a role may concern every role that aggregates."""
    return [("", r["metadata"]["name"]) for r in world.all(CLUSTERROLE) if r.get("aggregationRule")]


CLUSTERROLE_AGGREGATION = Controller(
    name="clusterrole-aggregation-controller",
    kind=CLUSTERROLE,
    reconcile=reconcile,
    watches={CLUSTERROLE: aggregating},
)
