"""Where a pod goes, or why it goes nowhere. Pure.

``choose`` runs the filters over the nodes, then the scores over those that are left. Large
clusters are sampled as upstream samples them: beyond 100 nodes it is enough to find a share
of them that fit, looking on from where the last search ended.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.filters import FILTERS, Filter, Reason
from onggi.scheduler.scores import SCORES, Score
from onggi.scheduler.state import State

ENOUGH = 100  # nodes that fit; fewer nodes than that are all looked at


@dataclass(frozen=True)
class Placement:
    """``looked`` is how many nodes were examined."""

    node: str
    looked: int = 0


@dataclass(frozen=True)
class Unschedulable:
    """For every node the reasons of the first filter that refused it."""

    reasons: Mapping[str, Sequence[Reason]]
    filters: frozenset[str] = field(default_factory=frozenset)  # names of those that refused

    @property
    def nodes(self) -> int:
        return len(self.reasons)


Prepared = Sequence[tuple[Filter, Any]]


def choose(pod: PodFacts, state: State, start: int = 0) -> Placement | Unschedulable:
    """``start`` is where among the nodes the search begins; it also breaks ties."""
    filters, rivals = prepared(pod, state), state.rivals(pod)
    fitting: list[NodeFacts] = []
    refused: dict[str, Sequence[Reason]] = {}
    blamed: set[str] = set()
    wanted, looked = enough(len(state.listed)), 0
    for node in around(state.listed, start):
        looked += 1
        name, reasons = refusal(pod, node, filters)
        if node.name in rivals and not reasons:
            with state.imagine(there=rivals[node.name], at=node.name):
                name, reasons = refusal(pod, node, prepared(pod, state))
        if not reasons:
            fitting.append(node)
            if len(fitting) == wanted:
                break
        else:
            refused[node.name] = reasons
            blamed.add(name)
    if not fitting:
        return Unschedulable(refused, frozenset(blamed))
    return Placement(best(pod, state, fitting).name, looked)


def prepared(pod: PodFacts, state: State) -> Prepared:
    return [(f, f.prepare(pod, state)) for f in FILTERS if f.wanted(pod, state)]


def refusal(pod: PodFacts, node: NodeFacts, filters: Prepared) -> tuple[str, Sequence[Reason]]:
    """The first filter that refuses, with its reasons; no reasons where all agree."""
    for filter, context in filters:
        reasons = filter.check(pod, node, context)
        if reasons:
            return filter.name, reasons
    return "", ()


def enough(nodes: int) -> int:
    """How many fitting nodes are enough (upstream's numFeasibleNodesToFind)."""
    if nodes < ENOUGH:
        return nodes
    percent = max(5, 50 - nodes // 125)
    return max(ENOUGH, nodes * percent // 100)


def around(nodes: Sequence[NodeFacts], start: int) -> Iterator[NodeFacts]:
    """All of them once, beginning at ``start``."""
    for index in range(len(nodes)):
        yield nodes[(start + index) % len(nodes)]


def best(pod: PodFacts, state: State, nodes: Sequence[NodeFacts]) -> NodeFacts:
    """The highest weighted sum; the first of equals."""
    if len(nodes) == 1:
        return nodes[0]
    totals = [0.0] * len(nodes)
    for score in SCORES:
        if score.wanted(pod, state):
            for index, value in enumerate(ratings(score, pod, state, nodes)):
                totals[index] += score.weight * value
    return nodes[totals.index(max(totals))]


def ratings(
    score: Score, pod: PodFacts, state: State, nodes: Sequence[NodeFacts]
) -> Sequence[float]:
    context = score.prepare(pod, state, nodes)
    return score.level([score.rate(pod, node, context) for node in nodes])
