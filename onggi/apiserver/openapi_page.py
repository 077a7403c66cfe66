"""Answers ``/openapi/…``: content types, entity tags and hashes in URLs, as upstream.

    page = openapi_page(openapi)        for the paths /openapi/v2, /openapi/v3 and /openapi/v3/

A URL with the hash of what it names may be cached for ever; one with an old hash is sent to
the new one. Of v2 there is the protobuf form, too, which kubectl wants; of v3 there is not: 406.

Source: ``k8s.io/kube-openapi/pkg/handler3`` (HandleGroupVersion), ``pkg/handler``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from onggi.api.errors import NoSuchPath
from onggi.api.http import Request, Response, User
from onggi.apiserver.negotiate import TEXTS, accepted, clauses
from onggi.apiserver.openapi import OpenAPI
from onggi.apiserver.openapi_v2_protobuf import ASKED_FOR, MEDIA

FOR_EVER = {
    "Cache-Control": "public, immutable",
    "Expires": "Thu, 31 Dec 2099 23:59:59 GMT",
}


def openapi_page(openapi: OpenAPI) -> Callable[[Request, User], Awaitable[Response]]:
    async def page(request: Request, user: User) -> Response:
        path = request.path.removeprefix("/openapi/").rstrip("/")
        if path == "v2" and wants_protobuf(request.headers.get("accept", "")):
            answer = await document(openapi, request, path, openapi.v2_protobuf, "-PROTOBUF")
            return replace(answer, content_type=MEDIA)
        accepted(request.headers.get("accept", ""), spoken=TEXTS)
        if path == "v2":
            return await document(openapi, request, path, openapi.v2)
        if path == "v3":
            return Response(body=openapi.v3_index(), headers={"Vary": "Accept"})
        version, _, named = path.partition("/")
        if version != "v3" or named not in openapi.v3_paths():
            raise NoSuchPath
        if (given := request.argument("hash")) and given != openapi.etag(named):
            location = f"/openapi/v3/{named}?hash={openapi.etag(named)}"
            return Response(status=301, headers={"Location": location})
        return await document(openapi, request, named, lambda: openapi.v3(named))

    return page


def wants_protobuf(accept: str) -> bool:
    """Whether that is what the client likes best."""
    wanted = clauses(accept)
    return bool(wanted) and wanted[0][0] in ASKED_FOR


async def document(
    openapi: OpenAPI,
    request: Request,
    path: str,
    make: Callable[[], bytes | None],
    form: str = "",
) -> Response:
    """The document, or that the client has it already. Each ``form`` has a tag of its own."""
    tag = f'"{openapi.etag(path)}{form}"'
    headers = {"ETag": tag, "Vary": "Accept"}
    if request.argument("hash"):
        headers |= FOR_EVER
    if tag in request.headers.get("if-none-match", ""):
        return Response(status=304, headers=headers)
    body = await asyncio.to_thread(make)
    if body is None:
        raise NoSuchPath
    return Response(body=body, headers=headers)
