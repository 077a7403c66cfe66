"""``list``: what is there, at one revision, whole or page by page.

The pages of one list show one moment: the token of the next page carries its revision.
Semantics of resourceVersion: https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

import base64
import binascii
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from onggi.api.errors import BadRequest, Expired, Timeout
from onggi.api.http import Response
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.apiserver import respond, tables
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.negotiate import PROTOBUF
from onggi.apiserver.options import EXACT, ListOptions, list_options, revision
from onggi.apiserver.selection import Selection, selection
from onggi.store.store import Compacted, Record, encode

TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You can start a new list without the continue parameter."
)
VERSION_TOO_OLD = "The resourceVersion for the provided list is too old."
FORMAT = "meta.k8s.io/v1"


class Page(NamedTuple):
    """``token`` is empty on the last page; ``remaining`` is None where nobody counted."""

    records: Sequence[Record]
    revision: int
    token: str = ""
    remaining: int | None = None


async def list_(backend: Backend, call: Call) -> Response:
    return await answer(backend, call, select(backend, call, list_options(call.request)))


async def answer(backend: Backend, call: Call, page: Page) -> Response:
    """A page in the form that the client wants."""
    kind = call.kind
    headers = respond.warned(call)
    if call.wanted.kind:
        return Response(body=_transformed(backend, call, page), headers=headers)
    if call.request.objects:
        items = [respond.view(kind, record) for record in page.records]
        return Response(body=_list(call, page) | {"items": items}, headers=headers)
    if call.wanted.media == PROTOBUF:
        from onggi.apiserver.protobuf import records

        body = await records.list_(kind, _list(call, page), page.records)
        return Response(body=body, content_type=PROTOBUF, headers=headers)
    return Response(body=_joined(_head(call, page), texts(kind, page.records)), headers=headers)


def texts(kind: Kind, records: Sequence[Record]) -> list[bytes]:
    if kind.stored:
        return [respond.text(kind, record) for record in records]
    return [record.data for record in records]


def _joined(head: bytes, items: list[bytes]) -> bytes:
    """A list may be megabytes: they are copied once."""
    if not items:
        return head + b"]}\n"
    items[0] = head + items[0]
    items[-1] += b"]}\n"
    return b",".join(items)


def select(backend: Backend, call: Call, options: ListOptions) -> Page:
    """The objects that the options describe."""
    chosen = selection(call, options)
    if not (options.limit or options.token or options.version):
        records = backend.store.list(call.resource, call.namespace)
        return Page(matching(records, chosen), backend.store.revision)
    return _page(backend, call, options, chosen)


def _page(backend: Backend, call: Call, options: ListOptions, chosen: Selection | None) -> Page:
    at, after, too_old = _place(backend, options)
    try:
        records = backend.store.list(call.resource, call.namespace, at=at, after=after)
    except Compacted:
        raise Expired(too_old) from None
    shown = at or backend.store.revision
    records = matching(records, chosen)
    if not 0 < options.limit < len(records):
        return Page(records, shown)
    page = records[: options.limit]
    remaining = None if chosen else len(records) - options.limit
    return Page(page, shown, token(shown, page[-1]), remaining)


def _place(backend: Backend, options: ListOptions) -> tuple[int, tuple[str, str] | None, str]:
    """Which revision (0: now), after which (namespace, name), and what to say if it is gone."""
    if options.token:
        if options.version not in ("", "0"):
            raise BadRequest("specifying resource version is not allowed when using continue")
        return *position(options.token), TOO_OLD
    asked = revision(options.version)
    wait_for(backend, asked)
    legacy = options.limit and not options.match  # a limit without a match is exact
    exact = asked and (options.match == EXACT or legacy)
    return (asked if exact else 0), None, VERSION_TOO_OLD


def wait_for(backend: Backend, asked: int) -> None:
    """Refuse a version that is still to come: no one else's writes are on their way."""
    if asked > backend.store.revision:
        raise too_large(asked, backend.store.revision)


def too_large(asked: int, present: int) -> Timeout:
    return Timeout(
        f"Too large resource version: {asked}, current: {present}",
        {
            "causes": [
                {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
            ],
            "retryAfterSeconds": 1,
        },
    )


def matching(records: Sequence[Record], chosen: Selection | None) -> Sequence[Record]:
    return records if chosen is None else [r for r in records if chosen.matches(r)]


def token(at: int, last: Record) -> str:
    """Where the next page starts. Opaque to clients; the shape is upstream's."""
    start = f"{last.key.namespace}/{last.key.name}"
    data = encode({"v": FORMAT, "rv": at, "start": start})
    return base64.urlsafe_b64encode(data).decode()


def position(text: str) -> tuple[int, tuple[str, str]]:
    """What ``token`` put into it."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = msgspec.json.decode(data, type=Token)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"continue key is not valid: {error}") from None
    namespace, _, name = found.start.partition("/")
    if found.v != FORMAT or found.rv <= 0 or not name:
        raise BadRequest("continue key is not valid: incorrect encoded start resourceVersion")
    return found.rv, (namespace, name)


class Token(msgspec.Struct):
    v: str
    rv: int
    start: str


def _list(call: Call, page: Page) -> Object:
    metadata: Object = {"resourceVersion": str(page.revision)}
    if page.token:
        metadata["continue"] = page.token
    if page.remaining:
        metadata["remainingItemCount"] = page.remaining
    return {
        "kind": call.kind.list_name,
        "apiVersion": call.kind.api_version,
        "metadata": metadata,
    }


def _head(call: Call, page: Page) -> bytes:
    return encode(_list(call, page))[:-1] + b',"items":['


def _transformed(backend: Backend, call: Call, page: Page) -> Object:
    objects = [respond.view(call.kind, record) for record in page.records]
    include = call.request.argument("includeObject")
    found = tables.transform(call.kind, objects, call.wanted, include, backend.clock())
    return found | {"metadata": _list(call, page)["metadata"]}
