"""Objects as whole protobuf answers: four letters and an envelope around the message.

    encode(obj) -> bytes, or None for a kind that has no message
    frame("ADDED", enclosed) -> one event of a watch

Source: ``k8s.io/apimachinery/pkg/runtime/serializer/protobuf``, ``pkg/util/framer``.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from onggi.api.objects import View
from onggi.apiserver.protobuf import encode as encoder
from onggi.apiserver.protobuf.definitions import definition
from onggi.apiserver.protobuf.numbers import PREFIX, messages
from onggi.apiserver.protobuf.varint import BYTES, field, tag, varint

MAGIC = b"k8s\x00"
META = "apimachinery.pkg.apis.meta.v1"

Write = Callable[[View], bytes]


def encode(obj: View) -> bytes | None:
    """An object with its envelope; None for one of a kind that has no message."""
    version, kind = obj.get("apiVersion", ""), obj.get("kind", "")
    write = writer(version, kind)
    return enclosed(version, kind, write(obj)) if write else None


@cache
def writer(version: str, kind: str) -> Write | None:
    """What writes the message of an object of ``apps/v1``, ``Deployment``."""
    if version.startswith("meta.k8s.io/") and kind in UNPUBLISHED:
        return UNPUBLISHED[kind]
    name = definition(version, kind).removeprefix(PREFIX)
    return encoder.message(name).encode if name in messages() else None


def enclosed(version: str, kind: str, *parts: bytes) -> bytes:
    """The envelope around a message, which may come in parts: a list's are copied once."""
    size = sum(map(len, parts))
    return b"".join([opening(version, kind), varint(size), *parts])


@lru_cache(maxsize=1024)
def opening(version: str, kind: str) -> bytes:
    head = field(1, version.encode()) + field(2, kind.encode())
    return MAGIC + field(1, head) + tag(2, BYTES)


def frame(type_: str, enclosed_object: bytes) -> bytes:
    """A WatchEvent, which holds its object as raw bytes; before it its length."""
    event = field(1, type_.encode()) + field(2, field(1, enclosed_object))
    return len(event).to_bytes(4) + event


def partial(obj: View) -> bytes:
    return field(1, encoder.message(f"{META}.ObjectMeta").encode(obj["metadata"]))


def partial_list(obj: View) -> bytes:
    head = field(1, encoder.message(f"{META}.ListMeta").encode(obj["metadata"]))
    return head + b"".join([field(2, partial(item)) for item in obj["items"]])


UNPUBLISHED: Mapping[str, Write] = {  # kinds that OpenAPI does not name
    "PartialObjectMetadata": partial,
    "PartialObjectMetadataList": partial_list,
}
