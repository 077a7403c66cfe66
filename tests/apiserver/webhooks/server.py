"""A real HTTPS server that plays a webhook, with certificates of an authority of its own."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from onggi.apiserver.authn.pki import Pki, Wanted

NOW = datetime.now(UTC)  # noqa: TID251
NAMES = ("localhost", "127.0.0.1", "hook.tests.svc")

Answer = Callable[[Any], Any]  # the request of a review → its response


def authority(directory: Path) -> Pki:
    pki = Pki(directory, [Wanted("hook", "hook", hosts=NAMES, client=False)])
    pki.renew(NOW)
    return pki


class Hook:
    """``answer`` may be replaced at any time; ``seen`` are the requests so far."""

    def __init__(self, pki: Pki, port: int) -> None:
        self.trust = b64encode(pki.trust.read_bytes()).decode()
        self.port = port
        self.seen: list[Any] = []
        self.connections = 0
        self.answer: Answer = lambda request: {"allowed": True}

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/check"

    @property
    def client(self) -> Any:
        return {"url": self.url, "caBundle": self.trust}


@asynccontextmanager
async def hook(pki: Pki, respond: Any = None) -> AsyncIterator[Hook]:
    """``respond`` answers in place of a well-behaved webhook: takes the HTTP request."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pki.path("hook"))

    async def behaved(http: web.Request) -> web.StreamResponse:
        review = msgspec.json.decode(await http.read())
        made.seen.append(review["request"])
        response = made.answer(review["request"])
        if asyncio.iscoroutine(response):
            response = await response
        response = {"uid": review["request"]["uid"], **response}
        body = {"kind": review["kind"], "apiVersion": review["apiVersion"], "response": response}
        return web.json_response(body)

    app = web.Application()
    app.router.add_post("/{path:.*}", respond or behaved)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    made = Hook(pki, runner.addresses[0][1])
    try:
        yield made
    finally:
        await runner.cleanup()


def patch(*operations: Any) -> Any:
    """An allowing response with a JSON patch."""
    text = b64encode(msgspec.json.encode(operations)).decode()
    return {"allowed": True, "patch": text, "patchType": "JSONPatch"}


def configuration(name: str, *clients: Any, **fields: Any) -> Any:
    """With one webhook for each client; about config maps unless ``fields`` say otherwise."""
    rule = {
        "operations": ["*"],
        "apiGroups": [""],
        "apiVersions": ["v1"],
        "resources": ["configmaps"],
    }
    return {
        "metadata": {"name": name},
        "webhooks": [
            {
                "name": f"h{index}.{name}.example.com",
                "clientConfig": client,
                "rules": [rule],
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
                **fields,
            }
            for index, client in enumerate(clients)
        ],
    }
