"""ConfigMaps and Secrets that pods of this node use, each followed by a watch of its own.

A node may not list the secrets of others, so every object is listed and watched by its name,
once for all pods that use it, and no longer than they do. Source:
``pkg/kubelet/util/manager/watch_based_manager.go``.
"""

import asyncio
from collections.abc import Callable, Sequence

from onggi.api.errors import NotFound, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.client.cluster import Cluster, Selection
from onggi.node.reflect import Sink, reflect
from onggi.node.volumes.volume import VolumeError

Key = tuple[Kind, str, str]  # (kind, namespace, name)


class Followed(Sink):
    """One object as it was last seen. ``known`` says that the watch keeps it true."""

    def __init__(self, changed: Callable[[set[str]], None]) -> None:
        self.object: View | None = None
        self.known = False
        self.users: set[str] = set()
        self.task: asyncio.Task[None] | None = None
        self._changed = changed

    def replace(self, objects: Sequence[View]) -> None:
        self._take(objects[0] if objects else None)

    def put(self, obj: View) -> None:
        self._take(obj)

    def remove(self, obj: View) -> None:
        self._take(None)

    def _take(self, obj: View | None) -> None:
        before, self.object, self.known = self.object, obj, True
        if version(before) != version(obj):
            self._changed(set(self.users))


class Sources:
    """Fulfils ``volume.Objects``. ``changed(uids)`` is called with the pods that use an object.

    Until the watch of an object has begun, and without ``run``, the server is asked.
    """

    def __init__(self, cluster: Cluster, changed: Callable[[set[str]], None]) -> None:
        self._cluster = cluster
        self._changed = changed
        self._followed: dict[Key, Followed] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        async with asyncio.TaskGroup() as self._tasks:
            try:
                for key, followed in self._followed.items():
                    self._follow(key, followed)
                await asyncio.Event().wait()
            finally:
                self._tasks = None

    async def get(self, kind: Kind, namespace: str, name: str) -> View | None:
        followed = self._followed.get((kind, namespace, name))
        if followed and followed.known:
            return followed.object
        found = await self._ask(kind, namespace, name)
        if followed and not followed.known:
            followed.object = found
        return found

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
            followed = self._followed[key] = Followed(self._changed)
            self._follow(key, followed)
        for key, followed in list(self._followed.items()):
            followed.users.add(uid) if key in keys else followed.users.discard(uid)
            if not followed.users:
                self._drop(key)

    def _follow(self, key: Key, followed: Followed) -> None:
        if self._tasks:
            kind, namespace, name = key
            selection = Selection(namespace=namespace, fields=f"metadata.name={name}")
            watching = reflect(self._cluster, kind, selection, followed)
            followed.task = self._tasks.create_task(watching)

    def _drop(self, key: Key) -> None:
        followed = self._followed.pop(key)
        if followed.task:
            followed.task.cancel()


def version(obj: View | None) -> str:
    return obj["metadata"].get("resourceVersion", "") if obj else ""
