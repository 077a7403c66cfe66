"""What the controllers of a process know of the cluster: one reflector per kind, shared by all.

A reflector lists, then watches from there; a watch that ends is taken up where it was; a
history that is gone (410) means a new list. Writes of the executor are put in at once, so a
controller sees its own writes and those of its neighbours without waiting for the watch.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

from onggi.api.errors import Expired, StatusError
from onggi.api.fields.sharing import share
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.api.plan import Target
from onggi.client.cluster import Cluster, Event
from onggi.controller.index import Change, Index, metadata_only, uid

log = logging.getLogger(__name__)

Whole = Callable[[View], bool]
Listener = Callable[[Kind, View | None, View | None], None]  # (kind, before, after)

FIRST_PAUSE = 0.8  # seconds before a failed list or watch is tried again, as upstream's reflector
LONGEST_PAUSE = 30.0
SHORT = 1.0  # a watch that ended sooner, without an event, counts as failed


class Caches:
    """A World, and the way into it.

    ``whole`` says which objects of which kinds are kept whole; of all others only metadata is
    kept, and only if a Reflector follows their kind at all.
    """

    def __init__(self, kinds: Iterable[Kind], whole: Mapping[Kind, Sequence[Whole]]) -> None:
        self._kinds = {k: Index() for k in kinds if not k.virtual and k.stored is None}
        self._names = {(k.group, k.name): k for k in self._kinds}
        self._whole = whole
        self._listeners: dict[Kind, list[Listener]] = {kind: [] for kind in self._kinds}
        self._everywhere: list[Listener] = []  # for kinds that come later, too
        self._began: datetime | None = None

    @property
    def kinds(self) -> Sequence[Kind]:
        return list(self._kinds)

    @property
    def began(self) -> datetime:
        assert self._began is not None, "the caches are not filled yet"
        return self._began

    def begin(self, now: datetime) -> None:
        """Every kind has been listed once."""
        self._began = now

    def kind(self, api_version: str, name: str) -> Kind | None:
        return self._names.get((api_version.rpartition("/")[0], name))

    def get(self, kind: Kind, namespace: str, name: str) -> View | None:
        index = self._kinds.get(kind)  # none where the kind has gone since
        return None if index is None else index.get(namespace, name)

    def owned(self, kind: Kind, owner: View) -> Sequence[View]:
        return self._kinds[kind].owned(uid(owner))

    def select(self, kind: Kind, namespace: str, labels: Mapping[str, str]) -> Sequence[View]:
        return self._kinds[kind].select(namespace, labels)

    def all(self, kind: Kind, namespace: str = "") -> Sequence[View]:
        return self._kinds[kind].all(namespace)

    def find(self, target: Target) -> View | None:
        return self.get(*target)

    def listen(self, listener: Listener, kinds: Collection[Kind] | None = None) -> None:
        """Call this, synchronously, about every change of these kinds (all) from now on."""
        if kinds is None:
            self._everywhere.append(listener)
        for kind in self._kinds if kinds is None else kinds:
            self._listeners[kind].append(listener)

    def add(self, kind: Kind) -> None:
        """A kind that was not there from the start: only metadata is kept."""
        self._kinds[kind] = Index()
        self._names[kind.group, kind.name] = kind
        self._listeners[kind] = list(self._everywhere)

    def drop(self, kind: Kind) -> None:
        """The kind has gone, and its objects with it."""
        self._kinds.pop(kind, None)
        self._listeners.pop(kind, None)
        if self._names.get((kind.group, kind.name)) is kind:
            del self._names[kind.group, kind.name]

    def put(self, kind: Kind, obj: View) -> None:
        """A version that the server answered or reported; older ones are ignored."""
        if kind in self._kinds:
            self._tell(kind, self._kinds[kind].put(self._kept(kind, obj)))

    def remove(self, kind: Kind, obj: View) -> None:
        """The watch reported the object's end."""
        self._tell(kind, self._kinds[kind].remove(obj))

    def forget(self, kind: Kind, obj: View) -> None:
        """The server confirmed that our deletion of this object took effect at once."""
        if kind in self._kinds:
            self._tell(kind, self._kinds[kind].forget(obj))

    def replace(self, kind: Kind, objects: Sequence[View], at: int) -> None:
        """What a list answered."""
        kept = [self._kept(kind, o) for o in objects]
        for obj in kept:
            share(obj)
        for change in self._kinds[kind].replace(kept, at):
            self._tell(kind, change)

    def _kept(self, kind: Kind, obj: View) -> View:
        wanted = any(whole(obj) for whole in self._whole.get(kind, ()))
        return obj if wanted else metadata_only(obj)

    def _tell(self, kind: Kind, change: Change | None) -> None:
        if change:
            for listener in self._listeners[kind]:
                listener(kind, *change)


class Reflector:
    """Keeps one kind of the caches true. ``synced`` is set after the first list."""

    def __init__(self, cluster: Cluster, kind: Kind, caches: Caches) -> None:
        self.kind = kind
        self.synced = asyncio.Event()
        self._cluster = cluster
        self._caches = caches
        self._since = ""  # where the watch goes on; empty: list first
        self._pause = FIRST_PAUSE

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        while True:
            try:
                if not self._since:
                    await self._list()
                await self._watch()
            except Expired:
                self._since = ""
            except StatusError as error:
                log.warning(
                    "watching %s: %s; again in %.1f s", self.kind.resource, error, self._pause
                )
                await self._wait()

    async def _list(self) -> None:
        listing = await self._cluster.list(self.kind)
        self._caches.replace(self.kind, listing.items, int(listing.resource_version))
        self._since = listing.resource_version
        self.synced.set()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        began, seen = loop.time(), False
        async for event in self._cluster.watch(self.kind, since=self._since):
            seen = True
            self._pause = FIRST_PAUSE
            self._take(event)
        if not seen and loop.time() - began < SHORT:
            await self._wait()

    def _take(self, event: Event) -> None:
        if event.type == "DELETED":
            self._caches.remove(self.kind, event.object)
        elif event.type != "BOOKMARK":
            self._caches.put(self.kind, event.object)
        self._since = event.object["metadata"]["resourceVersion"]

    async def _wait(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
