"""Seam 5: a request to the API and the three shapes of its answer, without HTTP.

``apiserver/server.py`` binds these to a socket; ``client/inprocess.py`` fills them in
by hand. The node agent answers logs, exec, attach and port-forward in the same terms.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from onggi.api.objects import Object, View


@dataclass(frozen=True, slots=True)
class User:
    """Who asks (``authentication.k8s.io`` UserInfo)."""

    name: str
    groups: tuple[str, ...] = ()
    uid: str = ""
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def info(self) -> Object:
        """As an object, without what is empty: in reviews, to webhooks, in the audit log."""
        extra = {key: list(values) for key, values in self.extra.items()}
        whole = {"username": self.name, "uid": self.uid, "groups": list(self.groups)}
        return {key: value for key, value in {**whole, "extra": extra}.items() if value}


@dataclass(slots=True, kw_only=True)
class Request:
    """``body`` is bytes from a socket, or an object from a caller in the same process.

    ``headers`` has lower-case names. ``query`` keeps every value of a repeated key.
    ``user`` is set where the caller is known already: a client certificate, or in process.
    ``objects`` is how a caller in process asks for decoded objects in place of bytes: in
    ``Response.body``, and in ``Stream.objects``. They are shared, so not to be written to.
    ``echo`` are headers that every answer to this request carries, refusals too.
    """

    method: str
    path: str
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | View = b""
    user: User | None = None
    peer: str = ""
    objects: bool = False
    echo: Mapping[str, str] = field(default_factory=dict)

    def argument(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def flag(self, name: str) -> bool:
        """Whatever is given means true, but ``false`` and ``0``: so upstream reads queries."""
        values = self.query.get(name)
        return values[0].lower() not in ("false", "0") if values else False


@dataclass(slots=True, kw_only=True)
class Response:
    """A whole answer. A caller in process gets the object; a socket gets ``encoded()``."""

    status: int = 200
    body: bytes | Object | View = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Stream:
    """An answer that goes on: a watch, a log. ``frames`` is closed when the client goes away.

    A watch that was asked for ``objects`` yields batches of (event type, object) there.
    """

    frames: AsyncIterator[bytes]
    objects: AsyncIterator[Sequence[tuple[str, View]]] | None = None
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Upgrade:
    """Hand the client's connection, raw, to the server at ``url`` (exec, attach, port-forward).

    The request's own upgrade headers travel along, or ``headers`` in place of them; the far
    side's answer travels back. ``tls`` is an ``ssl.SSLContext`` where the far side speaks TLS,
    under the name ``server_name``.
    """

    url: str
    headers: Sequence[tuple[str, str]] = ()
    tls: Any = None
    server_name: str = ""


Answer = Response | Stream | Upgrade


class Handler(Protocol):
    async def handle(self, request: Request) -> Answer:
        """Answer one request; a refusal is raised as ``onggi.api.errors.StatusError``."""
