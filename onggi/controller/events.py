"""Says what happens as core/v1 Events, without making anybody wait for it.

Whoever has something to say calls ``emit`` and goes on; one task writes. The scheduler and
the node agent use this too.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from onggi.api.errors import NotFound, ServiceUnavailable, StatusError
from onggi.api.objects import Object, View
from onggi.client.cluster import Cluster, reference
from onggi.controller.correlate import Correlator, Source, Word, event_about, increment
from onggi.kinds.core.event import EVENT

log = logging.getLogger(__name__)

WAITING = 1000  # events not yet written; more are dropped, as upstream does
ATTEMPTS = 12
PAUSE = 10.0  # seconds between attempts while the server is away


class Recorder:
    """``run`` belongs in a TaskGroup; events emitted before it runs wait."""

    def __init__(self, cluster: Cluster, clock: Callable[[], datetime]) -> None:
        self._cluster = cluster
        self._clock = clock
        self._correlator = Correlator()
        self._waiting: asyncio.Queue[Object] = asyncio.Queue(WAITING)
        self._last_name = 0
        self._dropping = False  # since the queue was empty last

    def emit(self, source: Source, target: View, word: Word) -> None:
        """Record that something happened to ``target``."""
        now = self._clock()
        event = event_about(target, word, source, now)
        event["metadata"]["name"] = self._name(target, now)
        kept = self._correlator.observe(event, now)
        if kept is None:
            return
        try:
            self._waiting.put_nowait(kept)
        except asyncio.QueueFull:
            if not self._dropping:
                log.warning("too many events; dropped %s: %s", word.reason, word.message)
            self._dropping = True

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        while True:
            await self._deliver(await self._waiting.get())
            self._dropping = self._dropping and not self._waiting.empty()

    async def _deliver(self, event: Object) -> None:
        for _ in range(ATTEMPTS):
            try:
                return await self._write(event)
            except ServiceUnavailable:
                await asyncio.sleep(PAUSE)
            except StatusError as error:  # such as a namespace that is being deleted
                log.debug("event %s was refused: %s", event["reason"], error)
                return None
        log.warning("the server is away; dropped event %s", event["reason"])
        return None

    async def _write(self, event: Object) -> None:
        if event["count"] > 1:
            meta = event["metadata"]
            target = reference(meta["namespace"], meta["name"])
            try:
                await self._cluster.patch(EVENT, target, increment(event))
            except NotFound:  # expired meanwhile
                pass
            else:
                return
        await self._cluster.create(EVENT, event)

    def _name(self, target: View, now: datetime) -> str:
        """Unlike any other: upstream's ``name.nanoseconds``, counted on where clocks are coarse."""
        self._last_name = max(self._last_name + 1, int(now.timestamp() * 1e6) * 1000)
        return f"{target['metadata']['name']}.{self._last_name:x}"
