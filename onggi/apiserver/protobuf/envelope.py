"""What is around a message: four letters, and a ``runtime.Unknown`` that says what it is."""

from collections.abc import Sequence

from google.protobuf.message import DecodeError

from onggi.api.errors import BadRequest
from onggi.api.objects import Object
from onggi.api.schema import Struct
from onggi.apiserver import schemas
from onggi.apiserver.protobuf.answers import MAGIC
from onggi.apiserver.protobuf.decode import Reader, only
from onggi.apiserver.protobuf.definitions import definition
from onggi.apiserver.protobuf.numbers import PREFIX, messages

NO_PREFIX = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"


def decode(body: bytes) -> tuple[Object, Sequence[str]]:
    """The object with its ``apiVersion`` and ``kind``, and what was not understood of it."""
    if not body.startswith(MAGIC):
        raise BadRequest(NO_PREFIX)
    reader = Reader()
    try:
        parts = only(body[len(MAGIC) :])
        head = {n: text.decode() for n, text in only(parts.get(1, b"")).items()}
        version, kind = head.get(1, ""), head.get(2, "")
        obj = reader.message(struct(version, kind), parts.get(2, b""))
    except (DecodeError, AttributeError, OverflowError, TypeError, ValueError) as error:
        raise BadRequest(f"the protobuf message cannot be read: {error}") from None
    return {"apiVersion": version, "kind": kind, **obj}, reader.unknown


def struct(version: str, kind: str) -> Struct:
    """The schema of ``apps/v1``, ``Deployment``."""
    name = definition(version, kind)
    found = schemas.load(name) if name.removeprefix(PREFIX) in messages() else None
    if not isinstance(found, Struct):
        raise BadRequest(f'no kind "{kind}" is registered for version "{version}"')
    return found
