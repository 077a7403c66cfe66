"""Answers as bytes of HTTP/1.1, written to the transport in as few writes as possible.

aiohttp's own responses build headers that this server does not need; at thousands of
requests a second that is a third of the time. These classes do what aiohttp asks of a
response: ``prepare``, ``write_eof``, ``keep_alive``.
"""

import asyncio
import zlib
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

import msgspec
from aiohttp.web import BaseRequest

from onggi.api.http import Response, Stream
from onggi.apiserver.negotiate import YAML, accepted, is_pretty
from onggi.store.store import encode

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}
START = b"HTTP/1.1 %d %b\r\nContent-Type: %b\r\nDate: %b\r\n%b%b\r\n"
UNCACHED = b"Cache-Control: no-cache, private\r\n"
WORTH_COMPRESSING = 128 * 1024  # bytes, as upstream
LARGE = 1 << 20  # compressed on a thread: longer than others should wait
STALLED = 60  # seconds without reading, after which a watcher is dropped
PIECE = 256 * 1024  # bytes written before asking whether the client keeps up


class Clock:
    """The Date header, made once a second."""

    def __init__(self) -> None:
        self.second, self.text = 0, b""

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
    return START % (
        status,
        REASONS.get(status, b""),
        content_type.encode(),
        CLOCK.date(asyncio.get_running_loop().time()),
        lines,
        rest,
    )


class Whole:
    """A complete answer."""

    def __init__(self, answer: Response, request: BaseRequest, body: bytes) -> None:
        self.keep_alive = request.keep_alive and answer.status != 413  # its body is unread
        rest = b"Content-Length: %d\r\n" % len(body)
        if not self.keep_alive:
            rest += b"Connection: close\r\n"
        self._head = head(answer.status, answer.content_type, answer.headers, rest)
        self._body = b"" if request.method == "HEAD" else body
        self.status = answer.status

    async def prepare(self, request: BaseRequest) -> None:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError
        if len(self._body) < PIECE:
            transport.write(self._head + self._body)
        else:
            transport.write(self._head)
            transport.write(self._body)
        await request.writer.drain()

    async def write_eof(self) -> None:
        pass


class Done:
    """Everything has been written already; the connection is closed."""

    keep_alive = False

    async def prepare(self, request: BaseRequest) -> None:
        pass

    async def write_eof(self) -> None:
        pass


async def whole(answer: Response, request: BaseRequest) -> Whole:
    """Encode, and compress where the client likes it and it pays."""
    body = answer.body if isinstance(answer.body, bytes) else encode(answer.body)
    if answer.content_type == "application/json":
        body, answer = _presented(body, answer, request)
    if len(body) > WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = await _compressed(body)
        headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept"}
        answer = Response(status=answer.status, content_type=answer.content_type, headers=headers)
    return Whole(answer, request, body)


def _presented(body: bytes, answer: Response, request: BaseRequest) -> tuple[bytes, Response]:
    """For people: indented, or as YAML."""
    query = request.raw_path.partition("?")[2]
    agent = request.headers.get("User-Agent", "")
    accept = request.headers.get("Accept", "")
    if "yaml" in accept and answer.status < 400 and accepted_yaml(accept):
        import yaml

        text = yaml.safe_dump(msgspec.json.decode(body), sort_keys=False, allow_unicode=True)
        return text.encode(), Response(
            status=answer.status, content_type=YAML, headers=answer.headers
        )
    if ("pretty=" in query or agent[:4] in ("curl", "Wget", "Mozi")) and is_pretty(
        pretty_of(query), agent
    ):
        return msgspec.json.format(body, indent=2) + b"\n", answer
    return body, answer


def pretty_of(query: str) -> str:
    found = [part[7:] for part in query.split("&") if part.startswith("pretty=")]
    return found[0] if found else ""


def accepted_yaml(accept: str) -> bool:
    return accepted(accept).media == YAML


async def _compressed(body: bytes) -> bytes:
    if len(body) < LARGE:
        return gzipped(body)
    return await asyncio.get_running_loop().run_in_executor(None, gzipped, body)


def gzipped(body: bytes) -> bytes:
    deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
    return deflate.compress(body) + deflate.flush()


async def stream(answer: Stream, request: BaseRequest) -> Done:
    """Write frames as they come, until they end or the client is gone or too slow."""
    transport = request.transport
    if transport is None:
        raise ConnectionResetError
    rest = b"Transfer-Encoding: chunked\r\n"
    transport.write(head(answer.status, answer.content_type, answer.headers, rest))
    if request.method != "HEAD":
        async for frame in answer.frames:
            await _write(frame, request)
        transport.write(b"0\r\n\r\n")
    return Done()


async def _write(frame: bytes, request: BaseRequest) -> None:
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError
    for start in range(0, len(frame), PIECE):
        piece = frame if len(frame) <= PIECE else frame[start : start + PIECE]
        transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if request.protocol.writing_paused:
            try:
                async with asyncio.timeout(STALLED):
                    await request.writer.drain()
            except TimeoutError:
                transport.abort()
                raise ConnectionResetError("the client does not read") from None
