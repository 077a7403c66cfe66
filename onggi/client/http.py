"""The cluster at the other end of a wire: Onggi elsewhere, or any Kubernetes.

    async with Http(kubeconfig.load(path)) as cluster:
        await cluster.list(POD)

A refusal is raised as the StatusError that its ``Status`` stands for; a server that cannot be
reached as ServiceUnavailable. A watch ends when the connection does: whoever follows a kind
(``onggi.controller.cache``) takes it up where it was.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from onggi import __version__
from onggi.api.errors import ServiceUnavailable, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.client.cluster import MERGE, Event, Listing, Selection
from onggi.client.inprocess import path, path_of, query
from onggi.client.kubeconfig import Endpoint

JSON = "application/json"
PAGE = 500  # objects of a list in one answer
WATCH_SECONDS = 300  # after which a server is asked to end a watch …
SILENCE = 330.0  # … so a connection silent for longer is dead
ANSWER = 60.0  # seconds for anything but a watch
EVERYWHERE = Selection()

Query = Mapping[str, list[str]]


class Http:
    """``onggi.client.cluster.Cluster`` over HTTP(S)."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self._endpoint.tls() or False, limit=0)
        agent = {"User-Agent": f"onggi/{__version__}", "Accept": JSON}
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={**agent, **self._endpoint.headers},
            timeout=aiohttp.ClientTimeout(total=ANSWER),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends every watch."""
        if self._session:
            await self._session.close()

    async def get(self, kind: Kind, namespace: str, name: str) -> View:
        return await self._ask("GET", path(kind, namespace, name))

    async def list(self, kind: Kind, selection: Selection = EVERYWHERE) -> Listing:
        items: list[View] = []
        asked = query(selection) | {"limit": [str(PAGE)]}
        while True:
            page = await self._ask("GET", path(kind, selection.namespace), asked)
            items += (named(kind, item) for item in page.get("items") or ())
            meta = page["metadata"]
            if not meta.get("continue"):
                return Listing(items, meta["resourceVersion"])
            asked["continue"] = [meta["continue"]]

    async def watch(
        self, kind: Kind, selection: Selection = EVERYWHERE, *, since: str = ""
    ) -> AsyncIterator[Event]:
        asked = query(selection) | {
            "watch": ["true"],
            "allowWatchBookmarks": ["true"],
            "timeoutSeconds": [str(WATCH_SECONDS)],
        }
        if since:
            asked["resourceVersion"] = [since]
        patience = aiohttp.ClientTimeout(total=None, sock_read=SILENCE)
        where = path(kind, selection.namespace)
        async with self._answer("GET", where, params=asked, timeout=patience) as response:
            async for line in lines(response):
                event = msgspec.json.decode(line)
                if event["type"] == "ERROR":
                    raise StatusError.of(event["object"])
                yield Event(event["type"], named(kind, event["object"]))

    async def create(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        meta = obj.get("metadata") or {}
        name = meta.get("name", "") if subresource else ""
        where = path(kind, meta.get("namespace", ""), name, subresource)
        return await self._ask("POST", where, body=obj if subresource else named(kind, obj))

    async def update(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        return await self._ask("PUT", path_of(kind, obj, subresource), body=named(kind, obj))

    async def patch(
        self, kind: Kind, target: View, patch: Any, *, type: str = MERGE, subresource: str = ""
    ) -> View:
        where = path_of(kind, target, subresource)
        return await self._ask("PATCH", where, body=patch, content_type=type)

    async def delete(
        self, kind: Kind, target: View, options: Mapping[str, Any] | None = None
    ) -> View:
        return await self._ask("DELETE", path_of(kind, target, ""), body=options)

    async def _ask(
        self,
        method: str,
        where: str,
        asked: Query | None = None,
        *,
        body: Any = None,
        content_type: str = JSON,
    ) -> View:
        data = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"Content-Type": content_type}
        async with self._answer(
            method, where, params=asked or {}, data=data, headers=headers
        ) as response:
            return msgspec.json.decode(await response.read())

    @asynccontextmanager
    async def _answer(
        self, method: str, where: str, *, params: Query, **more: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The response to a request, if it is a good one."""
        if self._session is None:
            raise RuntimeError("use `async with Http(…)`")
        pairs = [(name, value) for name, values in params.items() for value in values]
        if self._endpoint.server_name:
            more["server_hostname"] = self._endpoint.server_name
        try:
            async with self._session.request(
                method, self._endpoint.server + where, params=pairs, **more
            ) as response:
                if response.status >= 400:
                    raise refusal(response.status, await response.read())
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            says = str(error) or type(error).__name__
            raise ServiceUnavailable(f"{self._endpoint.server}: {says}") from error


def refusal(code: int, body: bytes) -> StatusError:
    """What a server said, be it a Status or a proxy's page."""
    try:
        status = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return StatusError(body[:500].decode(errors="replace").strip(), code=code, reason="")
    if isinstance(status, dict) and status.get("kind") == "Status":
        return StatusError.of({"code": code, **status})
    return StatusError(str(status)[:500], code=code, reason="")


def named(kind: Kind, obj: View) -> Object:
    """With the kind's name, which items of a list lack."""
    return {"apiVersion": kind.api_version, "kind": kind.name, **obj}


async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """Of a stream; a line may be as long as an object (aiohttp's own reader has a limit)."""
    rest = b""
    async for chunk in response.content.iter_any():
        whole, rest = split(rest + chunk)
        for line in whole:
            yield line


def split(data: bytes) -> tuple[Iterator[bytes], bytes]:
    """The whole lines, and what is left of the last."""
    *whole, rest = data.split(b"\n")
    return (line for line in whole if line.strip()), rest
