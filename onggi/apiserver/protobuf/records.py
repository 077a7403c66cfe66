"""Stored objects in protobuf: each encoded once, when the first client wants it so.

What was encoded is kept with its record, up to ``LIMIT`` bytes in all. Beyond that some record,
whichever chance names, loses its own: a list of more than fits still finds most of it kept.
"""

import asyncio
import random
from collections.abc import Sequence

from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver.protobuf import answers
from onggi.apiserver.protobuf import encode as encoder
from onggi.apiserver.protobuf.numbers import PREFIX, messages
from onggi.apiserver.protobuf.varint import field
from onggi.store.store import Record

LIMIT = 48 << 20
AT_ONCE = 250  # objects encoded before others have their turn
FRAMES = 512  # events that are kept framed, for the watchers who come next


class Kept:
    """Who has ``Record.wire``; a record that nobody else needs any more is counted whole."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit, self.size = limit, 0
        self.records: list[Record] = []

    def keep(self, record: Record, data: bytes) -> None:
        record.wire = data
        self.size += weight(record, data)
        self.records.append(record)
        while self.size > self.limit:
            self._drop(int(random.random() * len(self.records)))

    def _drop(self, index: int) -> None:
        last = self.records.pop()
        if index < len(self.records):
            last, self.records[index] = self.records[index], last
        if last.wire is not None:
            self.size -= weight(last, last.wire)
            last.wire = None


def weight(record: Record, data: bytes) -> int:
    return len(record.data) + len(data)


KEPT = Kept()
_frames: dict[tuple[int, str], tuple[Record, bytes]] = {}


def spoken(kind: Kind) -> bool:
    """Whether there is a message for the kind: not for custom resources."""
    return isinstance(kind.schema, str) and kind.schema.removeprefix(PREFIX) in messages()


def message(kind: Kind, record: Record) -> bytes:
    """The object without its envelope."""
    if record.wire is not None and not kind.stored:
        return record.wire
    write = encoder.message(str(kind.schema).removeprefix(PREFIX)).encode
    if kind.stored:
        return write(kind.stored.back(record.object))
    data = write(record.object)
    KEPT.keep(record, data)
    return data


def enclosed(kind: Kind, record: Record) -> bytes:
    return answers.enclosed(kind.api_version, kind.name, message(kind, record))


async def list_(kind: Kind, head: View, records: Sequence[Record]) -> bytes:
    """A list with its envelope; ``head`` has its kind and metadata."""
    write = encoder.message(f"{answers.META}.ListMeta").encode
    parts = [field(1, write(head["metadata"]))]
    for start in range(0, len(records), AT_ONCE):
        if start:
            await asyncio.sleep(0)
        parts += [field(2, message(kind, r)) for r in records[start : start + AT_ONCE]]
    return answers.enclosed(head["apiVersion"], head["kind"], *parts)


def frame(kind: Kind, type_: str, record: Record, shared: bool) -> bytes:
    """An event of a watch; one that is ``shared`` is framed once for all watchers."""
    if not shared or kind.stored:
        return answers.frame(type_, enclosed(kind, record))
    found = _frames.get((id(record), type_))
    if found is None or found[0] is not record:
        if len(_frames) >= FRAMES:
            _frames.clear()
        found = _frames[id(record), type_] = record, answers.frame(type_, enclosed(kind, record))
    return found[1]
