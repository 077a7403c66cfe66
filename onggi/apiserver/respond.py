"""Objects as answers: the stored bytes as they are wherever that is possible."""

from collections.abc import Mapping

from onggi.api.http import Response
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver import tables
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.conversion import Unconverted
from onggi.apiserver.negotiate import AS_IS, PROTOBUF
from onggi.store.store import Record, encode

LONGEST_WARNINGS, LONGEST_WARNING = 4096, 256  # characters: all; each, where there are more
NONE: Mapping[str, str] = {}


def view(kind: Kind, record: Record) -> View:
    """The object as a client of this kind sees it: shared, not to be written to."""
    if kind.stored and differs(kind, record):
        return kind.stored.back(record.object)
    return record.object


def text(kind: Kind, record: Record) -> bytes:
    if kind.stored and differs(kind, record):
        return encode(kind.stored.back(record.object))
    return record.data


def differs(kind: Kind, record: Record) -> bool:
    """Whether a record is to be shown otherwise than it is kept."""
    stored = kind.stored
    return stored is not None and (stored.since is None or record.revision <= stored.since)


def one(backend: Backend, call: Call, record: Record, status: int = 200) -> Response:
    """One stored object in the form that the client wants."""
    try:
        return _one(backend, call, record, status)
    except Unconverted as missing:
        missing.resume = lambda: one(backend, call, record, status)
        raise


def _one(backend: Backend, call: Call, record: Record, status: int) -> Response:
    headers = warned(call) if call.warnings else NONE
    if call.request.objects:
        return Response(status=status, body=view(call.kind, record), headers=headers)
    if call.wanted.kind:
        return whole(backend, call, view(call.kind, record), status)
    if call.wanted.media == PROTOBUF:
        from onggi.apiserver.protobuf import records

        body = records.enclosed(call.kind, record)
        return Response(status=status, body=body, content_type=PROTOBUF, headers=headers)
    return Response(status=status, body=text(call.kind, record), headers=headers)


def whole(backend: Backend, call: Call, obj: View, status: int = 200) -> Response:
    """An object that is not stored, or not like this, in the form that the client wants."""
    if call.wanted is not AS_IS and call.wanted.kind:
        obj = transformed(backend, call, obj)
    return Response(status=status, body=obj, headers=warned(call))


def transformed(backend: Backend, call: Call, obj: View) -> Object:
    """As a Table or as metadata only."""
    include = call.request.argument("includeObject")
    tables.check_form(call.kind, call.wanted, listed=False)
    return tables.transform(call.kind, [obj], call.wanted, include, backend.clock())


def warned(call: Call) -> dict[str, str]:
    """Upstream's ``Warning`` headers; several in one, as RFC 7234 allows."""
    if not call.warnings:
        return {}
    texts = list(dict.fromkeys(call.warnings))
    if sum(map(len, texts)) > LONGEST_WARNINGS:
        texts = [text[:LONGEST_WARNING] for text in texts]
    shown = [f'299 - "{escaped(text)}"' for text in texts]
    return {"Warning": ", ".join(shown)}


def escaped(message: str) -> str:
    """A quoted-string of a header: printable, with quotes and backslashes escaped."""
    shown = message.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(char if char.isprintable() else " " for char in shown)
