"""Which pods the node refuses that were bound to it without the scheduler's consent. Pure.

Source: ``pkg/kubelet/lifecycle/predicate.go``; words and reasons are upstream's.
"""

from collections.abc import Iterable, Sequence

from onggi.api.objects import View, get
from onggi.api.quantity import Quantity
from onggi.kinds.core.pod.predicates import host_ports, is_finished
from onggi.kinds.core.pod.resources import ZERO, amounts, requests

Refusal = tuple[str, str]  # reason, message
ANY = "0.0.0.0"  # noqa: S104
SELECTOR = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"
PORTS = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"
OTHER_OS = "Failed to admit pod as the OS field doesn't match node OS"


def admit(pod: View, others: Sequence[View], node: View) -> Refusal | None:
    """``others`` are the pods that are here already; ``node`` the Node object."""
    present = [other for other in others if not is_finished(other)]
    return (
        wrong_system(pod)
        or wrong_labels(pod, node)
        or taken_ports(pod, present)
        or too_much(pod, present, node)
    )


def wrong_system(pod: View) -> Refusal | None:
    name = get(pod, "spec.os.name")
    return ("PodOSNotSupported", OTHER_OS) if name and name != "linux" else None


def wrong_labels(pod: View, node: View) -> Refusal | None:
    wanted = get(pod, "spec.nodeSelector") or {}
    have = get(node, "metadata.labels") or {}
    return None if wanted.items() <= have.items() else ("NodeAffinity", SELECTOR)


def taken_ports(pod: View, others: Iterable[View]) -> Refusal | None:
    taken = {port for other in others for port in host_ports(other)}
    clash = any(
        (protocol, number) == (p, n) and (ip == i or ANY in (ip, i))
        for ip, protocol, number in host_ports(pod)
        for i, p, n in taken
    )
    return ("NodePorts", PORTS) if clash else None


def too_much(pod: View, others: Sequence[View], node: View) -> Refusal | None:
    allocatable = amounts(get(node, "status.allocatable"))
    most = allocatable.get("pods", ZERO).value()
    if len(others) + 1 > most:
        return out_of("pods", 1, len(others), most)
    for name, wanted in requests(pod).items():
        capacity = allocatable.get(name, ZERO)
        used = sum((amount(other, name) for other in others), start=ZERO)
        if wanted > ZERO and used + wanted > capacity:
            return out_of(name, *(counted(name, each) for each in (wanted, used, capacity)))
    return None


def amount(pod: View, name: str) -> Quantity:
    return requests(pod).get(name, ZERO)


def counted(name: str, amount: Quantity) -> int:
    """The scheduler's unit: thousandths of a CPU."""
    return amount.milli() if name == "cpu" else amount.value()


def out_of(name: str, requested: int, used: int, capacity: int) -> Refusal:
    why = f"requested: {requested}, used: {used}, capacity: {capacity}"
    return f"OutOf{name}", f"Node didn't have enough resource: {name}, {why}"
