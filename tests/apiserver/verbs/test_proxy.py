"""Requests through the API server, to pods, services and nodes."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from onggi.api.http import Request, Response, Upgrade
from onggi.apiserver import proxy_location
from onggi.apiserver.verbs.proxy import SLICES
from onggi.store.store import Key
from tests.apiserver.test_server import listening
from tests.apiserver.world import ADMIN, ask, pod, server

PODS = "/api/v1/namespaces/default/pods"
SERVICES = "/api/v1/namespaces/default/services"


async def echo(request):
    if request.path == "/elsewhere":
        raise web.HTTPFound("/there/")
    seen = {"path": request.path_qs, "method": request.method, "body": await request.text()}
    seen["headers"] = {name.lower(): value for name, value in request.headers.items()}
    answer = web.json_response(seen, status=418, headers={"X-Own": "1"})
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@asynccontextmanager
async def behind(handler=echo):
    """A server as a pod runs it; yields its port."""
    runner = web.AppRunner(made := web.Application(), access_log=None)
    made.router.add_route("*", "/{path:.*}", handler)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site._server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()


@pytest.fixture
async def through(running, cluster, monkeypatch):
    """A client of a server that knows one pod, which runs, and its service."""
    monkeypatch.setattr(proxy_location, "is_reachable", bool)
    async with (
        behind() as port,
        listening(running) as (_, url),
        aiohttp.ClientSession(url) as client,
    ):
        await ask(running, "POST", PODS, pod())
        status = {"podIP": "127.0.0.1", "podIPs": [{"ip": "127.0.0.1"}]}
        await ask(
            running,
            "PATCH",
            f"{PODS}/web/status",
            {"status": status},
            content_type="application/merge-patch+json",
        )
        ports = [{"name": "http", "port": 80, "targetPort": port}]
        service = {"metadata": {"name": "web"}, "spec": {"ports": ports}}
        await ask(running, "POST", SERVICES, service)
        found = {
            "metadata": {
                "name": "web-1",
                "namespace": "default",
                "labels": {"kubernetes.io/service-name": "web"},
            },
            "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
            "endpoints": [
                {"addresses": ["127.0.0.1"], "targetRef": {"kind": "Pod", "name": "web"}}
            ],
        }  # which nobody may post: a loopback address
        await running.app.backend.store.create(Key(SLICES, "default", "web-1"), found)
        client.port = port
        yield client


async def test_a_request_reaches_the_pod_without_its_token(through):
    url = f"{PODS}/web:{through.port}/proxy/a/b/?x=1&y=%20"
    headers = {"Authorization": "Bearer secret", "Impersonate-User": "", "X-Mine": "1"}
    async with through.put(url, data=b"body", headers=headers) as answer:
        seen = await answer.json()
        assert (answer.status, answer.headers["X-Own"]) == (418, "1")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert (seen["method"], seen["path"], seen["body"]) == ("PUT", "/a/b/?x=1&y=+", "body")
    assert seen["headers"]["x-mine"] == "1"
    assert seen["headers"]["x-forwarded-uri"] == f"{PODS}/web:{through.port}/proxy/a/b/"
    assert not {"authorization", "impersonate-user"} & seen["headers"].keys()


async def test_a_service_is_one_of_its_pods(through):
    for name in ("web:80", "web:http", "http:web:http"):
        async with through.get(f"{SERVICES}/{name}/proxy/") as answer:
            seen = await answer.json()
        assert seen.get("path") == "/", str(seen)


async def test_a_redirect_leads_through_the_proxy(through):
    url = f"{PODS}/web:{through.port}/proxy"
    async with through.get(f"{url}/elsewhere", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, f"{url}/there/")
    async with through.get(f"{url}?a=1", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (301, f"{url}/?a=1")


async def test_a_service_without_endpoints_says_so(running, through):
    service = {"metadata": {"name": "none"}, "spec": {"ports": [{"port": 80}]}}
    await ask(running, "POST", SERVICES, service)
    code, body = await ask(running, "GET", f"{SERVICES}/none:80/proxy/")
    assert (code, body["reason"]) == (503, "ServiceUnavailable")
    assert body["message"] == 'no endpoints available for service "none:80"'
    code, body = await ask(running, "GET", f"{SERVICES}/nobody/proxy/")
    assert (code, body["message"]) == (404, 'services "nobody" not found')


async def test_nobody_listens(running, through):
    code, body = await ask(running, "GET", f"{PODS}/web:1/proxy/")
    assert code == 503
    assert body["message"] == (
        "error trying to reach service: dial tcp 127.0.0.1:1: connect: connection refused"
    )


async def test_an_upgrade_is_handed_on(running, through):
    headers = {"upgrade": "websocket", "connection": "Upgrade", "authorization": "Bearer x"}
    path = f"{PODS}/https:web:443/proxy/ws"
    request = Request(method="GET", path=path, headers=headers, user=ADMIN)
    answer = await running.handle(request)
    assert isinstance(answer, Upgrade)
    assert answer.url == "https://127.0.0.1:443/ws"
    assert dict(answer.headers)["upgrade"] == "websocket"
    assert "authorization" not in dict(answer.headers)
    assert answer.tls is not None


async def test_a_node_without_a_port_is_its_kubelet():
    asked = []

    class Kubelet:
        async def handle(self, request):
            asked.append(request.path)
            return Response(body=b"ok", content_type="text/plain")

    made = server(nodes={"n": Kubelet()})
    await made.start()
    await ask(made, "POST", "/api/v1/nodes", {"metadata": {"name": "n"}})
    assert await ask(made, "GET", "/api/v1/nodes/n/proxy/stats/summary") == (200, "ok")
    assert asked == ["/stats/summary"]
    code, _ = await ask(made, "GET", "/api/v1/nodes/other/proxy/pods")
    assert code == 404
    await ask(made, "POST", "/api/v1/nodes", {"metadata": {"name": "other"}})
    code, body = await ask(made, "GET", "/api/v1/nodes/other/proxy/pods")
    assert (code, body["reason"]) == (503, "ServiceUnavailable")


async def test_the_client_may_leave(through):
    async with asyncio.timeout(5):
        answer = await through.get(f"{PODS}/web:{through.port}/proxy/x")
        answer.close()
