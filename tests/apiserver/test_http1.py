"""Connections, byte by byte."""

import asyncio
import ssl
from contextlib import asynccontextmanager, suppress

import pytest

from onggi.api.http import Response
from onggi.apiserver import http1
from onggi.apiserver.server import HttpServer

GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"


class Slow:
    """Answers with the path, once it may."""

    def __init__(self):
        self.may, self.begun, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.done = []
        self.may.set()

    async def handle(self, request):
        self.begun.set()
        await self.may.wait()
        self.done.append(request.path)
        self.ended.set()
        return Response(body=request.path.encode(), content_type="text/plain")


@asynccontextmanager
async def connected(handler=None):
    """A server and a client's (reader, writer)."""
    server = HttpServer(handler or Slow())
    await server.start([("127.0.0.1", 0)], None)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.ports[0])
    try:
        async with asyncio.timeout(10):
            yield server, reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        await server.stop()


async def answer(reader):
    """(status, body) of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line[16:]) for line in lines if line.startswith(b"content-length: "))
    return int(head.split(b" ")[1]), await reader.readexactly(length)


async def test_requests_sent_ahead_are_answered_in_order():
    async with connected() as (_, reader, writer):
        writer.write(b"".join(GET % number for number in range(50)))
        for number in range(50):
            assert await answer(reader) == (200, b"/%d" % number)


async def test_a_request_may_come_in_the_smallest_pieces():
    body = b"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + GET % 1
    async with connected() as (_, reader, writer):
        for byte in body:
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert await answer(reader) == (200, b"/p")
        assert await answer(reader) == (200, b"/1")


async def test_a_client_that_wants_to_close_is_let_go():
    async with connected() as (_, reader, writer):
        writer.write(b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        text = await reader.read()
    assert b"Connection: close\r\n" in text
    assert text.endswith(b"/a")


async def test_an_old_client_gets_one_answer():
    async with connected() as (_, reader, writer):
        writer.write(b"GET /a HTTP/1.0\r\n\r\n")
        assert (await reader.read()).endswith(b"/a")


async def test_a_head_without_end_is_refused():
    async with connected() as (_, reader, writer):
        with suppress(ConnectionError):
            for _ in range(100):
                writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000)
                await writer.drain()
        with suppress(ConnectionError):
            assert (await reader.readline()).startswith(b"HTTP/1.1 4")


async def test_a_request_that_does_not_end_is_timed_out(monkeypatch):
    monkeypatch.setattr(http1, "PATIENCE", 0.05)
    async with connected() as (_, reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        assert (await answer(reader))[0] == 408
        assert await reader.read() == b""


async def test_an_idle_connection_is_closed(monkeypatch):
    monkeypatch.setattr(http1, "IDLE", 0.05)
    async with connected() as (_, reader, writer):
        writer.write(GET % 1)
        assert await answer(reader) == (200, b"/1")
        assert await reader.read() == b""


async def test_a_write_goes_on_when_its_client_goes_away():
    handler = Slow()
    handler.may.clear()
    async with connected(handler) as (_, _reader, writer):
        writer.write(GET % 1)
        await handler.begun.wait()
        writer.transport.abort()
        await asyncio.sleep(0.01)
        handler.may.set()
        await handler.ended.wait()


async def test_what_is_under_way_is_finished_when_the_server_stops():
    handler = Slow()
    handler.may.clear()
    async with connected(handler) as (server, reader, writer), asyncio.TaskGroup() as tasks:
        writer.write(GET % 1 + GET % 2)
        await handler.begun.wait()
        tasks.create_task(server.stop())
        await asyncio.sleep(0)
        handler.may.set()
        assert await answer(reader) == (200, b"/1")
        assert await reader.read() == b""
    assert handler.done == ["/1"]


@pytest.mark.parametrize(
    "smuggled",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
    ],
)
async def test_what_two_servers_could_read_differently_is_refused(smuggled):
    async with connected() as (_, reader, writer):
        writer.write(smuggled)
        assert (await answer(reader))[0] == 400


def test_it_runs_on_uvloop_with_tls(tmp_path):
    import uvloop

    from onggi.apiserver.authn.pki import Pki, serving_hosts, standard
    from tests.apiserver.test_server import NOW

    pki = Pki(tmp_path, standard(serving_hosts("127.0.0.1")))
    pki.renew(NOW)

    async def main(tls: ssl.SSLContext):
        server = HttpServer(Slow())
        await server.start([("127.0.0.1", 0)], pki.server_context())
        port = server.ports[0]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        for number in range(3):
            writer.write(GET % number)
            assert await answer(reader) == (200, b"/%d" % number)
        writer.close()
        await writer.wait_closed()
        await server.stop()

    uvloop.run(main(pki.client_context("admin")))
