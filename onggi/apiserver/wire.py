"""Answers as bytes of HTTP/1.1, in as few writes as possible."""

import asyncio
import zlib
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

import msgspec

from onggi.api.http import Request, Response, Stream
from onggi.api.objects import View
from onggi.apiserver.http1 import Connection
from onggi.apiserver.negotiate import JSON, PROTOBUF, YAML, is_pretty, preferred
from onggi.store.store import encode

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
START = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nDate: %b\r\n%b%b\r\n"
UNCACHED = b"Cache-Control: no-cache, private\r\n"
CLOSING = b"Connection: close\r\n"
WORTH_COMPRESSING = 128 * 1024  # bytes, as upstream
LARGE = 256 * 1024  # compressed on a thread: longer than others should wait
STALLED = 60.0  # seconds without reading, after which a watcher is dropped
PIECE = 256 * 1024  # bytes written before asking whether the client keeps up


class Clock:
    """The Date header, made once a second."""

    def __init__(self) -> None:
        self.second, self.text = -1, b""

    def date(self, now: float) -> bytes:
        if int(now) != self.second:
            self.second, self.text = int(now), formatdate(usegmt=True).encode()
        return self.text


CLOCK = Clock()


def head(status: int, content_type: str, headers: Mapping[str, str], rest: bytes) -> bytes:
    """Everything before the body; ``rest`` are complete header lines."""
    if "Cache-Control" not in headers:
        rest += UNCACHED
    lines = b"".join(
        [f"{name}: {value}\r\n".encode("latin-1", "replace") for name, value in headers.items()]
    )
    date = CLOCK.date(asyncio.get_running_loop().time())
    return START % (status, REASONS.get(status, b""), content_type.encode(), date, lines, rest)


def echoed(request: Request, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Both; most answers have no headers of their own."""
    return {**headers, **request.echo} if headers else request.echo


async def whole(connection: Connection, request: Request, answer: Response, again: bool) -> None:
    """A complete answer; ``again`` says that the connection may be used once more."""
    content_type, headers = answer.content_type, echoed(request, answer.headers)
    if isinstance(answer.body, bytes):
        body = answer.body
    else:
        body, content_type = encoded(answer.body, content_type, request)
    if content_type == JSON:
        body, content_type = presented(body, request)
    if len(body) > WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        body = await compressed(body)
        vary = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
        headers = {**headers, "Content-Encoding": "gzip", "Vary": vary}
    rest = b"Content-Length: %d\r\n" % len(body)
    if not again:
        rest += CLOSING
    start = head(answer.status, content_type, headers, rest)
    if request.method == "HEAD":
        connection.write(start)
    elif len(body) < PIECE:
        connection.write(start + body)
    else:
        connection.write(start)
        connection.write(body)
    if connection.is_full:
        await kept_up(connection)


def encoded(body: View, content_type: str, request: Request) -> tuple[bytes, str]:
    """An object in protobuf if the client likes that best and there is a message for it."""
    accept = request.headers.get("accept", "")
    if "protobuf" in accept and preferred(accept) == PROTOBUF and content_type == JSON:
        from onggi.apiserver.protobuf import answers

        if found := answers.encode(body):
            return found, PROTOBUF
    return encode(body), content_type


def presented(body: bytes, request: Request) -> tuple[bytes, str]:
    """The body and its type; for people indented, or as YAML."""
    headers = request.headers
    accept, agent = headers.get("accept", ""), headers.get("user-agent", "")
    if "yaml" in accept and preferred(accept) == YAML:
        import yaml

        text = yaml.safe_dump(msgspec.json.decode(body), sort_keys=False, allow_unicode=True)
        return text.encode(), YAML
    query = request.argument("pretty") if request.query else ""
    if body and is_pretty(query, agent, accept):
        return msgspec.json.format(body, indent=2) + b"\n", JSON
    return body, JSON


async def compressed(body: bytes) -> bytes:
    if len(body) < LARGE:
        return gzipped(body)
    return await asyncio.get_running_loop().run_in_executor(None, gzipped, body)


def gzipped(body: bytes) -> bytes:
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    return deflate.compress(body) + deflate.flush()


async def stream(connection: Connection, request: Request, answer: Stream) -> None:
    """Write frames as they come, until they end or the client is gone or too slow."""
    rest = b"Transfer-Encoding: chunked\r\n"
    headers = echoed(request, answer.headers)
    connection.write(head(answer.status, answer.content_type, headers, rest))
    if request.method == "HEAD":
        return
    try:
        async for frame in answer.frames:
            await _write(connection, frame)
    finally:
        if connection.is_open:
            connection.write(b"0\r\n\r\n")


async def _write(connection: Connection, frame: bytes) -> None:
    for start in range(0, len(frame), PIECE):
        piece = frame if len(frame) <= PIECE else frame[start : start + PIECE]
        connection.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if connection.is_full:
            await kept_up(connection)


async def kept_up(connection: Connection) -> None:
    """Wait for a slow client, but not for ever; raises ConnectionResetError."""
    try:
        async with asyncio.timeout(STALLED):
            await connection.drained()
    except TimeoutError:
        connection.abort()
        raise ConnectionResetError("the client does not read") from None
