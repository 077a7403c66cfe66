"""Scores by what is left of a node: the emptier and the more evenly used, the better. Pure.

Source: ``pkg/scheduler/framework/plugins/noderesources`` (least_allocated.go,
balanced_allocation.go).
"""

from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.scores.score import BEST
from onggi.scheduler.state import State


def least_allocated(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """The mean of the free shares of cpu and memory; what has no request counts a little."""
    cpu, memory = pod.scoring
    shares = [
        free(asked, capacity)
        for asked, capacity in (
            (node.scoring_cpu + cpu, node.allocatable.get("cpu", 0)),
            (node.scoring_memory + memory, node.allocatable.get("memory", 0)),
        )
        if capacity
    ]
    return sum(shares) // len(shares) if shares else 0


def free(asked: int, capacity: int) -> int:
    return (capacity - asked) * BEST // capacity if asked < capacity else 0


def asks(pod: PodFacts, _: State) -> bool:
    return bool(pod.requests.get("cpu") or pod.requests.get("memory"))


def balanced(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """100 less the standard deviation between the used shares of cpu and memory."""
    shares = [
        min(1.0, (node.used[name] + pod.requests.get(name, 0)) / capacity)
        for name in ("cpu", "memory")
        if (capacity := node.allocatable.get(name, 0))
    ]
    deviation = abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0
    return int((1 - deviation) * BEST)
