"""A watch or a log over a WebSocket, for browsers: they can read no other endless answer.

Events of a watch are messages of text; a log is binary, or base64 where the client asks for that.
What the client sends is read for its end only. Sources: ``k8s.io/apiserver/pkg/util/wsstream``
(stream.go), ``pkg/endpoints/handlers/watch.go`` (HandleWS).
"""

from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from onggi.api.errors import BadRequest
from onggi.api.http import Request, Stream
from onggi.apiserver.http1 import Connection
from onggi.apiserver.wire import kept_up

if TYPE_CHECKING:
    from wsproto.connection import Connection as Wire
    from wsproto.events import Event

BINARY, BASE64 = "binary.k8s.io", "base64.binary.k8s.io"
JSON = "application/json"


def is_wanted(request: Request) -> bool:
    headers = request.headers
    return (
        headers.get("upgrade", "").lower() == "websocket"
        and "upgrade" in headers.get("connection", "").lower()
    )


def protocol(request: Request) -> str:
    """The first subprotocol that is spoken here; empty for none. Raises BadRequest."""
    offered = [p.strip() for p in request.headers.get("sec-websocket-protocol", "").split(",")]
    known = [p for p in offered if p in (BINARY, BASE64)]
    if not known and any(offered):
        raise BadRequest(f"none of the subprotocols is known: use {BINARY} or {BASE64}")
    return known[0] if known else ""


class Client:
    """Fulfils ``http1.Raw``: what comes back from the client."""

    def __init__(self, connection: Connection, wire: "Wire") -> None:
        self._connection, self._wire = connection, wire

    def feed_data(self, data: bytes) -> None:
        from wsproto.events import CloseConnection, Ping
        from wsproto.utilities import RemoteProtocolError

        try:
            self._wire.receive_data(data)
            for event in self._wire.events():
                if isinstance(event, Ping | CloseConnection):
                    self._connection.write(self._wire.send(event.response()))
                if isinstance(event, CloseConnection):
                    self._connection.close()
        except RemoteProtocolError:
            self._connection.close()

    def feed_eof(self) -> None:
        return


class Opening(NamedTuple):
    """A handshake that is right: the subprotocol, and what is written to accept it."""

    protocol: str
    head: bytes


def opening(request: Request) -> Opening:
    """Raises BadRequest."""
    wanted = protocol(request)
    return Opening(wanted, accepted(request, wanted))


async def stream(connection: Connection, opening: Opening, answer: Stream) -> None:
    """Until the stream ends or the client goes."""
    from wsproto.connection import Connection as Wire
    from wsproto.connection import ConnectionType
    from wsproto.events import CloseConnection

    wire = Wire(ConnectionType.SERVER)
    connection.write(opening.head)
    connection.hand_over(Client(connection, wire))
    async for frame in answer.frames:
        for message in messages(frame, answer.content_type, opening.protocol):
            connection.write(wire.send(message))
        if connection.is_full:
            await kept_up(connection)
    connection.write(wire.send(CloseConnection(code=1000)))


def accepted(request: Request, wanted: str) -> bytes:
    """Raises BadRequest."""
    from wsproto.utilities import generate_accept_token

    key = request.headers.get("sec-websocket-key", "")
    if not key or request.headers.get("sec-websocket-version") != "13":
        raise BadRequest("a WebSocket of version 13 with a key is expected")
    lines = [
        b"HTTP/1.1 101 Switching Protocols",
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Accept: " + generate_accept_token(key.encode("latin-1")),
    ]
    if wanted:
        lines.append(b"Sec-WebSocket-Protocol: " + wanted.encode())
    return b"\r\n".join([*lines, b"", b""])


def messages(frame: bytes, content_type: str, wanted: str) -> Iterator["Event"]:
    """A piece of the stream as messages: each event of a watch is one."""
    from wsproto.events import BytesMessage, TextMessage

    if content_type.startswith(JSON):
        for line in frame.splitlines():
            yield TextMessage(line.decode())
    elif wanted == BASE64:
        yield TextMessage(b64encode(frame).decode())
    else:
        yield BytesMessage(frame)
