"""Scores by what is left of a node: the emptier and the more evenly used, the better. Pure.

Source: ``pkg/scheduler/framework/plugins/noderesources`` (least_allocated.go,
balanced_allocation.go).
"""

from onggi.scheduler.facts import NodeFacts, PodFacts
from onggi.scheduler.scores.score import BEST
from onggi.scheduler.state import State


def least_allocated(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """The mean of the free shares of cpu and memory; what has no request counts a little."""
    (cpu, memory), room = pod.scoring, node.allocatable
    total = parts = 0
    if capacity := room.get("cpu", 0):
        total, parts = free(node.scoring_cpu + cpu, capacity), 1
    if capacity := room.get("memory", 0):
        total, parts = total + free(node.scoring_memory + memory, capacity), parts + 1
    return total // parts if parts else 0


def free(asked: int, capacity: int) -> int:
    return (capacity - asked) * BEST // capacity if asked < capacity else 0


def asks(pod: PodFacts, _: State) -> bool:
    return bool(pod.requests.get("cpu") or pod.requests.get("memory"))


def balanced(pod: PodFacts, node: NodeFacts, _: State) -> float:
    """100 less the standard deviation between the used shares of cpu and memory."""
    requests, used, room = pod.requests, node.used, node.allocatable
    cpus, memory = room.get("cpu", 0), room.get("memory", 0)
    if not (cpus and memory):
        return BEST
    one = min(1.0, (used.get("cpu", 0) + requests.get("cpu", 0)) / cpus)
    other = min(1.0, (used.get("memory", 0) + requests.get("memory", 0)) / memory)
    return int((1 - abs(one - other) / 2) * BEST)
