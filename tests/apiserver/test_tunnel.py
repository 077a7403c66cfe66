"""Connections handed over: a far side that takes them, refuses them, or is not there."""

import asyncio
from contextlib import asynccontextmanager, suppress

import pytest

from onggi.api.http import Upgrade
from onggi.apiserver.server import HttpServer

ASK = (
    b"POST /exec?command=ls HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
    b"X-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
    b"X-Stream-Protocol-Version: v3.channel.k8s.io\r\n"
    b"Authorization: Bearer secret\r\nContent-Length: 0\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n"


class FarSide:
    """A streaming server: answers with ``answer`` and, if that is a 101, echoes in capitals."""

    def __init__(self, answer):
        self.answer, self.head = answer, b""
        self.ended = asyncio.Event()

    async def serve(self, reader, writer):
        self.head = await reader.readuntil(b"\r\n\r\n")
        writer.write(self.answer)
        if b" 101 " in self.answer:
            while data := await reader.read(65536):
                writer.write(data.upper())
                await writer.drain()
        self.ended.set()
        await closed(writer)


async def closed(writer):
    """However the other side ended it."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class Handing:
    def __init__(self, url):
        self.url = url

    async def handle(self, request):
        return Upgrade(url=self.url)


@asynccontextmanager
async def between(answer):
    """A client's (reader, writer) and the far side."""
    far = FarSide(answer)
    listener = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    server = HttpServer(Handing(f"http://127.0.0.1:{port}/exec/token?x=1"))
    await server.start([("127.0.0.1", 0)], None)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
    try:
        async with asyncio.timeout(10):
            yield reader, writer, far
    finally:
        await closed(writer)
        await server.stop()
        listener.close()


async def test_bytes_go_both_ways_until_the_client_leaves():
    async with between(SWITCH) as (reader, writer, far):
        writer.write(ASK)
        assert await reader.readuntil(b"\r\n\r\n") == SWITCH
        for word in (b"hello", b"again"):
            writer.write(word)
            assert await reader.readexactly(len(word)) == word.upper()
        writer.close()
        await far.ended.wait()


async def test_what_follows_the_request_at_once_is_not_lost():
    async with between(SWITCH) as (reader, writer, _):
        writer.write(ASK.replace(b"POST", b"GET").replace(b"SPDY/3.1", b"websocket") + b"early")
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(5) == b"EARLY"


async def test_only_what_the_far_side_needs_is_passed_on():
    async with between(SWITCH) as (reader, writer, far):
        writer.write(ASK)
        await reader.readuntil(b"\r\n\r\n")
        head = far.head.decode()
    assert head.startswith("POST /exec/token?x=1 HTTP/1.1\r\n")
    assert head.lower().count("x-stream-protocol-version") == 2
    assert "upgrade: spdy/3.1" in head.lower()
    assert "secret" not in head
    assert "Host: api" not in head


async def test_a_browsers_token_stays_here():
    ask = ASK.replace(b"SPDY/3.1", b"websocket").replace(
        b"Authorization: Bearer secret",
        b"Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.c2VjcmV0, v4.channel",
    )
    async with between(SWITCH) as (reader, writer, far):
        writer.write(ask)
        await reader.readuntil(b"\r\n\r\n")
    assert b"sec-websocket-protocol: v4.channel\r\n" in far.head.lower()
    assert b"c2VjcmV0" not in far.head


async def test_megabytes_come_through_whole():
    async with between(SWITCH) as (reader, writer, _):
        writer.write(ASK)
        await reader.readuntil(b"\r\n\r\n")
        size = 5_000_000

        async def send():
            for _ in range(size // 10_000):
                writer.write(b"x" * 10_000)
                await writer.drain()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            received = await reader.readexactly(size)
        assert received == b"X" * size


async def test_a_refusal_comes_back_as_it_is_and_ends_the_connection():
    refusal = (
        b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnope"
    )
    async with between(refusal) as (reader, writer, _):
        writer.write(ASK)
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n")
    assert b"Connection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\nnope")


@pytest.mark.parametrize("answer", [b"", b"nonsense", b"HTTP/1.1 101"])
async def test_a_far_side_that_says_nothing_sensible_is_a_bad_gateway(answer):
    async with between(answer) as (reader, writer, _):
        writer.write(ASK)
        assert (await reader.readline()).startswith(b"HTTP/1.1 502")


async def test_a_far_side_that_is_not_there_is_unavailable():
    server = HttpServer(Handing("http://127.0.0.1:1/x"))
    await server.start([("127.0.0.1", 0)], None)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
    writer.write(ASK)
    assert (await reader.readline()).startswith(b"HTTP/1.1 503")
    await closed(writer)
    await server.stop()
