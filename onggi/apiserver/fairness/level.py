"""Who waits in one priority level, and whose turn is next. Pure: no clock, no loop.

Every flow has a queue of its own and they take turns. Upstream deals flows onto a fixed number of
shared queues, to bound its memory; here ``handSize * queueLengthLimit`` bounds one flow and
``queues * queueLengthLimit`` all of them.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Waiting(NamedTuple):
    """``turn`` is whatever whoever waits is told by; ``width`` the work, in plain requests."""

    turn: Any
    width: int


@dataclass(slots=True, kw_only=True, eq=False)
class Level:
    """``served`` is the work it was given, divided by its shares: the lowest is next."""

    name: str
    uid: str = ""
    exempt: bool = False
    shares: int = 30
    seats: int = 600
    rejects: bool = False
    longest: int = 3200
    longest_flow: int = 400
    running: int = 0
    waiting: int = 0
    served: float = 0.0
    flows: dict[str, deque[Waiting]] = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        """A request may begin at once."""
        return not self.waiting and self.running < self.seats

    @property
    def can_go_on(self) -> bool:
        return self.waiting > 0 and self.running < self.seats

    def begin(self, width: int) -> None:
        self.running += 1
        self.served += width / max(self.shares, 1)

    def put(self, flow: str, waiting: Waiting) -> bool:
        """At the end of the flow's queue; False where there is no room.

        A level that rejects has no room once its seats are taken; the next turn of the loop is
        no reason to refuse anybody.
        """
        queue = self.flows.get(flow)
        full = queue is not None and len(queue) >= self.longest_flow
        taken = self.rejects and self.running >= self.seats
        if taken or full or self.waiting >= self.longest:
            return False
        if queue is None:
            queue = self.flows[flow] = deque()
        queue.append(waiting)
        self.waiting += 1
        return True

    def take(self) -> Waiting:
        """The first of the flow whose turn it is; that flow is the last one then."""
        flow, queue = next(iter(self.flows.items()))
        found = queue.popleft()
        del self.flows[flow]
        if queue:
            self.flows[flow] = queue
        self.waiting -= 1
        return found

    def drop(self, flow: str, waiting: Waiting) -> None:
        """It waits no longer; nothing where it was taken already."""
        queue = self.flows.get(flow)
        if queue is None or waiting not in queue:
            return
        queue.remove(waiting)
        self.waiting -= 1
        if not queue:
            del self.flows[flow]
