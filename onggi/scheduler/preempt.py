"""Which pods of lower priority would have to go so that a pod fits. Pure.

Source: ``pkg/scheduler/framework/plugins/defaultpreemption`` and
``pkg/scheduler/framework/preemption``. On each node that is not hopeless all pods of lower
priority are thought away; if the pod then fits, as many as possible are put back, the most
important first. The node is chosen whose victims matter least. Disruption budgets do not
exist in this API yet, so none is looked at.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.scheduler.choose import Unschedulable, prepared, refusal
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.state import State
from onggi.scheduler.wording import is_hopeless


class Preemption(NamedTuple):
    node: str
    victims: Sequence[PodFacts]


def preempt(pod: PodFacts, state: State, found: Unschedulable) -> Preemption | None:
    """None where nobody can be sent away, or where victims are already on their way out."""
    if pod.spec.get("preemptionPolicy") == "Never" or is_under_way(pod, state):
        return None
    possible = [
        state.nodes[name]
        for name, reasons in found.reasons.items()
        if name in state.nodes and not is_hopeless(reasons)
    ]
    options = [
        Preemption(node.name, victims)
        for node in possible
        if (victims := victims_on(pod, node, state))
    ]
    return min(options, key=harm, default=None)


def is_under_way(pod: PodFacts, state: State) -> bool:
    """The nominated node has pods of lower priority that are terminating already."""
    nominated = (pod.pod.get("status") or {}).get("nominatedNodeName")
    node = state.nodes.get(nominated) if nominated else None
    return node is not None and any(
        other.terminating and other.priority < pod.priority for other in node.pods.values()
    )


def victims_on(pod: PodFacts, node: NodeFacts, state: State) -> Sequence[PodFacts]:
    """The fewest pods of this node whose going lets the pod in; empty where none helps."""
    lower = sorted(
        (other for other in node.pods.values() if other.priority < pod.priority),
        key=importance,
        reverse=True,
    )
    if not lower:
        return ()
    assumed = set(state.assumed)
    for other in lower:
        state.remove_pod(other.uid)
    victims: list[PodFacts] = []
    fits = not refusal(pod, node, prepared(pod, state))[1]
    for other in lower:
        state.add_pod(other, node.name)
        if fits and refusal(pod, node, prepared(pod, state))[1]:
            state.remove_pod(other.uid)
            victims.append(other)
    for other in victims:
        state.add_pod(other, node.name)
    state.assumed = assumed
    return victims


def importance(pod: PodFacts) -> tuple[int, str]:
    """Higher priority first, then whoever has run longer (its text sorts the other way)."""
    started = (pod.pod.get("status") or {}).get("startTime") or "9999"
    return pod.priority, "".join(chr(0x10FFFF - ord(c)) for c in started)


def harm(option: Preemption) -> tuple[int, int, int]:
    """The highest priority among the victims, then the sum, then their number."""
    priorities = [victim.priority for victim in option.victims]
    return max(priorities), sum(priorities) + len(priorities) * (1 << 31), len(priorities)
