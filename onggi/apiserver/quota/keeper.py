"""Keeps ``status.used`` of every quota true, a moment after each change that counts.

Source: ``pkg/controller/resourcequota/resource_quota_controller.go``; nothing is recomputed
here, since the ledger knows.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.apiserver.quota.ledger import QUOTAS, Ledger, Name
from onggi.client.cluster import Cluster
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from onggi.store.store import Watch

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds after a refusal that is not a conflict


class Keeper:
    """``run`` for ever; ``cluster`` is the API as the resourcequota-controller sees it."""

    def __init__(self, ledger: Ledger, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        self._ledger, self._cluster, self._clock = ledger, cluster, clock
        self._news = asyncio.Event()
        self._followed: set[str] = set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                self._ledger.read()
                for resource in {QUOTAS, *self._ledger.resources} - self._followed:
                    self._followed.add(resource)
                    watch = self._ledger.watch(resource)  # from where the ledger has read
                    group.create_task(self._follow(watch))
                end = self._ledger.expire()
                if self._ledger.changed:
                    await self._write(self._ledger.changed.pop())
                else:
                    await self._wait(end)

    async def _follow(self, watch: Watch) -> None:
        """Wakes the loop; what has changed, the ledger reads itself."""
        while not self._ledger.closed:
            if await watch.next():
                self._news.set()

    async def _wait(self, end: datetime | None) -> None:
        left = None if end is None else max((end - self._clock()).total_seconds(), 0.0) + 0.001
        try:
            async with asyncio.timeout(left):
                await self._news.wait()
        except TimeoutError:
            return

    async def _write(self, name: Name) -> None:
        found = self._ledger.status(name)
        if found is None:
            return
        quota, status = found
        try:
            await self._cluster.update(
                RESOURCEQUOTA, {**quota, "status": status}, subresource="status"
            )
        except (Conflict, NotFound):
            return  # it has changed: then it is among the changed again
        except StatusError as error:
            log.warning("status of quota %s/%s: %s; again in %.0f s", *name, error, PAUSE)
            self._ledger.changed.add(name)
            await asyncio.sleep(PAUSE)
