"""``/openapi`` with what extension servers say of themselves: asked for when somebody asks us.

Of v3 each group version has a document of its own, which is handed on, or made from v2 where that
is all they speak; of v2 there is one for all, into which theirs are merged. Whoever does not
answer is left out.
Source: ``k8s.io/kube-aggregator/pkg/controllers/{openapi,openapiv3}``.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from onggi.api.errors import NoSuchPath, StatusError
from onggi.api.http import Answer, Request, Response, User
from onggi.api.objects import Object, View
from onggi.apiserver.admission import Lookup
from onggi.apiserver.aggregation import as_v3, swagger
from onggi.apiserver.aggregation.proxy import Proxy
from onggi.apiserver.aggregation.services import Remote, Services
from onggi.apiserver.openapi_v2_protobuf import MEDIA, encode
from onggi.apiserver.webhooks.where import addresses

AGGREGATOR = User("system:aggregator", ("system:masters",))
FRESH = 60.0  # seconds until a document is fetched anew
V2, V3 = "/openapi/v2", "/openapi/v3"

Page = Callable[[Request, User], Awaitable[Answer]]


@dataclass
class Extended:
    """A page for ``/openapi``: ``ours``, and theirs."""

    ours: Page
    services: Services
    proxy: Proxy
    lookup: Lookup

    def __post_init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, View | None]] = {}

    async def __call__(self, request: Request, user: User) -> Answer:
        remotes = self.services.remotes
        if not remotes:
            return await self.ours(request, user)
        path = request.path.rstrip("/")
        if path == V3:
            return await self._index(await self.ours(request, user))
        if path == V2:
            return await self._swagger(request, user)
        for remote in remotes.values():
            if path == V3 + remote.path:
                return await self._document(remote, request)
        return await self.ours(request, user)

    async def _document(self, remote: Remote, request: Request) -> Answer:
        """Theirs; where they speak only v2, one made from that."""
        if await self._fetched(remote, V3):
            return await self.proxy.forward(remote, request, AGGREGATOR, False)
        if not (made := as_v3.document(await self._fetched(remote, V2) or {}, remote.path)):
            raise NoSuchPath
        return Response(body=made)

    async def _all(self, path: str) -> Mapping[Remote, View]:
        """What every server that is well answers."""
        well = [remote for remote in self.services.remotes.values() if remote.available]
        async with asyncio.TaskGroup() as tasks:
            asked = {r: tasks.create_task(self._fetched(r, path)) for r in well}
        found = {remote: task.result() for remote, task in asked.items()}
        return {remote: document for remote, document in found.items() if document}

    async def _fetched(self, remote: Remote, path: str) -> View | None:
        now = asyncio.get_running_loop().time()
        since, document = self._kept.get((remote.name, path), (now - FRESH, None))
        if now - since >= FRESH:
            document = await self._fetch(remote, path)
            self._kept[remote.name, path] = now, document
        return document

    async def _fetch(self, remote: Remote, path: str) -> View | None:
        import aiohttp

        try:
            address = addresses(self.lookup, remote.where)[0]
            status, body = await self.proxy.get(remote, address, path, AGGREGATOR)
            document = msgspec.json.decode(body) if status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, StatusError):
            return None
        return document if isinstance(document, dict) else None

    async def _index(self, answer: Answer) -> Answer:
        if not isinstance(answer, Response) or not isinstance(answer.body, bytes):
            return answer
        index = msgspec.json.decode(answer.body)
        theirs = await self._all(V3)
        for remote, document in theirs.items():
            name = remote.path.removeprefix("/")
            where = swagger.mapping(document, "paths").get(name)
            if isinstance(where, dict):
                index["paths"][name] = where
        for remote, document in (await self._all(V2)).items():
            if remote not in theirs and as_v3.document(document, remote.path):
                tag = hashlib.sha256(msgspec.json.encode(document)).hexdigest()[:32].upper()
                where = f"{V3}{remote.path}?hash={tag}"
                index["paths"][remote.path.removeprefix("/")] = {"serverRelativeURL": where}
        index["paths"] = dict(sorted(index["paths"].items()))
        return replace(answer, body=msgspec.json.encode(index))

    async def _swagger(self, request: Request, user: User) -> Answer:
        """In the form that was asked for; the tag is that of all parts together."""
        theirs = await self._all(V2)
        plain = replace(request, headers={**request.headers, "accept": "application/json"})
        plain.headers = {k: v for k, v in plain.headers.items() if k != "if-none-match"}
        answer = await self.ours(plain, user)
        if not isinstance(answer, Response) or not isinstance(answer.body, bytes):
            return answer
        body, tag = await asyncio.to_thread(with_theirs, answer.body, theirs)
        form = "-PROTOBUF" if "protobuf" in request.headers.get("accept", "") else ""
        headers = {**answer.headers, "ETag": f'"{tag}{form}"'}
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status=304, headers=headers)
        if not form:
            return replace(answer, body=body, headers=headers)
        packed = await asyncio.to_thread(lambda: encode(msgspec.json.decode(body)))
        return replace(answer, body=packed, content_type=MEDIA, headers=headers)


def with_theirs(ours: bytes, theirs: Mapping[Remote, View]) -> tuple[bytes, str]:
    """The whole document and a tag for it."""
    document: Any = msgspec.json.decode(ours)
    for remote, found in sorted(theirs.items(), key=lambda item: item[0].name):
        document = swagger.merged(document, found, remote.path)
    text = msgspec.json.encode(ordered(document))
    return text, hashlib.sha256(text).hexdigest()[:32].upper()


def ordered(document: Object) -> Object:
    sorted_parts = {f: dict(sorted(document[f].items())) for f in ("paths", "definitions")}
    return {**document, **sorted_parts}
