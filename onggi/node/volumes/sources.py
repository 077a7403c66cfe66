"""ConfigMaps and Secrets that pods of this node use, each followed by a watch of its own.

A node may not list the secrets of others, so every object is listed and watched by its name,
once for all pods that use it, and no longer than they do. Source:
``pkg/kubelet/util/manager/watch_based_manager.go``.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from onggi.api.errors import Expired, NotFound, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.client.cluster import Cluster, Selection
from onggi.node.volumes.volume import VolumeError

log = logging.getLogger(__name__)

Key = tuple[Kind, str, str]  # (kind, namespace, name)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


class Followed:
    """One object, as the last event showed it. ``error`` says why it is not known."""

    def __init__(self, task: asyncio.Task[None] | None = None) -> None:
        self.task = task
        self.known = asyncio.Event()
        self.object: View | None = None
        self.error: StatusError | None = None
        self.users: set[str] = set()
        self.asked = False  # somebody has seen it before it was followed


class Sources:
    """Fulfils ``volume.Objects``. ``changed(uids)`` is called with the pods that use an object.

    Without ``run`` there is no watch: every ``get`` then asks the server.
    """

    def __init__(self, cluster: Cluster, changed: Callable[[set[str]], None]) -> None:
        self._cluster = cluster
        self._changed = changed
        self._followed: dict[Key, Followed] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for key, followed in self._followed.items():
                followed.task = tasks.create_task(self._follow(key, followed))
            try:
                await asyncio.Event().wait()
            finally:
                self._tasks = None
                for followed in self._followed.values():
                    if followed.task:
                        followed.task.cancel()

    async def get(self, kind: Kind, namespace: str, name: str) -> View | None:
        followed = self._followed.get((kind, namespace, name))
        if followed is None or followed.task is None:
            if followed:
                followed.asked = True
            return await self._ask(kind, namespace, name)
        await followed.known.wait()
        if followed.error:
            raise VolumeError(str(followed.error))
        return followed.object

    async def _ask(self, kind: Kind, namespace: str, name: str) -> View | None:
        try:
            return await self._cluster.get(kind, namespace, name)
        except NotFound:
            return None
        except StatusError as error:
            raise VolumeError(str(error)) from error

    def use(self, uid: str, keys: set[Key]) -> None:
        """From now on this pod uses exactly these."""
        for key in keys - self._followed.keys():
            followed = self._followed[key] = Followed()
            if self._tasks:
                followed.task = self._tasks.create_task(self._follow(key, followed))
        for key, followed in list(self._followed.items()):
            followed.users.add(uid) if key in keys else followed.users.discard(uid)
            if not followed.users:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        followed = self._followed.pop(key)
        if followed.task:
            followed.task.cancel()

    async def _follow(self, key: Key, followed: Followed) -> None:
        """List, then watch from there; after an error again, with growing pauses."""
        pause = FIRST_PAUSE
        while True:
            try:
                with suppress(Expired):
                    await self._follow_once(key, followed)
                pause = FIRST_PAUSE
            except StatusError as error:
                log.warning("following %s %s/%s: %s", key[0].plural, key[1], key[2], error)
                followed.error = None if followed.object else error
                followed.known.set()
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _follow_once(self, key: Key, followed: Followed) -> None:
        kind, namespace, name = key
        selection = Selection(namespace=namespace, fields=f"metadata.name={name}")
        listing = await self._cluster.list(kind, selection)
        self._take(followed, listing.items[0] if listing.items else None)
        since = listing.resource_version
        while True:
            async for event in self._cluster.watch(kind, selection, since=since):
                since = event.object["metadata"]["resourceVersion"]
                if event.type != "BOOKMARK":
                    self._take(followed, None if event.type == "DELETED" else event.object)
            await asyncio.sleep(FIRST_PAUSE)  # a watch ended: at a time limit, or a restart

    def _take(self, followed: Followed, obj: View | None) -> None:
        first = not followed.known.is_set() and not followed.asked
        before, followed.object, followed.error = followed.object, obj, None
        followed.known.set()
        if not first and version(before) != version(obj):
            self._changed(set(followed.users))


def version(obj: View | None) -> str:
    return obj["metadata"].get("resourceVersion", "") if obj else ""
