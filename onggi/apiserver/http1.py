"""One client's connection: HTTP/1.1 in, requests out, one after the other.

The parser is httptools' (llhttp, as in Node.js); here is what surrounds it: limits,
keep-alive, pipelining, back-pressure, and handing the bare connection to somebody else.
There is no framework, because at thousands of requests a second one costs more than
everything behind it, and imports half a second of Python that an API server never uses.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, Protocol, cast

import httptools

from onggi.api.http import User
from onggi.apiserver.authn.users import user_of_certificate

log = logging.getLogger(__name__)

LONGEST_HEAD = 64 * 1024  # bytes: tokens and selectors are long
LONGEST_BODY = 3 * 1024 * 1024  # bytes, as upstream
PATIENCE = 60.0  # seconds for a request, once begun, to arrive
IDLE = 180.0  # seconds that a connection without requests is kept
LINGERING = 2.0  # seconds in which a client may still read a refusal of its body
DEEPEST = 16  # requests sent ahead, before the client is stopped

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
REFUSED = b"HTTP/1.1 %d %b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Message(NamedTuple):
    """A request as it came. ``too_large`` ones have no body: it was not read."""

    method: str
    url: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    keep_alive: bool
    upgrade: bool = False
    too_large: bool = False


class Raw(Protocol):
    """Who gets the client's bytes once the connection was handed over."""

    def feed_data(self, data: bytes) -> None: ...
    def feed_eof(self) -> None: ...


Serve = Callable[["Connection", Message], Awaitable[bool]]  # → may the connection be used again?


class Connection(asyncio.Protocol):
    """``user`` is the client certificate's; ``streaming`` says that whoever answers is to be
    cancelled when the client goes away."""

    def __init__(self, serve: Serve, connections: "set[Connection]") -> None:
        self._serve, self._connections = serve, connections
        self._loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.user: User | None = None
        self.peer = ""
        self.streaming = False
        self._parser: Any = httptools.HttpRequestParser(self)
        self._raw: Raw | None = None
        self._early = b""  # what came after a request to upgrade
        self._queue: deque[Message] = deque()
        self._task: asyncio.Future[bool] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._writable: asyncio.Future[None] | None = None
        self._last = False  # no request after those that are under way
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self._size = self._head = 0
        self._arriving = self._in_body = self._too_large = False

    # what the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connections.add(self)
        if certificate := transport.get_extra_info("peercert"):
            self.user = user_of_certificate(certificate)
        name = transport.get_extra_info("peername")
        self.peer = name[0] if isinstance(name, tuple) else ""
        self._wait(IDLE)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._connections.discard(self)
        self.transport, self._last = None, True
        self._queue.clear()
        if self._timer:
            self._timer.cancel()
        self.resume_writing()
        if self._raw:
            self._raw.feed_eof()
        if self._task and self.streaming:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        if self._raw:
            self._raw.feed_data(data)
        elif self._last:
            return  # after a refusal, until the client has read it
        else:
            self._parse(data)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # what the parser tells

    def on_message_begin(self) -> None:
        self._begin()
        self._arriving = True

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._in_body = True
        for name, value in self._headers:
            if name == b"content-length" and int(value) > LONGEST_BODY:
                self._refuse_body()
            elif name == b"expect" and value.lower() == b"100-continue" and not self._too_large:
                self.write(CONTINUE)

    def on_body(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > LONGEST_BODY:
            self._refuse_body()
        elif not self._too_large:
            self._chunks.append(data)

    def on_message_complete(self) -> None:
        if not self._too_large:
            self._enqueue(b"".join(self._chunks))

    # what follows from that

    def _parse(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._early = data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            log.debug("%s sent no HTTP: %s", self.peer, error)
            self._refuse(400, b"Bad Request")
        if self._arriving:
            self._limit(len(data))

    def _limit(self, size: int) -> None:
        """A request that is not complete yet must not be endless, in length or in time."""
        if not self._in_body:
            self._head += size
            if self._head > LONGEST_HEAD:
                self._refuse(431, b"Request Header Fields Too Large")
                return
        self._wait(PATIENCE)

    def _refuse(self, code: int, reason: bytes) -> None:
        self.write(REFUSED % (code, reason))
        self.close()

    def _refuse_body(self) -> None:
        if not self._too_large:
            self._too_large = True
            self._enqueue(b"")
            self._last = True

    def _enqueue(self, body: bytes) -> None:
        self._arriving = False
        parser = self._parser
        upgrade = bool(parser.should_upgrade())
        again = bool(parser.should_keep_alive()) and not self._too_large and not upgrade
        method = parser.get_method().decode()
        message = Message(method, self._url, self._headers, body, again, upgrade, self._too_large)
        self._queue.append(message)
        if self._task is None:
            self._next()
        elif len(self._queue) == DEEPEST and self.transport:
            self.transport.pause_reading()

    def _next(self) -> None:
        message = self._queue.popleft()
        if len(self._queue) == DEEPEST - 1 and self.transport:
            self.transport.resume_reading()
        task = self._loop.create_task(self._answer(message))
        self._task = task
        task.add_done_callback(self._answered)

    async def _answer(self, message: Message) -> bool:
        return await self._serve(self, message)

    def _answered(self, task: "asyncio.Future[bool]") -> None:
        self._task = None
        if task.cancelled():
            self.close()
        elif error := task.exception():
            if not isinstance(error, ConnectionError):
                log.error("the answer to %s was broken off", self.peer, exc_info=error)
            self.close()
        elif self._too_large_was_last():
            self._loop.call_later(LINGERING, self.close)
        elif not task.result() or self._last:
            self.close()
        elif self._queue:
            self._next()
        elif not self._arriving:
            self._wait(IDLE)

    def _too_large_was_last(self) -> bool:
        return self._too_large and not self._queue

    def _wait(self, seconds: float) -> None:
        """Close in so many seconds unless something happens; one timer does for many waits."""
        self._until = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._until, self._late)
        elif self._timer.when() > self._until:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._until, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._task or self._raw:
            return
        if self._loop.time() < self._until:
            self._timer = self._loop.call_at(self._until, self._late)
        elif self._arriving:
            self._refuse(408, b"Request Timeout")
        else:
            self.close()

    # what whoever answers may do

    @property
    def is_open(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def write(self, data: bytes) -> None:
        """Raises ConnectionResetError where nobody is there any more."""
        if self.transport is None:
            raise ConnectionResetError
        self.transport.write(data)

    @property
    def is_full(self) -> bool:
        """The client does not keep up; ``drained`` waits until it does."""
        return self._writable is not None

    async def drained(self) -> None:
        while self._writable:
            await asyncio.shield(self._writable)

    def hand_over(self, raw: Raw) -> None:
        """From now on the client's bytes are somebody else's."""
        self._raw = raw
        if self._early:
            raw.feed_data(self._early)

    def abort(self) -> None:
        self._last = True
        if self.transport:
            self.transport.abort()

    def close(self) -> None:
        """When what was written has been sent."""
        self._last = True
        if self.transport:
            self.transport.close()

    def finish(self) -> None:
        """The server stops: nothing new, and streams end."""
        self._last = True
        self._queue.clear()
        if self._task is None:
            self.close()
        elif self.streaming:
            self._task.cancel()

    @property
    def task(self) -> "asyncio.Future[bool] | None":
        return self._task
