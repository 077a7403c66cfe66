"""Probes against real sockets on loopback."""

import asyncio
import socket
from contextlib import asynccontextmanager

import grpc
import pytest
from aiohttp import web

from onggi.node.checks import Checker, Subject
from onggi.node.fake import FakeRuntime
from onggi.node.grpc_health import CHECK, messages
from tests.suites.runtime import Lab


def subject(**container):
    return Subject({"metadata": {"name": "web"}}, {"name": "c", **container}, "id", "127.0.0.1")


@pytest.fixture
async def checker():
    made = Checker(FakeRuntime())
    yield made
    await made.close()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@asynccontextmanager
async def serving(answer):
    """An HTTP server whose every path is answered by ``answer(request)``; its port."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class TestHttp:
    @pytest.mark.parametrize(
        ("status", "ok", "output"),
        [
            (200, True, "hi"),
            (399, True, "hi"),
            (500, False, "HTTP probe failed with statuscode: 500"),
            (404, False, "HTTP probe failed with statuscode: 404"),
        ],
    )
    async def test_the_status_decides(self, checker, status, ok, output):
        async def answer(request):
            return web.Response(status=status, text="hi")

        async with serving(answer) as port:
            outcome = await checker.probe(subject(), {"httpGet": {"port": port}})
        assert (outcome.ok, outcome.output) == (ok, output)

    async def test_what_is_asked(self, checker):
        asked = []

        async def answer(request):
            asked.append(request)
            return web.Response()

        headers = [{"name": "Host", "value": "shop"}, {"name": "X", "value": "1"}]
        async with serving(answer) as port:
            named = subject(ports=[{"name": "http", "containerPort": port}])
            action = {"port": "http", "path": "/a?b=c", "httpHeaders": headers}
            assert (await checker.probe(named, {"httpGet": action})).ok
        (request,) = asked
        assert request.path_qs == "/a?b=c"
        assert (request.headers["Host"], request.headers["X"]) == ("shop", "1")
        assert request.headers["User-Agent"] == "kube-probe/1.37"
        assert request.headers["Accept"] == "*/*"
        assert "Accept-Encoding" not in request.headers

    async def test_a_redirect_on_the_same_host_is_followed(self, checker):
        async def answer(request):
            if request.path == "/":
                raise web.HTTPFound("/bad")
            return web.Response(status=500)

        async with serving(answer) as port:
            outcome = await checker.probe(subject(), {"httpGet": {"port": port}})
        assert outcome.output == "HTTP probe failed with statuscode: 500"

    async def test_a_redirect_to_another_host_is_a_warning(self, checker):
        async def answer(request):
            raise web.HTTPFound("http://example.com/")

        async with serving(answer) as port:
            outcome = await checker.probe(subject(), {"httpGet": {"port": port}})
        assert (outcome.ok, outcome.warning) == (True, True)

    async def test_nobody_listens(self, checker):
        port = closed_port()
        outcome = await checker.probe(subject(), {"httpGet": {"port": port, "path": "/x"}})
        assert not outcome.ok
        assert outcome.output == (
            f'Get "http://127.0.0.1:{port}/x": dial tcp 127.0.0.1:{port}: '
            "connect: connection refused"
        )

    async def test_an_answer_that_takes_too_long(self, checker):
        given_up = asyncio.Event()

        async def answer(request):
            await given_up.wait()
            return web.Response()

        async with serving(answer) as port:
            spec = {"httpGet": {"port": port}, "timeoutSeconds": 0.1}
            outcome = await checker.probe(subject(), spec)
            given_up.set()
        assert not outcome.ok
        assert "context deadline exceeded (Client.Timeout exceeded" in outcome.output

    async def test_a_port_that_nobody_has_named(self, checker):
        outcome = await checker.probe(subject(), {"httpGet": {"port": "web"}})
        assert (outcome.ok, outcome.output) == (None, "couldn't find port: web")


class TestTcp:
    async def test_somebody_listens(self, checker):
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        assert (await checker.probe(subject(), {"tcpSocket": {"port": port}})).ok
        server.close()
        await server.wait_closed()

    async def test_nobody_listens(self, checker):
        port = closed_port()
        outcome = await checker.probe(subject(), {"tcpSocket": {"port": port}})
        assert not outcome.ok
        assert outcome.output == f"dial tcp 127.0.0.1:{port}: connect: connection refused"


class TestGrpc:
    @pytest.mark.parametrize(
        ("status", "ok", "output"),
        [(1, True, ""), (2, False, 'service unhealthy (responded with "NOT_SERVING")')],
    )
    async def test_the_answer_decides(self, checker, status, ok, output):
        asked = []

        def health(request, context):
            asked.append(messages()["HealthCheckRequest"].FromString(request).service)
            return messages()["HealthCheckResponse"](status=status).SerializeToString()

        handler = grpc.method_handlers_generic_handler(
            CHECK.split("/")[1], {"Check": grpc.unary_unary_rpc_method_handler(health)}
        )
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((handler,))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        spec = {"grpc": {"port": port, "service": "shop"}}
        outcome = await checker.probe(subject(), spec)
        await server.stop(None)
        assert (outcome.ok, outcome.output, asked) == (ok, output, ["shop"])

    async def test_nobody_listens(self, checker):
        port = closed_port()
        outcome = await checker.probe(subject(), {"grpc": {"port": port}})
        assert not outcome.ok
        expected = f'timeout: failed to connect service "127.0.0.1:{port}" within 1s'
        assert outcome.output == expected


class TestExec:
    @pytest.fixture
    async def ran(self):
        lab = Lab(FakeRuntime(images=["i"]), "i", "/logs")
        id = await lab.run("sleep", "100")
        checker = Checker(lab.runtime)
        return lambda spec: checker.probe(Subject({}, {"name": "c"}, id, ""), spec)

    async def test_the_exit_code_decides(self, ran):
        passed = await ran({"exec": {"command": ["echo", "hi"]}})
        assert (passed.ok, passed.output) == (True, "hi\n")
        assert (await ran({"exec": {"command": ["false"]}})).ok is False

    @pytest.mark.looptime
    async def test_a_command_that_takes_too_long_has_failed(self, ran):
        outcome = await ran({"exec": {"command": ["sleep", "9"]}, "timeoutSeconds": 2})
        assert outcome.ok is False
        assert outcome.output == 'command timed out: "sleep 9" timed out after 2s'
