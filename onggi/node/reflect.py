"""Follows the objects of a selection: a list, then a watch, again where it broke off."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from onggi.api.errors import Expired, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.client.cluster import Cluster, Selection

log = logging.getLogger(__name__)

PAUSE = 0.5  # seconds before a failed list or watch, doubling
LONGEST_PAUSE = 10.0


class Sink(Protocol):
    def replace(self, objects: Sequence[View]) -> None:
        """All there is now."""

    def put(self, obj: View) -> None: ...
    def remove(self, obj: View) -> None: ...


async def reflect(cluster: Cluster, kind: Kind, selection: Selection, sink: Sink) -> None:
    """For ever. Errors of the server mean another attempt, after a pause."""
    since, pause = "", PAUSE
    while True:
        try:
            if not since:
                listing = await cluster.list(kind, selection)
                sink.replace(listing.items)
                since = listing.resource_version
            pause = PAUSE
            since = await follow(cluster, kind, selection, sink, since)
        except Expired:
            since = ""
        except (StatusError, OSError) as error:
            log.warning("%s cannot be watched: %s; again in %gs", kind.plural, error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            since = ""


async def follow(cluster: Cluster, kind: Kind, selection: Selection, sink: Sink, since: str) -> str:
    """Until the server ends the watch; answers where to go on."""
    async for event in cluster.watch(kind, selection, since=since):
        since = event.object["metadata"]["resourceVersion"]
        if event.type == "DELETED":
            sink.remove(event.object)
        elif event.type != "BOOKMARK":
            sink.put(event.object)
    return since
