"""``list``: what is there, at one revision, whole or page by page.

The pages of one list show one moment: the token of the next page carries its revision.
Semantics of resourceVersion: https://kubernetes.io/docs/reference/using-api/api-concepts/
"""

from collections.abc import Sequence
from typing import NamedTuple

from onggi.api.errors import BadRequest, Expired, Timeout
from onggi.api.http import Response
from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.apiserver import respond, tables
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.negotiate import PROTOBUF
from onggi.apiserver.options import EXACT, ListOptions, list_options, revision
from onggi.apiserver.selection import Selection, selection
from onggi.apiserver.verbs.continuation import Place, place, token, too_old
from onggi.store.store import Compacted, Record, encode

VERSION_TOO_OLD = "The resourceVersion for the provided list is too old."


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
    found = _placed(backend, options)
    at, after = max(found.revision, 0), found.after if options.token else None
    try:
        records = backend.store.list(call.resource, call.namespace, at=at, after=after)
    except Compacted:
        raise too_old(found) if options.token else Expired(VERSION_TOO_OLD) from None
    shown = at or backend.store.revision
    records = matching(records, chosen)
    if not 0 < options.limit < len(records):
        return Page(records, shown)
    page = records[: options.limit]
    remaining = None if chosen else len(records) - options.limit
    return Page(page, shown, token(shown, page[-1]), remaining)


def _placed(backend: Backend, options: ListOptions) -> Place:
    """Which revision (0: now), and after which (namespace, name)."""
    if options.token:
        found = place(options.token)
        if options.version not in ("", "0"):
            raise BadRequest("specifying resource version is not allowed when using continue")
        wait_for(backend, found.revision)
        return found
    asked = revision(options.version)
    wait_for(backend, asked)
    legacy = options.limit > 0 and not options.match  # a limit without a match is exact
    exact = asked and (options.match == EXACT or legacy)
    return Place(asked if exact else 0, ("", ""))


def wait_for(backend: Backend, asked: int) -> None:
    """Refuse a version that is still to come: no one else's writes are on their way."""
    if asked > backend.store.revision:
        raise too_large(asked, backend.store.revision)


def too_large(asked: int, present: int) -> Timeout:
    return Timeout(
        f"Timeout: Too large resource version: {asked}, current: {present}",
        {
            "causes": [
                {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
            ],
            "retryAfterSeconds": 1,
        },
    )


def matching(records: Sequence[Record], chosen: Selection | None) -> Sequence[Record]:
    return records if chosen is None else [r for r in records if chosen.matches(r)]


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
    tables.check_form(call.kind, call.wanted, listed=True)
    found = tables.transform(call.kind, objects, call.wanted, include, backend.clock())
    return found | {"metadata": _list(call, page)["metadata"]}
