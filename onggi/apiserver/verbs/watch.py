"""``watch``: every change from a version on, as it happens.

Each change is framed once, by whichever watcher comes first, and the same bytes go to
all. A selector decides per watcher: an object that starts to match is ADDED for it, one
that stops is DELETED.
"""

import asyncio
import math
import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from onggi.api.errors import Expired, StatusError
from onggi.api.http import Stream
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver import conversion, respond, tables
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.negotiate import JSON, PROTOBUF
from onggi.apiserver.options import ListOptions, list_options, revision
from onggi.apiserver.selection import Selection, selection
from onggi.apiserver.verbs.list import too_large
from onggi.store.store import Change, Compacted, Record, Watch, encode

INITIAL_END = "k8s.io/initial-events-end"
WATCHED = f"{PROTOBUF};stream=watch"
BEFORE_END = 2.0  # seconds
AT_ONCE = 500  # events framed before others have their turn
SHORTEST = 1800  # seconds that a watch lasts at least where the client names no timeout


@dataclass(slots=True)
class Event:
    """``record`` is None for a bookmark or an error, which have an ``object`` of their own.
    ``shared`` is for all who watch: not what only this watcher is shown, at its start."""

    type: str
    record: Record | None
    object: View | None = None
    shared: bool = True


async def watch(backend: Backend, call: Call) -> Stream:
    options = list_options(call.request)
    revision(options.version)
    tables.check_form(call.kind, call.wanted, listed=False)
    watcher = Watcher(backend, call, options, selection(call, options))
    if call.request.objects:
        return Stream(frames=nothing(), objects=watcher.objects())
    type_ = WATCHED if watcher.binary else JSON
    return Stream(frames=watcher.frames(), headers=respond.warned(call), content_type=type_)


async def nothing() -> AsyncIterator[bytes]:
    return
    yield


class Watcher:
    """One client's watch."""

    def __init__(
        self, backend: Backend, call: Call, options: ListOptions, chosen: Selection | None
    ) -> None:
        self.backend, self.call, self.options, self.chosen = backend, call, options, chosen
        self.binary = call.wanted.media == PROTOBUF
        self.columns = True  # a Table has its column definitions only in the first event
        seconds = options.timeout or SHORTEST * (1 + random.random())
        self.deadline = asyncio.get_running_loop().time() + seconds

    async def frames(self) -> AsyncIterator[bytes]:
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                for start in range(0, len(batch), AT_ONCE):
                    if start:
                        await asyncio.sleep(0)  # what is there at the start may be much
                    yield b"".join([self.frame(e) for e in batch[start : start + AT_ONCE]])

    async def objects(self) -> AsyncIterator[Sequence[tuple[str, View]]]:
        async with aclosing(self.batches()) as batches:
            async for batch in batches:
                yield [(event.type, self.view(event)) for event in batch]

    async def batches(self) -> AsyncGenerator[Sequence[Event]]:
        watching, resource = self.backend.watching, self.call.kind.resource
        watching[resource] += 1
        try:
            place = self.start()
            initial = self.initial(place)
            if initial:
                yield initial
            async with aclosing(self.changes(place)) as changes:
                async for batch in changes:
                    yield batch
        except StatusError as error:
            yield [Event("ERROR", None, error.status())]
        except Compacted as gone:
            yield [Event("ERROR", None, self.too_old(gone).status())]
        finally:
            watching[resource] -= 1

    def start(self) -> Watch:
        store, call = self.backend.store, self.call
        asked = revision(self.options.version)
        if asked > store.revision:
            raise too_large(asked, store.revision)
        since = store.revision if self.wants_state() or not asked else asked
        return store.watch(call.resource, call.namespace, since=since)

    def wants_state(self) -> bool:
        """Whether the stream starts with what is there, as ADDED."""
        if self.options.initial is not None:
            return self.options.initial
        return self.options.version in ("", "0")

    def initial(self, place: Watch) -> Sequence[Event]:
        events = []
        if self.wants_state():
            records = self.backend.store.list(self.call.resource, self.call.namespace)
            events = [Event("ADDED", r, shared=False) for r in records if self.matches(r)]
        if self.options.initial and self.options.bookmarks:
            events.append(Event("BOOKMARK", None, self.bookmark(place, {INITIAL_END: "true"})))
        return events

    async def changes(self, place: Watch) -> AsyncGenerator[Sequence[Event]]:
        store, loop = self.backend.store, asyncio.get_running_loop()
        due = self.next_bookmark(loop.time())
        while not store.closed:
            now = loop.time()
            if now >= self.deadline:
                return
            if self.call.kind.custom and self.is_over():
                return
            changes = await place.next(max(min(self.deadline, due) - now, 0))
            if changes and conversion.needed(self.call.kind):
                await self.converted(changes)
            events = [event for change in changes for event in self.seen(change)]
            if loop.time() >= due:
                events.append(Event("BOOKMARK", None, self.bookmark(place)))
                due = self.next_bookmark(loop.time())
            if events:
                yield events

    def next_bookmark(self, now: float) -> float:
        """Each minute, however much happens that this watcher does not see, and shortly before
        the end: so that the next watch can go on from there."""
        if not self.options.bookmarks:
            return math.inf
        due, last = now + self.backend.config.bookmark_period, self.deadline - BEFORE_END
        return min(due, last) if last > now else due

    def is_over(self) -> bool:
        """The kind is gone, or no longer what it was when the watch began."""
        kind = self.call.kind
        found = self.backend.registry.find(kind.group, kind.version, kind.plural)
        return found is not kind and (found is None or differ(kind, found))

    async def converted(self, changes: Sequence[Change]) -> None:
        shown = [r for change in changes for r in (change.new, change.old) if r is not None]
        conversion.KNOWN.set({})
        await conversion.prepare(self.call.kind, shown)

    def seen(self, change: Change) -> Iterator[Event]:
        """What a change is to this watcher."""
        type_, new, old = change
        if self.chosen is None:
            yield Event(type_, new)
            return
        before = old is not None and self.matches(old)
        after = type_ != "DELETED" and self.matches(new)
        if before and after:
            yield Event("MODIFIED", new)
        elif after:
            yield Event("ADDED", new)
        elif before and old is not None:
            yield Event("DELETED", gone(new, old, type_))

    def matches(self, record: Record) -> bool:
        return self.chosen is None or self.chosen.matches(record)

    def bookmark(self, place: Watch, annotations: Object | None = None) -> Object:
        meta: Object = {"resourceVersion": str(place.revision)}
        if annotations:
            meta["annotations"] = annotations
        kind = self.call.kind
        return {"kind": kind.name, "apiVersion": kind.api_version, "metadata": meta}

    def too_old(self, gone: Compacted) -> Expired:
        asked = gone.args[0] if gone.args else self.options.version
        return Expired(f"too old resource version: {asked} ({self.backend.store.compacted})")

    def view(self, event: Event) -> View:
        if event.record is None:
            return event.object or {}
        return respond.view(self.call.kind, event.record)

    def frame(self, event: Event) -> bytes:
        record, kind = event.record, self.call.kind
        if self.binary:
            return self.binary_frame(event)
        if record is None or self.call.wanted.kind or respond.differs(kind, record):
            return framed(event.type, encode(self.shown(event)))
        if not event.shared:
            return framed(event.type, record.data)
        if record.frame is None or not record.frame.startswith(STARTS[event.type]):
            record.frame = framed(event.type, record.data)
        return record.frame

    def binary_frame(self, event: Event) -> bytes:
        from onggi.apiserver.protobuf import answers, records

        if event.record is None or self.call.wanted.kind:
            return answers.frame(event.type, answers.encode(self.shown(event)) or b"")
        return records.frame(self.call.kind, event.type, event.record, event.shared)

    def shown(self, event: Event) -> View:
        obj, wanted = self.view(event), self.call.wanted
        if not wanted.kind or event.type == "ERROR":
            return obj
        include = self.call.request.argument("includeObject")
        table = tables.transform(self.call.kind, [obj], wanted, include, self.backend.clock())
        if wanted.kind == "Table" and not self.columns:
            table["columnDefinitions"] = None
        if event.type == "BOOKMARK":
            table = tables.bookmark(table, obj)
        self.columns = False
        return table


def differ(one: Kind, other: Kind) -> bool:
    """Whether two definitions, one before the other, say different things of their objects."""
    if one.custom is None or other.custom is None:
        return True
    before, after = one.custom.family.crd, other.custom.family.crd
    return bool(before["spec"] != after["spec"])


STARTS = {
    type_: f'{{"type":"{type_}",'.encode()
    for type_ in ("ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR")
}


def framed(type_: str, data: bytes) -> bytes:
    return b'%b"object":%b}\n' % (STARTS[type_], data)


def gone(new: Record, old: Record, type_: str) -> Record:
    """The object as it last matched, with the version of the change that took it away."""
    if type_ == "DELETED":
        return new
    obj = old.object
    meta = {**obj["metadata"], "resourceVersion": str(new.revision)}
    data = encode({**obj, "metadata": meta})
    return replace(old, data=data, frame=None, wire=None, _decoded=None)
