"""Scores by who is near: preferred pod (anti-)affinity and soft topology spread. Pure.

Source: ``pkg/scheduler/framework/plugins/{interpodaffinity,podtopologyspread}/scoring.go``.
A pod without constraints of its own is spread by upstream's defaults (hostname with skew 3,
zone with skew 5); its siblings are the pods with the same controller.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from typing import NamedTuple

from onggi.api.objects import View
from onggi.scheduler.affinity import Term, selects, terms_of
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.filters.neighbours import Domain
from onggi.scheduler.filters.spread import constraints, is_counted
from onggi.scheduler.scores.score import BEST
from onggi.scheduler.state import State

HOSTNAME, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"
NOWHERE: Counter[str] = Counter()
HARD_WEIGHT = 1  # of an existing pod's required affinity towards the new pod


def is_concerned(pod: PodFacts, state: State) -> bool:
    return pod.attached or bool(state.attached)


def pull(pod: PodFacts, state: State, _: Sequence[NodeFacts]) -> Counter[Domain]:
    """How strongly each topology domain draws the pod; negative where it is pushed away."""
    drawn: Counter[Domain] = Counter()
    mine = list(signed(pod, state, own=True))
    for node in state.listed if mine else ():
        for term in mine:
            value = node.topology(term.topology_key)
            if value is not None:
                met = sum(1 for other in node.pods.values() if term.means(other))
                drawn[term.topology_key, value] += term.weight * met
    for uid, other in state.attached.items():
        node = state.where[uid]
        for term in signed(other, state, own=False):
            value = node.topology(term.topology_key)
            if value is not None and term.means(pod):
                drawn[term.topology_key, value] += term.weight
    return drawn


def signed(pod: PodFacts, state: State, *, own: bool) -> Iterable[Term]:
    """Preferred terms with their sign; those of others also count their required affinity."""
    known = state.namespaces
    yield from terms_of(pod, pod.terms("podAffinity", "preferred"), known)
    for term in terms_of(pod, pod.terms("podAntiAffinity", "preferred"), known):
        yield term._replace(weight=-term.weight)
    if not own:
        for term in terms_of(pod, pod.terms("podAffinity", "required"), known):
            yield term._replace(weight=HARD_WEIGHT)


def drawn_to(_: PodFacts, node: NodeFacts, drawn: Counter[Domain]) -> float:
    return sum(weight for (key, value), weight in drawn.items() if node.topology(key) == value)


class Soft(NamedTuple):
    """A soft constraint: matching pods by domain, and the weight of the topology key."""

    key: str
    max_skew: int
    counts: Counter[str]
    weight: float


def wants_spread(pod: PodFacts, _: State) -> bool:
    if pod.spec.get("topologySpreadConstraints"):
        return bool(constraints(pod, "ScheduleAnyway"))
    return bool(pod.owner)


def crowds(pod: PodFacts, state: State, nodes: Sequence[NodeFacts]) -> list[Soft]:
    own = constraints(pod, "ScheduleAnyway")
    if own:
        return [soft(pod, constraint, nodes, state.listed) for constraint in own]
    return [
        Soft(key, skew, siblings(pod, key, state), weigh(key, nodes))
        for key, skew in ((HOSTNAME, 3), (ZONE, 5))
    ]


def weigh(key: str, nodes: Sequence[NodeFacts]) -> float:
    """Fewer domains weigh less, so that no key dominates by its sheer number of values."""
    return log(len({v for n in nodes if (v := n.topology(key)) is not None}) + 2)


def siblings(pod: PodFacts, key: str, state: State) -> Counter[str]:
    counts: Counter[str] = Counter()
    for name, count in state.homes.get(pod.owner, NOWHERE).items():
        node = state.nodes.get(name)
        if node is not None and (value := node.topology(key)) is not None:
            counts[value] += count
    return counts


def soft(
    pod: PodFacts, constraint: View, nodes: Sequence[NodeFacts], every: Sequence[NodeFacts]
) -> Soft:
    key, selector = constraint["topologyKey"], constraint.get("labelSelector")
    counts: Counter[str] = Counter()
    for node in every:
        if (value := node.topology(key)) is not None and is_counted(pod, node, constraint):
            counts[value] += sum(
                1
                for other in node.pods.values()
                if other.namespace == pod.namespace
                and not other.terminating
                and selects(selector, other.labels)
            )
    return Soft(key, constraint["maxSkew"], counts, weigh(key, nodes))


def crowd(_: PodFacts, node: NodeFacts, softs: Sequence[Soft]) -> float:
    """How crowded the node's domains are; a node outside of a topology is worst (negative)."""
    total = 0.0
    for one in softs:
        value = node.topology(one.key)
        if value is not None:
            total += one.counts.get(value, 0) * one.weight + (one.max_skew - 1)
    return round(total)


def roomiest(ratings: Sequence[float]) -> Sequence[float]:
    """The least crowded becomes 100."""
    low, high = min(ratings, default=0), max(ratings, default=0)
    return [BEST * (high + low - r) // high if high else BEST for r in ratings]
