"""A ClusterRole with an aggregationRule has the rules of the roles that it selects. Pure.

Source: ``pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from onggi.api.objects import Object, View, get
from onggi.api.plan import Controller, Patch, Plan, Wake, World
from onggi.api.selectors import of_object
from onggi.kinds.rbac.clusterrole import CLUSTERROLE


def aggregated(role: View, roles: Iterable[View]) -> list[Object]:
    """The rules of every role that ``role`` selects, each once; itself it never counts."""
    rules: list[Any] = []
    others = sorted(
        (r for r in roles if r["metadata"]["name"] != role["metadata"]["name"]),
        key=lambda r: r["metadata"]["name"],
    )
    for selector in get(role, "aggregationRule.clusterRoleSelectors") or ():
        wanted = of_object(selector)
        for other in others:
            if wanted.matches(get(other, "metadata.labels")):
                rules += (rule for rule in other.get("rules") or () if rule not in rules)
    return rules


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
