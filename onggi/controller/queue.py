"""Which key to work on next: a queue that never hands out one key twice at once.

Pure: time is an argument, in seconds of any steady clock. What upstream's
``client-go/util/workqueue`` promises holds here too:

* a key added many times before it is worked on is worked on once;
* a key added while it is worked on is worked on once more afterwards;
* a failed key comes back after 5 ms, then twice as long each time, at most 1000 s.

A key has at most one alarm: setting it again moves it.
"""

import heapq
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

FIRST_DELAY = 0.005
LONGEST_DELAY = 1000.0


class Queue(Generic[Key]):
    def __init__(self) -> None:
        self._ready: deque[Key] = deque()
        self._wanted: set[Key] = set()  # to be worked on, whether in _ready or under way now
        self._busy: set[Key] = set()
        self._failures: dict[Key, int] = {}
        self._alarms: dict[Key, float] = {}
        self._heap: list[tuple[float, int, Key]] = []
        self._count = 0  # breaks ties in the heap: keys need no order

    def __len__(self) -> int:
        return len(self._ready)

    def add(self, key: Key) -> None:
        """Work on it as soon as there is a worker."""
        if key in self._wanted:
            return
        self._wanted.add(key)
        if key not in self._busy:
            self._ready.append(key)

    def take(self, now: float) -> Key | None:
        """The next key, which is busy until ``done``; None if there is none yet."""
        self._ring(now)
        if not self._ready:
            return None
        key = self._ready.popleft()
        self._wanted.discard(key)
        self._busy.add(key)
        return key

    def done(self, key: Key) -> None:
        self._busy.discard(key)
        if key in self._wanted:
            self._ready.append(key)

    def set_alarm(self, key: Key, at: float | None) -> None:
        """Add the key at that time; None: never mind."""
        if at is None:
            self._alarms.pop(key, None)
            return
        self._alarms[key] = at
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, key))

    def retry(self, key: Key, now: float) -> float:
        """Add it again after the delay that its failures so far call for; returns the delay."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = min(FIRST_DELAY * 2 ** min(failures, 60), LONGEST_DELAY)
        self.set_alarm(key, now + delay)
        return delay

    def succeeded(self, key: Key) -> None:
        """Its next failure is its first."""
        self._failures.pop(key, None)

    def failures(self, key: Key) -> int:
        """How often in a row it has failed."""
        return self._failures.get(key, 0)

    def next_alarm(self) -> float | None:
        """When ``take`` may have something that it has not now."""
        while self._heap and self._alarms.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # moved or cancelled since
        return self._heap[0][0] if self._heap else None

    def _ring(self, now: float) -> None:
        while (at := self.next_alarm()) is not None and at <= now:
            key = heapq.heappop(self._heap)[2]
            del self._alarms[key]
            self.add(key)
