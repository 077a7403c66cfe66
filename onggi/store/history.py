"""The last changes of one resource, and the readers that wait for the next one.

A reader holds a sequence number, not a queue: however slow it is, it costs nothing, and
what it missed is a slice of a list that all readers share. A reader in one namespace is
woken by changes of that namespace only.
"""

import asyncio
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from onggi.store.store import Change, Compacted

LIMIT = 20_000  # changes kept for one resource, at least; twice as many at most


class History:
    """Changes by sequence number: ``changes[0]`` has the number ``base``."""

    def __init__(self, floor: int) -> None:
        self.floor = floor  # readers may start after this revision or a later one
        self.base = 0
        self.changes: list[Change] = []
        self.waiting: dict[str, dict[Reader, asyncio.Future[None]]] = {}

    @property
    def end(self) -> int:
        return self.base + len(self.changes)

    def position(self, since: int) -> int:
        """The number of the first change after ``since``."""
        if since < self.floor:
            raise Compacted(since)
        return self.base + bisect_right(self.changes, since, key=attrgetter("revision"))

    def append(self, change: Change) -> Sequence[asyncio.Future[None]]:
        """Returns who has to be woken for it, by ``wake``."""
        number = self.end
        self.changes.append(change)
        woken: list[asyncio.Future[None]] = []
        for namespace in {"", change.new.key.namespace}:
            for reader, waiter in self.waiting.pop(namespace, {}).items():
                reader.position = number  # what came while it waited was not for it
                woken.append(waiter)
        if len(self.changes) > 2 * LIMIT:
            self.forget(self.changes[LIMIT - 1].revision)
        return woken

    def load(self, changes: list[Change]) -> None:
        """Those from before there were readers."""
        self.changes = changes
        if len(changes) > 2 * LIMIT:
            self.forget(changes[-LIMIT - 1].revision)

    def forget(self, revision: int) -> None:
        """Drop every change up to ``revision``."""
        if revision <= self.floor:
            return
        count = bisect_right(self.changes, revision, key=attrgetter("revision"))
        del self.changes[:count]
        self.base += count
        self.floor = revision

    def wake_all(self) -> None:
        for waiters in self.waiting.values():
            wake(waiters.values())
        self.waiting.clear()


def wake(waiters: Iterable[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)


class Reader:
    """One watch: see ``onggi.store.store.Watch``."""

    def __init__(
        self, history: History, namespace: str, since: int, present: Callable[[], tuple[int, bool]]
    ) -> None:
        self.history, self.namespace = history, namespace
        self.position = history.position(since)
        self._present = present  # → (revision of the store, is it closed?)
        self._handed_out = since
        self._alarm: asyncio.TimerHandle | None = None  # one serves many waits
        self._until = 0.0

    @property
    def revision(self) -> int:
        if self.position >= self.history.end:
            return max(self._present()[0], self._handed_out)
        return self._handed_out

    async def next(self, timeout: float | None = None) -> Sequence[Change]:
        batch = self._take()
        if batch or self._present()[1] or timeout == 0:
            return batch
        await self._wait(timeout)
        return self._take()

    def ready(self) -> Sequence[Change]:
        return self._take()

    def _take(self) -> Sequence[Change]:
        history = self.history
        if self.position < history.base:
            raise Compacted(self._handed_out)
        batch = history.changes[self.position - history.base :]
        self.position = history.end
        if self.namespace:
            batch = [c for c in batch if c.new.key.namespace == self.namespace]
        self._handed_out = max(self._handed_out, self._present()[0])
        return batch

    async def _wait(self, timeout: float | None) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self.history.waiting.setdefault(self.namespace, {})[self] = waiter
        self._until = math.inf if timeout is None else loop.time() + timeout
        self._set_alarm(loop)
        try:
            await waiter
        finally:
            self._leave()

    def _set_alarm(self, loop: asyncio.AbstractEventLoop) -> None:
        """An alarm that is early does no harm: it looks again when it rings."""
        if self._alarm and self._alarm.when() > self._until:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None and self._until < math.inf:
            self._alarm = loop.call_at(self._until, self._ring, loop)

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        self._alarm = None
        waiter = self.history.waiting.get(self.namespace, {}).get(self)
        if waiter is None:
            return
        if loop.time() < self._until:
            self._set_alarm(loop)
        elif not waiter.done():
            self.position = self.history.end
            waiter.set_result(None)

    def _leave(self) -> None:
        waiters = self.history.waiting.get(self.namespace)
        if waiters is not None:
            waiters.pop(self, None)
            if not waiters:
                del self.history.waiting[self.namespace]
