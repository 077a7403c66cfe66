"""HTTP and TLS, over loopback."""

import asyncio
import gzip
import io
import ssl
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest

from onggi.api.http import Response, Stream
from onggi.apiserver.authn.pki import Pki, Wanted, serving_hosts, standard
from onggi.apiserver.server import HttpServer
from tests.apiserver.world import config_map

NOW = datetime.now(UTC)  # noqa: TID251
BASE = "/api/v1/namespaces/default/configmaps"


class Echo:
    """Answers with what it was asked."""

    def __init__(self):
        self.ended = asyncio.Event()
        self.frames = None

    async def handle(self, request):
        if request.path == "/boom":
            raise ValueError("a secret detail")
        if request.path == "/large":
            return Response(body=b"[" + b" " * 300_000 + b"]")
        if request.path == "/endless":
            return Stream(frames=self._endless())
        return Response(
            body={
                "method": request.method,
                "path": request.path,
                "query": dict(request.query),
                "headers": dict(request.headers),
                "body": request.body.decode(errors="replace"),
                "user": request.user and [request.user.name, *request.user.groups],
            },
            headers={"X-One": "1"},
        )

    async def _endless(self):
        try:
            yield b'{"a":1}\n'
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@asynccontextmanager
async def listening(handler, tls=None, observe=None):
    server = HttpServer(handler, observe)
    await server.start([("127.0.0.1", 0)], tls)
    scheme = "https" if tls else "http"
    try:
        yield server, f"{scheme}://127.0.0.1:{server.ports[0]}"
    finally:
        await server.stop()


@asynccontextmanager
async def dialled(server, **options):
    """A bare connection."""
    port = server.ports[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", port, **options)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.fixture
async def echo():
    async with listening(Echo()) as (_, url), aiohttp.ClientSession(url) as client:
        yield client


@pytest.fixture
async def api(running):
    async with (
        listening(running, observe=running.metrics.observe) as (_, url),
        aiohttp.ClientSession(url) as client,
    ):
        yield client


async def test_a_request_comes_through_whole(echo):
    async with echo.post(
        "/a%2Fb/%C3%A9?x=1&x=2&y=", data=b"body", headers={"X-A": "1", "x-b": "2"}
    ) as answer:
        found = await answer.json()
    assert found["method"] == "POST"
    assert found["path"] == "/a/b/é"
    assert found["query"] == {"x": ["1", "2"], "y": [""]}
    assert found["headers"]["x-a"] == "1"
    assert found["body"] == "body"
    assert answer.headers["X-One"] == "1"
    assert answer.headers["Cache-Control"] == "no-cache, private"
    assert answer.headers["Date"].endswith("GMT")


async def test_a_repeated_header_keeps_every_value(echo):
    headers = [("Impersonate-Group", "a"), ("Impersonate-Group", "b")]
    async with echo.get("/", headers=headers) as answer:
        found = await answer.json()
    assert found["headers"]["impersonate-group"] == "a\nb"


async def test_a_connection_is_used_again(echo):
    for _ in range(3):
        async with echo.get("/") as answer:
            await answer.read()
    assert len(echo.connector._conns) == 1


async def test_head_has_a_length_and_no_body(echo):
    async with echo.head("/large", headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.headers["Content-Length"] == "300002"
        assert await answer.read() == b""


async def test_an_unforeseen_error_tells_the_client_nothing(echo, caplog):
    async with echo.get("/boom") as answer:
        body = await answer.json()
    assert (answer.status, body["reason"]) == (500, "InternalError")
    assert "secret" not in str(body)
    assert "a secret detail" in caplog.text


async def test_large_answers_are_compressed_for_who_likes_that(echo):
    raw = {"Accept-Encoding": "gzip"}
    async with echo.get("/large", headers=raw, auto_decompress=False) as answer:
        body = await answer.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < 10_000
    assert len(gzip.decompress(body)) == 300_002
    async with echo.get("/large", headers={"Accept-Encoding": "identity"}) as answer:
        assert "Content-Encoding" not in answer.headers
    async with echo.get("/", headers=raw) as answer:
        assert "Content-Encoding" not in answer.headers


async def test_endless_queries_are_refused(echo):
    async with echo.get("/?" + "a&" * 1500) as answer:
        assert answer.status == 400


async def test_a_body_too_large_is_refused(api):
    async with api.post(BASE, data=io.BytesIO(b"x" * (3 * 1024 * 1024 + 1))) as answer:
        body = await answer.json()
    assert answer.status == 413
    assert body["message"] == "Request entity too large: limit is 3145728"


async def test_a_body_of_unknown_length_is_bounded_too(api):
    async def endless():
        for _ in range(60):
            yield b"x" * 65536

    async with api.post(BASE, data=endless()) as answer:
        assert answer.status == 413


async def test_people_get_it_indented(echo):
    async with echo.get("/?pretty=true") as answer:
        assert (await answer.read()).startswith(b'{\n  "')
    async with echo.get("/", headers={"User-Agent": "curl/7"}) as answer:
        assert (await answer.read()).startswith(b'{\n  "')
    async with echo.get("/") as answer:
        assert (await answer.read()).startswith(b'{"')


async def test_yaml_is_answered_to_who_asks_for_it(api):
    async with api.get("/api/v1/namespaces/default", headers={"Accept": "application/yaml"}) as a:
        text = await a.text()
    assert a.content_type == "application/yaml"
    assert "kind: Namespace" in text


async def test_a_stream_ends_when_its_client_goes():
    handler = Echo()
    async with listening(handler) as (_, url), aiohttp.ClientSession(url) as client:
        answer = await client.get("/endless")
        assert await answer.content.readline() == b'{"a":1}\n'
        answer.close()
        async with asyncio.timeout(5):
            await handler.ended.wait()


async def test_a_stream_ends_well_when_the_server_stops():
    handler = Echo()
    async with listening(handler) as (server, url), aiohttp.ClientSession(url) as client:
        answer = await client.get("/endless")
        assert await answer.content.readline() == b'{"a":1}\n'
        await server.stop()
        assert await answer.content.read() == b""
        assert handler.ended.is_set()


async def test_a_watch_over_http(api):
    async with api.post(BASE, json=config_map("a")) as answer:
        assert answer.status == 201
    async with api.get(f"{BASE}?watch=true") as stream:
        event = msgspec.json.decode(await stream.content.readline())
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "a")
        async with api.post(BASE, json=config_map("b")) as answer:
            assert answer.status == 201
        event = msgspec.json.decode(await stream.content.readline())
        assert event["object"]["metadata"]["name"] == "b"


async def test_a_watcher_that_does_not_read_is_dropped(monkeypatch):
    from onggi.apiserver import wire

    monkeypatch.setattr(wire, "STALLED", 0.05)
    ended = asyncio.Event()

    class Flood:
        async def handle(self, request):
            return Stream(frames=self.frames())

        async def frames(self):
            try:
                while True:
                    yield b"x" * 1_000_000
            finally:
                ended.set()

    async with listening(Flood()) as (server, _), dialled(server, limit=1024) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readline()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_requests_are_observed(api):
    async with api.get("/api/v1/namespaces/default") as answer:
        await answer.read()
    async with api.get("/metrics") as answer:
        text = await answer.text()
    assert 'verb="GET",dry_run="",group="",version="v1",resource="namespaces"' in text


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    wanted = (*standard(serving_hosts("127.0.0.1")), Wanted("joe", "joe", ("dev", "ops")))
    made = Pki(tmp_path_factory.mktemp("pki"), wanted)
    made.renew(NOW)
    return made


async def whoami(url, tls):
    connector = aiohttp.TCPConnector(ssl=tls)
    async with (
        aiohttp.ClientSession(url, connector=connector) as client,
        client.get("/") as answer,
    ):
        return (await answer.json())["user"]


async def test_a_client_is_who_its_certificate_says(pki):
    async with listening(Echo(), pki.server_context()) as (_, url):
        assert await whoami(url, pki.client_context("joe")) == [
            "joe",
            "dev",
            "ops",
            "system:authenticated",
        ]
        assert await whoami(url, pki.client_context()) is None


async def test_a_certificate_of_somebody_elses_making_is_refused(pki, tmp_path):
    other = Pki(tmp_path, (Wanted("joe", "joe"),))
    other.renew(NOW)
    tls = pki.client_context()
    tls.load_cert_chain(other.path("joe"))
    async with listening(Echo(), pki.server_context()) as (_, url):
        with pytest.raises(aiohttp.ClientError):
            await whoami(url, tls)


async def test_a_new_certificate_is_taken_without_a_restart(pki, tmp_path):
    tls = pki.server_context()
    async with listening(Echo(), tls) as (server, url):
        await whoami(url, pki.client_context())
        pki.path("apiserver").unlink()
        pki.renew(NOW)
        tls.load_cert_chain(pki.path("apiserver"))
        async with dialled(server, ssl=pki.client_context()) as (_, writer):
            shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    certificate, _ = pki.texts("apiserver")
    assert shown == ssl.PEM_cert_to_DER_cert(certificate)


async def test_a_unix_socket(tmp_path):
    server = HttpServer(Echo())
    await server.start([], None, tmp_path / "api.sock")
    connector = aiohttp.UnixConnector(str(tmp_path / "api.sock"))
    async with (
        aiohttp.ClientSession(connector=connector) as client,
        client.get("http://x/a") as answer,
    ):
        assert (await answer.json())["path"] == "/a"
    await server.stop()


async def test_a_port_in_use_is_an_error():
    async with listening(Echo()) as (server, _):
        with pytest.raises(OSError, match="in use"):
            await HttpServer(Echo()).start([("127.0.0.1", server.ports[0])], None)


async def test_garbage_is_refused():
    async with listening(Echo()) as (server, _), dialled(server) as (reader, writer):
        writer.write(b"\x16\x03\x01 no http\r\n\r\n")
        assert b" 400 Bad Request" in await reader.readline()


async def test_a_client_that_expects_a_go_ahead_gets_one():
    async with listening(Echo()) as (server, _), dialled(server) as (reader, writer):
        writer.write(
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        assert await reader.readline() == b"HTTP/1.1 100 Continue\r\n"
        await reader.readline()
        writer.write(b"hi")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
