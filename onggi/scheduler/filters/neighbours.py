"""Required affinity and anti-affinity between pods. Pure.

Source: ``pkg/scheduler/framework/plugins/interpodaffinity/filtering.go``. Counted once per
pod: in which topology domains (label key, value) a term finds pods; each node is then
judged by its labels alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from onggi.scheduler.affinity import Term, terms_of
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.filters.filter import Reason
from onggi.scheduler.state import State

EXISTING = (Reason("node(s) didn't satisfy existing pods anti-affinity rules"),)
ATTRACTED = (Reason("node(s) didn't match pod affinity rules", hopeless=True),)
REPELLED = (Reason("node(s) didn't match pod anti-affinity rules"),)
Domain = tuple[str, str]  # label key, value


class Neighbours(NamedTuple):
    """``near``: the required affinity terms; ``found``: where pods meet *all* of them;
    ``away``: where pods are that the pod must avoid; ``kept``: whence others keep it."""

    near: Sequence[Term]
    found: Counter[Domain]
    away: set[Domain]
    kept: set[Domain]
    first: bool  # no pod anywhere matches, but the pod itself would


def is_concerned(pod: PodFacts, state: State) -> bool:
    return pod.attached or bool(state.repellers)


def prepare(pod: PodFacts, state: State) -> Neighbours:
    near = terms_of(pod, pod.terms("podAffinity", "required"), state.namespaces)
    away = terms_of(pod, pod.repelling, state.namespaces)
    found = attraction(near, state)
    return Neighbours(
        near,
        found,
        set(domains(away, state)),
        set(repulsion(pod, state)),
        first=bool(near) and not found and all(term.means(pod) for term in near),
    )


def attraction(near: Sequence[Term], state: State) -> Counter[Domain]:
    found: Counter[Domain] = Counter()
    if not near:
        return found
    for node in state.listed:
        count = sum(1 for other in node.pods.values() if all(t.means(other) for t in near))
        for term in near if count else ():
            if (value := node.topology(term.topology_key)) is not None:
                found[term.topology_key, value] += count
    return found


def domains(terms: Sequence[Term], state: State) -> Iterable[Domain]:
    """Where any pod is that one of the terms means."""
    for node in state.listed if terms else ():
        for term in terms:
            value = node.topology(term.topology_key)
            if value is not None and any(term.means(other) for other in node.pods.values()):
                yield term.topology_key, value


def repulsion(pod: PodFacts, state: State) -> Iterable[Domain]:
    """Where pods are that refuse ``pod`` as a neighbour."""
    for uid, other in state.repellers.items():
        node = state.where[uid]
        for term in terms_of(other, other.repelling, state.namespaces):
            value = node.topology(term.topology_key)
            if value is not None and term.means(pod):
                yield term.topology_key, value


def neighbourly(pod: PodFacts, node: NodeFacts, seen: Neighbours) -> Sequence[Reason]:
    if not attracted(node, seen):
        return ATTRACTED
    if any(node.topology(key) == value for key, value in seen.away):
        return REPELLED
    if any(node.topology(key) == value for key, value in seen.kept):
        return EXISTING
    return ()


def attracted(node: NodeFacts, seen: Neighbours) -> bool:
    """The first of a group of pods that want each other may go anywhere with the label."""
    at = [(term.topology_key, node.topology(term.topology_key)) for term in seen.near]
    if any(value is None for _, value in at):
        return False
    return seen.first or all(seen.found[key, value] > 0 for key, value in at if value is not None)
