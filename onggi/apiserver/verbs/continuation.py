"""Where the next page of a list starts: the token that a client hands back.

A token carries the revision of its list, so that all pages show one moment. Where that moment's
history is gone, the refusal brings a token of revision -1: the rest of the list, as it is now.
Source: ``k8s.io/apiserver/pkg/storage/continue.go``, ``etcd3/errors.go``.
"""

import base64
import binascii
import posixpath
from typing import NamedTuple

import msgspec

from onggi.api.errors import BadRequest, Expired
from onggi.store.store import Record, encode

FORMAT = "meta.k8s.io/v1"
LATEST = -1
WRONG = "invalid continue token: continue key is not valid"
TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can "
    "start a new list without the continue parameter, or use the continue token in this response "
    "to retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)


class Token(msgspec.Struct):
    v: str = ""
    rv: int = 0
    start: str = ""


class Place(NamedTuple):
    """``after`` is a (namespace, name); ``revision`` is LATEST for whatever is there now."""

    revision: int
    after: tuple[str, str]


def token(at: int, last: Record) -> str:
    """The page after ``last``. Opaque to clients; the shape is upstream's."""
    return packed(at, (last.key.namespace, last.key.name))


def packed(at: int, after: tuple[str, str]) -> str:
    data = encode({"v": FORMAT, "rv": at, "start": "/".join(after)})
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def place(text: str) -> Place:
    """What ``token`` put into it. Raises BadRequest."""
    try:
        data = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
        found = msgspec.json.decode(data, type=Token)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"{WRONG}: {error}") from None
    if found.v != FORMAT:
        raise BadRequest(f"{WRONG}: server does not recognize this encoded version {found.v}")
    if found.rv == 0:
        raise BadRequest(f"{WRONG}: incorrect encoded start resourceVersion (version {FORMAT})")
    if not found.start:
        raise BadRequest(f"{WRONG}: encoded start key empty (version {FORMAT})")
    key = "/" + found.start.removeprefix("/")
    if posixpath.normpath(key) != key:
        raise BadRequest(f"{WRONG}: {found.start}")
    namespace, _, name = found.start.partition("/")
    return Place(found.rv, (namespace, name))


def too_old(at: Place) -> Expired:
    """The moment of the list is gone; the token in the refusal leads to the rest of it."""
    return Expired(TOO_OLD, packed(LATEST, at.after))
