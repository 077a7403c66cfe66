"""HTTP/1.1 over TLS for a handler: sockets, certificates, connections.

One task per connection (aiohttp's); a watch ends when its client goes away; a write, once
begun, does not. A request's user comes from the connection's client certificate, read
once for each connection.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, unquote

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from onggi.api.errors import BadRequest, RequestEntityTooLarge
from onggi.api.http import Answer, Handler, Request, Stream, Upgrade, User
from onggi.apiserver import tunnel, wire
from onggi.apiserver.authn.users import user_of_certificate
from onggi.apiserver.status import failure

log = logging.getLogger(__name__)

LONGEST_HEADER = 32 * 1024  # bytes: tokens and selectors are long
LONGEST_QUERY = 1000  # parameters
LONGEST_BODY = 3 * 1024 * 1024  # bytes, as upstream
PATIENCE = 60.0  # seconds for a body to arrive
GRACE = 5.0  # seconds that requests under way get to finish when the server stops

Observe = Callable[[Request, int, float], None]  # request, status code, seconds


class Connection(RequestHandler):
    """One client. ``user`` is its certificate's; ``streaming`` the task of its watch."""

    __slots__ = ("peer", "streaming", "user")

    def __init__(self, manager: "Connections", **options: Any) -> None:
        super().__init__(manager, **options)
        self.user: User | None = None
        self.peer = ""
        self.streaming: asyncio.Task[Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if certificate := transport.get_extra_info("peercert"):
            self.user = user_of_certificate(certificate)
        name = transport.get_extra_info("peername")
        self.peer = name[0] if isinstance(name, tuple) else ""

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.streaming:
            self.streaming.cancel()
        super().connection_lost(exc)


class Connections(web.Server):
    """aiohttp's low-level server, with connections of ours."""

    def __call__(self) -> RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)

    def _make_request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=LONGEST_BODY
        )


class HttpServer:
    """``observe`` is told of every request that was answered."""

    def __init__(self, handler: Handler, observe: Observe | None = None) -> None:
        self._handler, self._observe = handler, observe
        self._listeners: list[asyncio.Server] = []
        self._connections: Connections | None = None

    async def start(
        self,
        addresses: Sequence[tuple[str, int]],
        tls: ssl.SSLContext | None,
        socket: Path | None = None,
    ) -> None:
        """Listen; raises OSError where an address is taken. A unix socket has no TLS."""
        loop = asyncio.get_running_loop()
        self._connections = Connections(
            cast(Any, self._respond),
            access_log=None,
            keepalive_timeout=180,
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
            auto_decompress=False,
        )
        for host, port in addresses:
            listener = await loop.create_server(
                self._connections, host, port, ssl=tls, backlog=1024, reuse_address=True
            )
            self._listeners.append(listener)
        if socket:
            self._listeners.append(await loop.create_unix_server(self._connections, str(socket)))

    @property
    def ports(self) -> list[int]:
        """Where it listens, in the order of the addresses; those given as 0 are known now."""
        names = [s.getsockname() for listener in self._listeners for s in listener.sockets]
        return [name[1] for name in names if isinstance(name, tuple)]

    async def stop(self) -> None:
        """Refuse new connections, end watches, let requests under way finish."""
        for listener in self._listeners:
            listener.close()
        if self._connections is None:
            return
        for connection in self._connections.connections:
            if isinstance(connection, Connection) and connection.streaming:
                connection.streaming.cancel()
        self._connections.pre_shutdown()
        await self._connections.shutdown(GRACE)

    async def _respond(self, http: web.BaseRequest) -> wire.Whole | wire.Done:
        started = asyncio.get_running_loop().time()
        connection = cast(Connection, http.protocol)
        request = Request(method=http.method, path="", headers=headers(http))
        request.user, request.peer = connection.user, connection.peer
        try:
            await read(http, request)
            answer: Answer = await self._handler.handle(request)
            if isinstance(answer, Upgrade):
                self._answered(request, 101, started)
                return await tunnel.forward(answer, http)
        except Exception as error:
            answer = failure(error, f"{http.method} {request.path!r}")
        self._answered(request, answer.status, started)
        if isinstance(answer, Stream):
            return await self._stream(answer, http, connection)
        return await wire.whole(answer, http)

    def _answered(self, request: Request, code: int, started: float) -> None:
        if self._observe:
            self._observe(request, code, asyncio.get_running_loop().time() - started)

    async def _stream(
        self, answer: Stream, http: web.BaseRequest, connection: Connection
    ) -> wire.Done:
        frames = cast(AsyncGenerator[bytes], answer.frames)
        connection.streaming = asyncio.current_task()
        try:
            return await wire.stream(answer, http)
        except asyncio.CancelledError:
            if http.transport and not http.transport.is_closing():
                http.transport.write(b"0\r\n\r\n")
            return wire.Done()
        finally:
            connection.streaming = None
            await frames.aclose()


def headers(http: web.BaseRequest) -> dict[str, str]:
    """By lower-case name; the values of a repeated one in lines of their own."""
    found: dict[str, str] = {}
    for name, value in http.headers.items():
        name = name.lower()
        found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


async def read(http: web.BaseRequest, request: Request) -> None:
    """Path, query and body; raises RequestEntityTooLarge."""
    path, _, query = http.raw_path.partition("?")
    request.path = unquote(path) if "%" in path else path
    if query:
        try:
            request.query = parse_qs(query, keep_blank_values=True, max_num_fields=LONGEST_QUERY)
        except ValueError as error:
            raise BadRequest(str(error)) from None
    if http.can_read_body:
        request.body = await read_body(http)


async def read_body(http: web.BaseRequest) -> bytes:
    """Raises RequestEntityTooLarge, as early as it can be known; BadRequest for a slow one."""
    if (http.content_length or 0) > LONGEST_BODY:
        raise too_large()
    if http.headers.get("Expect", "").lower() == "100-continue" and http.transport:
        http.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    try:
        if http.content.is_eof():
            return await http.read()
        async with asyncio.timeout(PATIENCE):
            return await http.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    except TimeoutError:
        raise BadRequest("the request's body did not arrive in time") from None


def too_large() -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"Request entity too large: limit is {LONGEST_BODY}")
