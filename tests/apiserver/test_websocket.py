"""Watches and logs as messages of a WebSocket."""

import asyncio
from base64 import b64decode
from contextlib import asynccontextmanager

import aiohttp
import pytest

from onggi.api.http import Stream
from tests.apiserver.test_server import listening
from tests.apiserver.world import ask, config_map

BASE = "/api/v1/namespaces/default/configmaps"


class Log:
    """Answers with two pieces of a log, then the end; or goes on for ever."""

    def __init__(self):
        self.ended = asyncio.Event()

    async def handle(self, request):
        frames = self._endless() if request.path == "/endless" else self._pieces()
        return Stream(frames=frames, content_type="text/plain")

    async def _pieces(self):
        yield b"one\n"
        yield b"two\xff\n"

    async def _endless(self):
        try:
            yield b"begun"
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@asynccontextmanager
async def connected(handler, path, **options):
    """A WebSocket to a server of the handler."""
    async with (
        listening(handler) as (_, url),
        aiohttp.ClientSession(url) as client,
        client.ws_connect(path, **options) as socket,
    ):
        yield socket


async def test_each_event_of_a_watch_is_a_message(running, cluster):
    async with connected(running, f"{BASE}?watch=true&resourceVersion=0") as socket:
        for name in ("one", "two"):
            await ask(running, "POST", BASE, config_map(name))
        events = [await socket.receive_json() for _ in range(2)]
    assert [(e["type"], e["object"]["metadata"]["name"]) for e in events] == [
        ("ADDED", "one"),
        ("ADDED", "two"),
    ]


@pytest.mark.parametrize("protocols", [(), ("binary.k8s.io",), ("other", "binary.k8s.io")])
async def test_a_log_is_binary(protocols):
    async with connected(Log(), "/log", protocols=protocols) as socket:
        assert socket.protocol == ("binary.k8s.io" if protocols else None)
        assert [await socket.receive_bytes() for _ in range(2)] == [b"one\n", b"two\xff\n"]
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_or_base64_for_who_reads_only_text():
    async with connected(Log(), "/log", protocols=["base64.binary.k8s.io"]) as socket:
        assert b64decode(await socket.receive_str()) == b"one\n"


async def test_a_client_that_closes_ends_the_stream_and_a_ping_is_answered():
    log = Log()
    async with connected(log, "/endless", autoping=False) as socket:
        assert await socket.receive_bytes() == b"begun"
        await socket.ping(b"there?")
        pong = await socket.receive()
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"there?")
        await socket.close()
        async with asyncio.timeout(5):
            await log.ended.wait()


async def test_a_protocol_that_nobody_speaks_is_refused():
    async with listening(Log()) as (_, url), aiohttp.ClientSession(url) as client:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect("/log", protocols=["v9.example.com"])
    assert refused.value.status == 400


async def test_a_handshake_of_another_version_is_refused():
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "8",
    }
    async with listening(Log()) as (_, url), aiohttp.ClientSession(url) as client:
        answer = await client.get("/log", headers=headers)
        assert answer.status == 400
        assert "version 13" in (await answer.json())["message"]


async def test_nonsense_ends_the_connection():
    log = Log()
    async with connected(log, "/endless") as socket:
        await socket.receive_bytes()
        socket._response.connection.transport.write(b"\xff\xff\xff\xff")
        async with asyncio.timeout(5):
            await log.ended.wait()
