"""The pods that want a node: who is next, who waits, and for what. Pure; ``now`` in seconds.

Source: ``pkg/scheduler/backend/queue/scheduling_queue.go``. A pod is *active* (highest
priority first, then the oldest), or *waiting*: it was tried and did not fit. A waiting pod
becomes active when something happens that may cure what refused it, though not before its
back-off (1 s after the first attempt, doubling to 10 s) is over; and after five minutes in
any case.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count

from onggi.scheduler.facts import PodFacts

FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 10.0
LONGEST_WAIT = 300.0

NODE = frozenset(
    ("NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts",
     "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity")
)  # fmt: skip
ROOM = frozenset(("NodePorts", "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity"))
COMPANY = frozenset(("PodTopologySpread", "InterPodAffinity"))
SELECTION = frozenset(("InterPodAffinity",))
"""What a change may cure: of a node; a placed pod that goes; a placed pod that comes; the
labels of a namespace."""


@dataclass
class Candidate:
    """A pod in the queue. ``filters`` are those that refused it last (empty: an error)."""

    pod: PodFacts
    since: float
    attempts: int = 0
    filters: frozenset[str] = field(default_factory=frozenset)
    cured: bool = False
    retry_at: float = 0.0
    turn: int = 0  # which of its heap entries is the valid one


class Waiting:
    def __init__(self) -> None:
        self._all: dict[str, Candidate] = {}
        self._active: list[tuple[int, float, int, str]] = []
        self._alarms: list[tuple[float, int, str]] = []
        self._turns = count(1)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, uid: str) -> bool:
        return uid in self._all

    def put(self, pod: PodFacts, now: float) -> bool:
        """A pod that is new or has changed. A change may let it fit: then True."""
        known = self._all.get(pod.uid)
        if known is None:
            self._all[pod.uid] = candidate = Candidate(pod, now)
            self._activate(candidate)
            return True
        spec_changed = known.pod.spec != pod.spec or known.pod.labels != pod.labels
        known.pod = pod
        if not spec_changed or not known.attempts:
            return False
        self._cure(known, now)
        return True

    def drop(self, uid: str) -> None:
        """Bound by somebody, deleted, or finished."""
        self._all.pop(uid, None)

    def take(self, now: float) -> Candidate | None:
        """The next pod to try; its attempt is counted."""
        self._ring(now)
        while self._active:
            *_, turn, uid = heapq.heappop(self._active)
            candidate = self._all.get(uid)
            if candidate is not None and candidate.turn == turn:
                candidate.attempts += 1
                candidate.turn, candidate.cured = 0, False
                return candidate
        return None

    def wait(self, candidate: Candidate, filters: frozenset[str], now: float) -> None:
        """It did not fit; ``filters`` empty: try again after the back-off, whatever happens."""
        if candidate.pod.uid not in self._all:
            return
        candidate.filters = filters
        candidate.retry_at = now + backoff(candidate.attempts)
        if filters and not candidate.cured:
            self._alarm(candidate, now + LONGEST_WAIT)
        else:
            self._alarm(candidate, candidate.retry_at)

    def happened(self, cures: frozenset[str], now: float) -> bool:
        """Something changed that may cure what these filters refused. True if there is any."""
        curable = [c for c in self._all.values() if c.attempts and c.filters & cures]
        for candidate in curable:
            self._cure(candidate, now)
        return bool(curable)

    def next_alarm(self) -> float | None:
        """When ``take`` may give something that it does not give now."""
        while self._alarms:
            at, turn, uid = self._alarms[0]
            candidate = self._all.get(uid)
            if candidate is not None and candidate.turn == turn:
                return at
            heapq.heappop(self._alarms)
        return None

    def _cure(self, candidate: Candidate, now: float) -> None:
        if candidate.cured:
            return
        candidate.cured = True
        if candidate.turn:  # else it is being tried right now; ``wait`` will look
            if candidate.retry_at > now:
                self._alarm(candidate, candidate.retry_at)
            else:
                self._activate(candidate)

    def _activate(self, candidate: Candidate) -> None:
        candidate.turn = next(self._turns)
        pod = candidate.pod
        heapq.heappush(self._active, (-pod.priority, candidate.since, candidate.turn, pod.uid))

    def _alarm(self, candidate: Candidate, at: float) -> None:
        candidate.turn = next(self._turns)
        heapq.heappush(self._alarms, (at, candidate.turn, candidate.pod.uid))

    def _ring(self, now: float) -> None:
        while (at := self.next_alarm()) is not None and at <= now:
            self._activate(self._all[heapq.heappop(self._alarms)[2]])


def backoff(attempts: int) -> float:
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(attempts - 1, 10))
