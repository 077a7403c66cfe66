"""Topology spread constraints with whenUnsatisfiable DoNotSchedule. Pure.

Source: ``pkg/scheduler/framework/plugins/podtopologyspread/filtering.go``: a node is refused
if its domain would exceed the emptiest eligible domain by more than maxSkew; fewer domains
than minDomains make the emptiest count as empty.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.objects import View
from onggi.scheduler.affinity import selects, selects_node
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.filters.filter import Reason
from onggi.scheduler.filters.node import tolerated
from onggi.scheduler.state import State

UNEVEN = (Reason("node(s) didn't match pod topology spread constraints"),)
UNLABELLED = (
    Reason(
        "node(s) didn't match pod topology spread constraints (missing required label)",
        hopeless=True,
    ),
)


class Spread(NamedTuple):
    """One constraint with the number of matching pods in each domain."""

    key: str
    max_skew: int
    counts: Counter[str]
    least: int
    itself: int  # 1 if the pod matches its own selector


def constraints(pod: PodFacts, when: str) -> list[View]:
    return [
        c
        for c in pod.spec.get("topologySpreadConstraints") or ()
        if c.get("whenUnsatisfiable", "DoNotSchedule") == when
    ]


def is_spread(pod: PodFacts, _: State) -> bool:
    return bool(pod.spec.get("topologySpreadConstraints")) and bool(
        constraints(pod, "DoNotSchedule")
    )


def prepare(pod: PodFacts, state: State) -> list[Spread]:
    hard = constraints(pod, "DoNotSchedule")
    keys = [c["topologyKey"] for c in hard]
    nodes = [n for n in state.listed if all(n.topology(key) is not None for key in keys)]
    return [spread(pod, constraint, nodes) for constraint in hard]


def spread(pod: PodFacts, constraint: View, nodes: Sequence[NodeFacts]) -> Spread:
    counts = count(pod, constraint, [n for n in nodes if is_counted(pod, n, constraint)])
    enough = len(counts) >= (constraint.get("minDomains") or 1)
    return Spread(
        constraint["topologyKey"],
        constraint["maxSkew"],
        counts,
        min(counts.values(), default=0) if enough else 0,
        int(selects(constraint.get("labelSelector"), pod.labels)),
    )


def count(pod: PodFacts, constraint: View, nodes: Sequence[NodeFacts]) -> Counter[str]:
    """Matching pods of the pod's namespace by domain; a domain without any counts 0."""
    selector, key = constraint.get("labelSelector"), constraint["topologyKey"]
    counts: Counter[str] = Counter()
    for node in nodes:
        counts[node.labels[key]] += sum(
            1
            for other in node.pods.values()
            if other.namespace == pod.namespace
            and not other.terminating
            and selects(selector, other.labels)
        )
    return counts


def is_counted(pod: PodFacts, node: NodeFacts, constraint: View) -> bool:
    """nodeAffinityPolicy (default Honor) and nodeTaintsPolicy (default Ignore)."""
    if constraint.get("nodeAffinityPolicy", "Honor") == "Honor" and not selects_node(pod, node):
        return False
    return constraint.get("nodeTaintsPolicy", "Ignore") == "Ignore" or not tolerated(
        pod, node, None
    )


def even(pod: PodFacts, node: NodeFacts, spreads: Sequence[Spread]) -> Sequence[Reason]:
    for one in spreads:
        domain = node.topology(one.key)
        if domain is None:
            return UNLABELLED
        if one.counts[domain] + one.itself - one.least > one.max_skew:
            return UNEVEN
    return ()
