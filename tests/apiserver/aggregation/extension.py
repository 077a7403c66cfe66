"""A small extension API server: a group of its own with one kind, behind HTTPS."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from onggi.apiserver.authn.pki import Pki, Wanted
from tests.apiserver.webhooks.server import NOW

GROUP, VERSION = "wardle.example.com", "v1alpha1"
BASE = f"/apis/{GROUP}/{VERSION}"
NAME = f"{VERSION}.{GROUP}"
FLUNDERS = {
    "name": "flunders",
    "singularName": "flunder",
    "namespaced": True,
    "kind": "Flunder",
    "shortNames": ["fl"],
    "verbs": ["create", "get", "list", "watch"],
}
STATUS = {"name": "flunders/status", "singularName": "", "namespaced": True, "kind": "Flunder"}
RESOURCES = {
    "kind": "APIResourceList",
    "apiVersion": "v1",
    "groupVersion": f"{GROUP}/{VERSION}",
    "resources": [FLUNDERS, {**STATUS, "verbs": ["get"]}],
}


def authority(directory: Any) -> Pki:
    server = Wanted("server", "api", hosts=("api.wardle.svc", "localhost"), client=False)
    pki = Pki(directory, [server, Wanted("client", "front-proxy-client")])
    pki.renew(NOW)
    return pki


class Extension:
    """``seen`` are the requests: method, path with query, headers, who shows which name."""

    def __init__(self, pki: Pki) -> None:
        self.trust = b64encode(pki.trust.read_bytes()).decode()
        self.port = 0
        self.seen: list[Any] = []
        self.healthy = True
        self.objects: dict[str, Any] = {}
        self.changed = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        certificate = request.transport.get_extra_info("peercert") if request.transport else None
        self.seen.append((request.method, request.path_qs, request.headers, certificate))
        if not self.healthy:
            return web.Response(status=500, text="ill")
        if request.path == BASE:
            return web.json_response(RESOURCES)
        if request.path.startswith("/openapi/"):
            return self.openapi(request)
        if request.headers.get("Upgrade"):
            return await self.echo(request)
        if request.query.get("watch"):
            return await self.watch(request)
        return await self.rest(request)

    async def rest(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        if request.method == "POST":
            made = msgspec.json.decode(await request.read())
            self.objects[made["metadata"]["name"]] = made
            self.changed.set()
            return web.json_response(made, status=201, headers={"Warning": '299 - "hm"'})
        if name == "flunders":
            items = list(self.objects.values())
            return web.json_response({"kind": "FlunderList", "metadata": {}, "items": items})
        if name in self.objects:
            return web.json_response(self.objects[name])
        body = {"kind": "Status", "code": 404, "reason": "NotFound", "message": f"no {name}"}
        return web.json_response(body, status=404)

    async def watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        sent: set[str] = set()
        while True:
            self.changed.clear()
            for name in sorted(set(self.objects) - sent):
                sent.add(name)
                event = {"type": "ADDED", "object": self.objects[name]}
                await response.write(msgspec.json.encode(event) + b"\n")
            await self.changed.wait()

    async def echo(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(f"{message.data} to {request.headers['X-Remote-User']}")
        return socket

    def openapi(self, request: web.Request) -> web.StreamResponse:
        path = BASE.removeprefix("/")
        if request.path == "/openapi/v3":
            where = {path: {"serverRelativeURL": f"/openapi/v3/{path}?hash=ABC"}}
            return web.json_response({"paths": where})
        if request.path == "/openapi/v2":
            reference = {"$ref": "#/definitions/com.example.Flunder"}
            answer = {"responses": {"200": {"schema": reference}}}
            return web.json_response(
                {
                    "swagger": "2.0",
                    "info": {"title": "wardle"},
                    "paths": {f"{BASE}/flunders/": {"get": answer}, "/other/": {"get": answer}},
                    "definitions": {"com.example.Flunder": {"type": "object"}},
                }
            )
        return web.json_response({"openapi": "3.0.0", "info": {"title": "wardle"}, "paths": {}})


@asynccontextmanager
async def extension(pki: Pki) -> AsyncIterator[Extension]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pki.path("server"))
    tls.load_verify_locations(pki.trust)
    tls.verify_mode = ssl.CERT_OPTIONAL
    made = Extension(pki)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    made.port = runner.addresses[0][1]
    try:
        yield made
    finally:
        await runner.cleanup()


def api_service(extension: Extension, **spec: Any) -> Any:
    return {
        "metadata": {"name": NAME},
        "spec": {
            "group": GROUP,
            "version": VERSION,
            "groupPriorityMinimum": 2000,
            "versionPriority": 200,
            "service": {"namespace": "wardle", "name": "api"},
            "caBundle": extension.trust,
            **spec,
        },
    }
