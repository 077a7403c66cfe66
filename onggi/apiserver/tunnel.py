"""A client's connection handed, raw, to another HTTP server: exec, attach, port-forward.

The request goes on with its own upgrade headers; whatever the far side answers goes back.
If that is no 101, it is an ordinary answer and the connection ends with it, so that
nobody talks past us to the far side afterwards.
"""

import asyncio
from urllib.parse import urlsplit

from onggi.api.errors import ServiceUnavailable
from onggi.api.http import Upgrade
from onggi.apiserver.http1 import Connection, Message

PASSED_ON = (b"connection", b"upgrade", b"x-stream-protocol-version", b"user-agent")
PASSED_PREFIX = b"sec-websocket-"
PROTOCOL = b"sec-websocket-protocol"
TOKEN = b"base64url.bearer.authorization.k8s.io."
LONGEST_HEAD = 64 * 1024  # bytes
PATIENCE = 10  # seconds for the far side to accept and to answer
BUFFER = 256 * 1024  # bytes on their way to one side before the other is stopped
REFUSAL = 1 << 20  # bytes of a refusal that are passed on at most
HOP_BY_HOP = (b"connection", b"content-length", b"transfer-encoding", b"keep-alive")
BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def forward(answer: Upgrade, client: Connection, message: Message) -> None:
    """Until either side ends it. Raises ServiceUnavailable before anything was written."""
    url = urlsplit(answer.url)
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(
                url.hostname,
                url.port or 80,
                limit=LONGEST_HEAD,
                ssl=answer.tls,
                server_hostname=answer.server_name or None if answer.tls else None,
            )
    except (OSError, TimeoutError) as error:
        raise ServiceUnavailable(f"error dialing backend: {error}") from None
    try:
        writer.write(request_head(message, answer))
        async with asyncio.timeout(PATIENCE):
            head = await reader.readuntil(b"\r\n\r\n")
        if head.split(b" ", 2)[1] == b"101":
            await _join(client, head, reader, writer)
        else:
            await _refuse(client, head, reader)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
        if client.is_open:
            client.write(BAD_GATEWAY)
    finally:
        writer.close()


def request_head(message: Message, answer: Upgrade) -> bytes:
    """The request as the far side gets it."""
    parts = urlsplit(answer.url)
    target = parts._replace(scheme="", netloc="").geturl() or "/"
    lines = [f"{message.method} {target} HTTP/1.1".encode()]
    if answer.headers:
        lines += [f"{name}: {value}".encode("latin-1", "replace") for name, value in answer.headers]
        return b"\r\n".join([*lines, b"", b""])
    lines.append(f"Host: {parts.netloc}".encode())
    for name, value in message.headers:
        if name == PROTOCOL:
            value = without_token(value)
        if name in PASSED_ON or (value and name.startswith(PASSED_PREFIX)):
            lines.append(name + b": " + value)
    if message.method != "GET":
        lines.append(b"Content-Length: 0")
    return b"\r\n".join([*lines, b"", b""])


def without_token(protocols: bytes) -> bytes:
    """A browser's bearer token travels among the subprotocols; it is for us alone."""
    offered = [protocol.strip() for protocol in protocols.split(b",")]
    return b", ".join(p for p in offered if p and not p.startswith(TOKEN))


async def _refuse(client: Connection, head: bytes, reader: asyncio.StreamReader) -> None:
    """Pass on an answer that is no upgrade, and end the connection with it."""
    status, _, headers = head.partition(b"\r\n")
    length = content_length(headers)
    async with asyncio.timeout(PATIENCE):
        if length is None:
            body = await reader.read(REFUSAL) if b"chunked" not in headers.lower() else b""
        else:
            body = await reader.readexactly(min(length, REFUSAL))
    kept = [
        line
        for line in headers.split(b"\r\n")
        if line and line.partition(b":")[0].strip().lower() not in HOP_BY_HOP
    ]
    kept += [b"Content-Length: %d" % len(body), b"Connection: close"]
    client.write(b"\r\n".join([status, *kept, b"", b""]) + body)


def content_length(headers: bytes) -> int | None:
    for line in headers.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


class Inbound:
    """Takes the client's bytes once the connection is handed over, and passes them on."""

    def __init__(self, client: Connection, writer: asyncio.StreamWriter) -> None:
        self._client, self._writer = client.transport, writer
        self.ended = False
        self.full = asyncio.Event()

    def feed_data(self, data: bytes) -> None:
        if self._writer.is_closing():
            return
        self._writer.write(data)
        if self._writer.transport.get_write_buffer_size() > BUFFER and self._client:
            self._client.pause_reading()
            self.full.set()

    def feed_eof(self) -> None:
        self.ended = True
        self.full.set()

    async def relieve(self) -> None:
        """Let the client go on whenever the far side has taken what was waiting."""
        while not self.ended:
            await self.full.wait()
            self.full.clear()
            await self._writer.drain()
            if self._client and not self._client.is_closing():
                self._client.resume_reading()
        raise Ended


class Ended(Exception):
    """One side is gone; the other is to follow."""


async def _join(
    client: Connection, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Copy both ways until one side closes."""
    inbound = Inbound(client, writer)
    client.write(head)
    client.hand_over(inbound)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_outbound(client, reader))
            group.create_task(inbound.relieve())
    except* (Ended, OSError):
        pass


async def _outbound(client: Connection, reader: asyncio.StreamReader) -> None:
    while data := await reader.read(BUFFER):
        client.write(data)
        await client.drained()
    raise Ended
