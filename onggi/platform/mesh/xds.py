"""Serves configuration to Envoy over gRPC (ADS) on a unix socket that only root can open.

``conversation`` decides what to send; this carries it. A change is on the wire in the same
turn of the event loop in which ``publish`` is called.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import grpc
from envoy.service.discovery.v3 import ads_pb2_grpc, discovery_pb2
from google.protobuf.any_pb2 import Any

from onggi.platform.mesh.conversation import (
    Conversation,
    Heard,
    Packed,
    Packs,
    Send,
    Snapshot,
)
from onggi.platform.mesh.messages import encode
from onggi.platform.mesh.translate.resources import Named, Resources

log = logging.getLogger(__name__)

GRACE = 0.5  # seconds for streams to end when the server stops


class Stream:
    """A conversation, and the bell that says when to think about the next sentence."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.conversation = Conversation()
        self.conversation.offer(snapshot)
        self.bell = asyncio.Event()
        self.bell.set()
        self.over = False


class Discovery(ads_pb2_grpc.AggregatedDiscoveryServiceServicer):  # type: ignore[misc]
    """``publish`` what Envoy should have; ``judged`` is called when ``refusals`` changed."""

    def __init__(self, judged: Callable[[], None] = lambda: None) -> None:
        self._judged = judged
        self.snapshot: Snapshot = {}
        self._streams: set[Stream] = set()
        self._resources: Resources = {}
        self._versions = count(1)
        self._settled = asyncio.Event()

    def publish(self, resources: Resources) -> None:
        """Types that are not named stay as they are."""
        packed = {type: self._pack(type, named) for type, named in resources.items()}
        self.snapshot = {**self.snapshot, **packed}
        self._resources = {**self._resources, **resources}
        self._settled.clear()
        for stream in self._streams:
            stream.conversation.offer(self.snapshot)
            stream.bell.set()

    def published(self, type: str) -> Named:
        """What was published last of a type."""
        return self._resources.get(type, {})

    async def settled(self) -> None:
        """Until an Envoy has everything."""
        await self._settled.wait()

    @property
    def refusals(self) -> dict[str, str]:
        """Type → Envoy's words, of whatever it does not accept at the moment."""
        return {t: text for s in self._streams for t, text in s.conversation.refusals.items()}

    async def StreamAggregatedResources(
        self, requests: AsyncIterator[discovery_pb2.DiscoveryRequest], context: object
    ) -> AsyncIterator[discovery_pb2.DiscoveryResponse]:
        stream = Stream(self.snapshot)
        self._streams.add(stream)
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = tasks.create_task(self._listen(stream, requests))
                while not stream.over:
                    await stream.bell.wait()
                    stream.bell.clear()
                    while sentence := stream.conversation.next():
                        yield response(sentence)
                    if stream.conversation.settled:
                        self._settled.set()
                listening.cancel()
        finally:
            self._streams.discard(stream)

    async def _listen(
        self, stream: Stream, requests: AsyncIterator[discovery_pb2.DiscoveryRequest]
    ) -> None:
        async for request in requests:
            heard = Heard(
                request.type_url,
                tuple(request.resource_names),
                request.response_nonce,
                request.error_detail.message,
            )
            if heard.error:
                log.error("Envoy refuses %s: %s", heard.type.rpartition(".")[2], heard.error)
            before = stream.conversation.refusals
            stream.conversation.hear(heard)
            stream.bell.set()
            if stream.conversation.refusals != before:
                self._judged()
        stream.over = True
        stream.bell.set()

    def _pack(self, type: str, named: Named) -> Packs:
        """Encodes only what differs from what was published before."""
        known, packs = self._resources.get(type, {}), self.snapshot.get(type, {})
        return {
            name: packs[name]
            if known.get(name) == resource
            else Packed(next(self._versions), encode(type, resource))
            for name, resource in named.items()
        }


def response(sentence: Send) -> discovery_pb2.DiscoveryResponse:
    return discovery_pb2.DiscoveryResponse(
        version_info=sentence.version,
        type_url=sentence.type,
        nonce=sentence.nonce,
        resources=[Any(type_url=sentence.type, value=data) for data in sentence.resources],
    )


@contextlib.asynccontextmanager
async def serving(discovery: Discovery, socket: Path) -> AsyncIterator[None]:
    """Listen while inside."""
    remove(socket)
    server = grpc.aio.server()
    ads_pb2_grpc.add_AggregatedDiscoveryServiceServicer_to_server(discovery, server)
    bind(server, socket)
    await server.start()
    try:
        yield
    finally:
        await server.stop(GRACE)
        remove(socket)


def bind(server: grpc.aio.Server, socket: Path) -> None:
    """Nobody but root may connect, from the first moment on."""
    before = os.umask(0o177)
    try:
        server.add_insecure_port(f"unix:{socket}")
    finally:
        os.umask(before)


def remove(socket: Path) -> None:
    socket.unlink(missing_ok=True)
