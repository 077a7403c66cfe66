"""Seam 1: the state of a cluster: objects by key, one revision counter, and a watch.

Reads are from memory and never wait. A write is durable when its coroutine returns.
Every object is encoded once, here, with its ``metadata.resourceVersion`` set to the
revision of the write; readers get those bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from weakref import ref

import msgspec

from onggi.api.objects import Object, View

decode = msgspec.json.Decoder().decode
encode = msgspec.json.Encoder().encode


class Labelled(msgspec.Struct):
    """As much of an object as label selectors ask about: the rest is only skipped."""

    class Metadata(msgspec.Struct):
        labels: dict[str, Any] | None = None

    metadata: Metadata


decode_labels = msgspec.json.Decoder(Labelled).decode


class Key(NamedTuple):
    """``resource`` is a Kind's: ``deployments.apps``. Cluster-scoped: ``namespace`` is empty."""

    resource: str
    namespace: str
    name: str


class Snapshot(dict[str, Any]):
    """A decoded object that a record can refer to weakly: shared while somebody holds it."""

    __slots__ = ("__weakref__",)


@dataclass(slots=True)
class Record:
    """One version of one object."""

    key: Key
    revision: int
    data: bytes  # the JSON text
    frame: bytes | None = None  # a cache for whoever frames it for watchers
    wire: bytes | None = field(default=None, repr=False, compare=False)  # the same in protobuf
    _decoded: ref[Snapshot] | None = field(default=None, repr=False, compare=False)

    @property
    def object(self) -> View:
        """The object, decoded; shared by all readers, so it must not be written to.

        It lives as long as somebody holds it: the bytes are what the store keeps.
        """
        found = self._decoded() if self._decoded else None
        if found is None:
            found = Snapshot(decode(self.data))
            self._decoded = ref(found)
        return found

    @property
    def labels(self) -> View | None:
        """Those of the object, without decoding more than them."""
        found = self._decoded() if self._decoded else None
        if found is None:
            return decode_labels(self.data).metadata.labels
        labels: View | None = found["metadata"].get("labels")
        return labels


def snapshot(revision: int, obj: View) -> Snapshot:
    """``obj`` as the version that ``revision`` made; ``obj`` itself is left alone."""
    meta = {**obj["metadata"], "resourceVersion": str(revision)}
    return Snapshot({**obj, "metadata": meta})


def recorded(key: Key, revision: int, seen: Snapshot) -> Record:
    """Whoever holds on to ``seen`` saves readers from decoding it."""
    return Record(key, revision, encode(seen), _decoded=ref(seen))


def record(key: Key, revision: int, obj: View) -> Record:
    return recorded(key, revision, snapshot(revision, obj))


class Change(NamedTuple):
    """What a watch yields. ``old`` is the version before; a deletion's ``new`` is the last
    version with the revision of the deletion as its resourceVersion."""

    type: str  # ADDED, MODIFIED, DELETED
    new: Record
    old: Record | None

    @property
    def revision(self) -> int:
        return self.new.revision


class Compacted(Exception):
    """The history that was asked for is gone; list again."""


class Exists(Exception):
    """There is an object under this key already."""


class Missing(Exception):
    """There is no object under this key."""


class Stale(Exception):
    """The object is not at the revision that the writer saw."""


class Unwritable(Exception):
    """Nothing was written: the disk is full or failing. The text says what to do."""


class Corrupt(Exception):
    """The state on disk cannot be opened. The text says why and what to do."""


class Watch(Protocol):
    """A reader's place in the history of one resource. It needs no closing."""

    @property
    def revision(self) -> int:
        """Everything up to here has been handed out: what a bookmark may say."""

    async def next(self, timeout: float | None = None) -> Sequence[Change]:
        """The changes since the last call, in order and none twice; waits for one.

        Empty after ``timeout`` seconds without any, and once the store is closed.
        Raises Compacted where the reader fell behind the history that is kept.
        """

    def ready(self) -> Sequence[Change]:
        """Those that ``next`` would hand out without waiting."""


class Store(Protocol):
    """Keys are ordered by namespace, then name."""

    @property
    def revision(self) -> int:
        """Of the last write that is durable."""

    @property
    def compacted(self) -> int:
        """Watches and lists may start at this revision or later."""

    @property
    def closed(self) -> bool: ...
    def get(self, key: Key) -> Record | None: ...
    def list(
        self,
        resource: str,
        namespace: str = "",
        *,
        at: int = 0,
        after: tuple[str, str] | None = None,
    ) -> Sequence[Record]:
        """All of a resource, or one namespace of it, in key order; ``at`` an earlier revision
        (raises Compacted), ``after`` a (namespace, name). Not to be written to."""

    async def create(self, key: Key, obj: Object) -> Record:
        """Raises Exists."""

    async def update(self, key: Key, obj: Object, *, revision: int) -> Record:
        """Raises Missing, or Stale if the present revision is another."""

    async def delete(self, key: Key, *, revision: int = 0) -> Record:
        """Returns the last version. Raises Missing, or Stale (0: any revision will do)."""

    def watch(self, resource: str, namespace: str = "", *, since: int) -> Watch:
        """From the change after ``since`` on. Raises Compacted."""

    def wake(self, resource: str) -> None:
        """Let the watches of a resource return from ``next`` at once, with nothing new."""

    async def compact(self, revision: int) -> None:
        """Forget history up to ``revision``; the present state stays."""

    async def close(self) -> None:
        """Ends every watch; later calls are an error."""
