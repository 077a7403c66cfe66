"""Which kinds a process follows: those from the start, and those that come and go.

    following = Following(cluster, caches, kinds)
    await following.start(group)           every cache is filled when it returns
    following.add(kind), following.remove(kind)

A kind of a CustomResourceDefinition is followed while it is served; what it costs at rest is a
task that waits.
"""

import asyncio
from collections.abc import Iterable

from onggi.api.kind import Kind
from onggi.client.cluster import Cluster
from onggi.controller.cache import Caches, Reflector


class Following:
    def __init__(self, cluster: Cluster, caches: Caches, kinds: Iterable[Kind]) -> None:
        self._cluster, self._caches = cluster, caches
        self._reflectors = {kind: Reflector(cluster, kind, caches) for kind in kinds}
        self._tasks: dict[Kind, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    async def start(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        for kind, reflector in list(self._reflectors.items()):
            self._run(kind, reflector, group)
        waited: set[Kind] = set()
        while todo := [r for kind, r in self._reflectors.items() if kind not in waited]:
            waited.add(todo[0].kind)
            await todo[0].synced.wait()

    def add(self, kind: Kind) -> None:
        """Follow ``kind``, now or as soon as the others are followed."""
        self._caches.add(kind)
        reflector = self._reflectors[kind] = Reflector(self._cluster, kind, self._caches)
        if self._group is not None:
            self._run(kind, reflector, self._group)

    def remove(self, kind: Kind) -> None:
        """It is served no longer: nothing of it is known any more."""
        if reflector := self._reflectors.pop(kind, None):
            reflector.synced.set()  # nobody waits for what never comes
        if task := self._tasks.pop(kind, None):
            task.cancel()
        self._caches.drop(kind)

    def _run(self, kind: Kind, reflector: Reflector, group: asyncio.TaskGroup) -> None:
        self._tasks[kind] = group.create_task(reflector.run())
