"""A store that writes in groups: everything that arrived while the last group was made
durable becomes the next one, so that a hundred writes share one fsync.

Writes are decided in order against memory plus what is ahead of them in the same group;
the journal makes the group durable; then the state changes, watchers wake and writers
are answered. No write depends on the task that asked for it: cancelling a writer does
not take its write back.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from onggi.api.objects import Object
from onggi.store.history import Reader, wake
from onggi.store.state import State
from onggi.store.store import (
    Change,
    Exists,
    Key,
    Missing,
    Record,
    Snapshot,
    Stale,
    Watch,
    recorded,
    snapshot,
)


class Journal(Protocol):
    """Where groups become durable. ``done(None)`` or ``done(error)`` is called on the loop,
    at once or later; one group is under way at a time."""

    def append(
        self, changes: Sequence[Change], done: Callable[[Exception | None], None]
    ) -> None: ...
    async def compact(self, revision: int, dead: Sequence[int]) -> None: ...
    async def close(self) -> None: ...


@dataclass(slots=True)
class Write:
    """One request. ``obj`` None is a deletion; ``revision`` None a creation, 0 any."""

    key: Key
    obj: Object | None
    revision: int | None
    answer: asyncio.Future[Record]


@dataclass(slots=True)
class Group:
    """Writes that become durable together, and what they have changed so far. ``seen`` are the
    new objects, decoded: held until writers and watchers had their first look."""

    writes: list[Write] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    ahead: dict[Key, Record | None] = field(default_factory=dict)
    seen: list[Snapshot] = field(default_factory=list)


class GroupedStore:
    """See ``onggi.store.store.Store``."""

    def __init__(self, state: State, journal: Journal) -> None:
        self._state, self._journal = state, journal
        self._queue: list[Write] = []
        self._busy = False
        self._idle = asyncio.Event()
        self.closed = False

    @property
    def revision(self) -> int:
        return self._state.revision

    @property
    def compacted(self) -> int:
        return self._state.compacted

    def get(self, key: Key) -> Record | None:
        return self._state.get(key)

    def list(
        self,
        resource: str,
        namespace: str = "",
        *,
        at: int = 0,
        after: tuple[str, str] | None = None,
    ) -> Sequence[Record]:
        if at or after:
            return self._state.select(resource, namespace, at, after)
        return self._state.table(resource).list(namespace)

    def watch(self, resource: str, namespace: str = "", *, since: int) -> Watch:
        history = self._state.table(resource).history
        return Reader(history, namespace, since, lambda: (self.revision, self.closed))

    def wake(self, resource: str) -> None:
        self._state.table(resource).history.wake_all()

    async def create(self, key: Key, obj: Object) -> Record:
        return await self._submit(key, obj, None)

    async def update(self, key: Key, obj: Object, *, revision: int) -> Record:
        return await self._submit(key, obj, revision)

    async def delete(self, key: Key, *, revision: int = 0) -> Record:
        return await self._submit(key, None, revision)

    async def compact(self, revision: int) -> None:
        dead = self._state.forget(revision)
        if dead:
            await self._journal.compact(self._state.compacted, dead)

    async def close(self) -> None:
        self.closed = True
        while self._busy or self._queue:
            self._idle.clear()
            await self._idle.wait()
        self._state.wake_all()
        await self._journal.close()

    def _submit(self, key: Key, obj: Object | None, revision: int | None) -> asyncio.Future[Record]:
        if self.closed:
            raise RuntimeError("the store is closed")
        loop = asyncio.get_running_loop()
        write = Write(key, obj, revision, loop.create_future())
        if not self._queue and not self._busy:
            loop.call_soon(self._begin)
        self._queue.append(write)
        return write.answer

    def _begin(self) -> None:
        """Decide everything that waits, and hand what remains to the journal."""
        writes, self._queue = self._queue, []
        group = Group()
        for write in writes:
            try:
                self._decide(write, group)
            except Exception as refusal:
                answer(write, refusal)
        self._busy = bool(group.changes)
        if self._busy:
            self._journal.append(group.changes, lambda error: self._end(group, error))
        else:
            self._idle.set()

    def _decide(self, write: Write, group: Group) -> None:
        key, obj = write.key, write.obj
        present = group.ahead[key] if key in group.ahead else self._state.get(key)
        check(write, present)
        revision = self._state.revision + len(group.changes) + 1
        if obj is None:
            assert present is not None
            seen = snapshot(revision, present.object)
        else:
            seen = snapshot(revision, obj)
        new = recorded(key, revision, seen)
        group.seen.append(seen)
        type_ = "DELETED" if obj is None else "MODIFIED" if present else "ADDED"
        group.changes.append(Change(type_, new, present))
        group.ahead[key] = None if obj is None else new
        group.writes.append(write)

    def _end(self, group: Group, error: Exception | None) -> None:
        woken = [] if error else self._state.publish(group.changes)
        for write, change in zip(group.writes, group.changes, strict=True):
            answer(write, error or change.new)
        wake(woken)
        asyncio.get_running_loop().call_soon(group.seen.clear)  # after those who are awake now
        self._busy = False
        if self._queue:
            self._begin()
        else:
            self._idle.set()


def check(write: Write, present: Record | None) -> None:
    """Raise unless the object is as the writer believes."""
    if write.revision is None:
        if present is not None:
            raise Exists(write.key)
    elif present is None:
        raise Missing(write.key)
    elif write.revision not in (0, present.revision):
        raise Stale(write.key)


def answer(write: Write, result: Record | Exception) -> None:
    if write.answer.done():  # the writer was cancelled
        return
    if isinstance(result, Exception):
        write.answer.set_exception(result)
    else:
        write.answer.set_result(result)
