"""Seam 1: the state of a cluster: objects by key, one revision counter, and a watch.

Reads are from memory and never wait. A write is durable when its coroutine returns.
Every object is encoded once, here, with its ``metadata.resourceVersion`` set to the
revision of the write; readers get those bytes.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from onggi.api.objects import Object, View


class Key(NamedTuple):
    """``resource`` is a Kind's: ``deployments.apps``. Cluster-scoped: ``namespace`` is empty."""

    resource: str
    namespace: str
    name: str


@dataclass(slots=True)
class Record:
    """One version of one object."""

    key: Key
    revision: int
    data: bytes  # the JSON text
    frame: bytes | None = None  # a cache for whoever frames it for watchers

    @property
    def object(self) -> View:
        """The object, decoded; shared by all readers, so it must not be written to."""
        raise NotImplementedError


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


class Store(Protocol):
    """Keys are ordered by namespace, then name."""

    @property
    def revision(self) -> int:
        """Of the last write that is durable."""

    @property
    def compacted(self) -> int:
        """Watches and lists may start at this revision or later."""

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
        (raises Compacted), ``after`` a (namespace, name)."""

    async def create(self, key: Key, obj: Object) -> Record:
        """Raises Exists."""

    async def update(self, key: Key, obj: Object, *, revision: int) -> Record:
        """Raises Missing, or Stale if the present revision is another."""

    async def delete(self, key: Key, *, revision: int = 0) -> Record:
        """Returns the last version. Raises Missing, or Stale (0: any revision will do)."""

    def watch(
        self, resource: str, namespace: str = "", *, since: int
    ) -> AsyncIterator[Sequence[Change]]:
        """Every change after ``since``, in order, none twice, in batches; raises Compacted
        at once, or later where the reader fell behind the history that is kept. An empty
        batch is a mark that nothing of this resource happened up to ``revision``."""

    async def compact(self, revision: int) -> None:
        """Forget history up to ``revision``; the present state stays."""

    async def close(self) -> None:
        """Ends every watch; later calls are an error."""
