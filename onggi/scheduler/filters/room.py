"""Filters that look at what is left of a node: requests, number of pods, host ports. Pure."""

from collections.abc import Sequence

from onggi.scheduler.facts import ANY_ADDRESS, HostPort, NodeFacts, PodFacts
from onggi.scheduler.filters.filter import Reason
from onggi.scheduler.state import State

TOO_MANY = Reason("Too many pods")
PORTS = (Reason("node(s) didn't have free ports for the requested pod ports"),)


def fits(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    """Every resource that is short is named, as upstream's NodeResourcesFit does."""
    reasons = []
    if len(node.pods) + 1 > node.allocatable.get("pods", 0):
        reasons.append(TOO_MANY)
    used, allocatable = node.used, node.allocatable
    for name, amount in pod.requests.items():
        capacity = allocatable.get(name, 0)
        if amount > capacity - used.get(name, 0):
            reasons.append(Reason(f"Insufficient {name}", hopeless=amount > capacity))
    return reasons


def wants_ports(pod: PodFacts, _: State) -> bool:
    return bool(pod.ports)


def free_ports(pod: PodFacts, node: NodeFacts, _: None) -> Sequence[Reason]:
    taken = [port for port, count in node.ports.items() if count > 0]
    return PORTS if any(clash(a, b) for a in pod.ports for b in taken) else ()


def clash(one: HostPort, other: HostPort) -> bool:
    """The wildcard address collides with every address."""
    return one[1:] == other[1:] and (one[0] == other[0] or ANY_ADDRESS in (one[0], other[0]))
