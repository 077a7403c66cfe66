"""Which pods of lower priority would have to go so that a pod fits. Pure.

Source: ``pkg/scheduler/framework/plugins/defaultpreemption`` and
``pkg/scheduler/framework/preemption``. On each node that is not hopeless all pods of lower
priority are thought away; if the pod then fits, as many as possible are put back, first those
that a disruption budget protects, then the most important. The node is chosen whose victims
matter least: the fewest protected ones, then by priority.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.objects import View
from onggi.scheduler.budgets import protected
from onggi.scheduler.choose import Unschedulable, prepared, refusal
from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.state import State
from onggi.scheduler.wording import is_hopeless


class Preemption(NamedTuple):
    node: str
    victims: Sequence[PodFacts]
    violations: int = 0  # victims that a budget would have protected


def preempt(
    pod: PodFacts, state: State, found: Unschedulable, budgets: Sequence[View] = ()
) -> Preemption | None:
    """None where nobody can be sent away, or where victims are already on their way out."""
    if pod.spec.get("preemptionPolicy") == "Never" or is_under_way(pod, state):
        return None
    possible = [
        state.nodes[name]
        for name, reasons in found.reasons.items()
        if name in state.nodes and not is_hopeless(reasons)
    ]
    options = [victims_on(pod, node, state, budgets) for node in possible]
    return min((option for option in options if option.victims), key=harm, default=None)


def is_under_way(pod: PodFacts, state: State) -> bool:
    """The nominated node has pods of lower priority that are terminating already."""
    nominated = (pod.pod.get("status") or {}).get("nominatedNodeName")
    node = state.nodes.get(nominated) if nominated else None
    return node is not None and any(
        other.terminating and other.priority < pod.priority for other in node.pods.values()
    )


def victims_on(pod: PodFacts, node: NodeFacts, state: State, budgets: Sequence[View]) -> Preemption:
    """The fewest pods of this node whose going lets the pod in; none where none helps."""
    lower = sorted(
        (other for other in node.pods.values() if other.priority < pod.priority),
        key=importance,
        reverse=True,
    )
    if not lower:
        return Preemption(node.name, ())
    dear = protected(lower, budgets) if budgets else set()
    lower.sort(key=lambda other: other.uid not in dear)  # stable: protected ones come back first
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
    return Preemption(node.name, victims, sum(victim.uid in dear for victim in victims))


def importance(pod: PodFacts) -> tuple[int, str]:
    """Higher priority first, then whoever has run longer (its text sorts the other way)."""
    started = (pod.pod.get("status") or {}).get("startTime") or "9999"
    return pod.priority, "".join(chr(0x10FFFF - ord(c)) for c in started)


def harm(option: Preemption) -> tuple[int, int, int, int]:
    """Budgets first, then the highest priority among the victims, the sum, their number."""
    priorities = [victim.priority for victim in option.victims]
    return (
        option.violations,
        max(priorities),
        sum(priorities) + len(priorities) * (1 << 31),
        len(priorities),
    )
