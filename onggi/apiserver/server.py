"""HTTP/1.1 over TLS for a handler: sockets, certificates, requests, answers.

A watch ends when its client goes away; a write, once begun, does not.
"""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, unquote

from onggi.api.errors import BadRequest, RequestEntityTooLarge
from onggi.api.http import Answer, Handler, Request, Stream, Upgrade
from onggi.apiserver import tunnel, websocket, wire
from onggi.apiserver.http1 import LONGEST_BODY, Connection, Message
from onggi.apiserver.status import failure
from onggi.apiserver.websocket import Opening

LONGEST_QUERY = 1000  # parameters
GRACE = 5.0  # seconds that requests under way get to finish when the server stops

Observe = Callable[[Request, int, float], None]  # request, status code, seconds


class HttpServer:
    """``observe`` is told of every request that was answered."""

    def __init__(self, handler: Handler, observe: Observe | None = None) -> None:
        self._handler, self._observe = handler, observe
        self._listeners: list[asyncio.Server] = []
        self._connections: set[Connection] = set()

    async def start(
        self,
        addresses: Sequence[tuple[str, int]],
        tls: ssl.SSLContext | None,
        socket: Path | None = None,
    ) -> None:
        """Listen; raises OSError where an address is taken. A unix socket has no TLS."""
        loop = asyncio.get_running_loop()
        for host, port in addresses:
            listener = await loop.create_server(
                self._accept, host, port, ssl=tls, backlog=1024, reuse_address=True
            )
            self._listeners.append(listener)
        if socket:
            self._listeners.append(await loop.create_unix_server(self._accept, str(socket)))

    def _accept(self) -> Connection:
        return Connection(self._serve, self._connections)

    @property
    def ports(self) -> list[int]:
        """Where it listens, in the order of the addresses; those given as 0 are known now."""
        names = [s.getsockname() for listener in self._listeners for s in listener.sockets]
        return [name[1] for name in names if isinstance(name, tuple)]

    async def stop(self) -> None:
        """Refuse new connections, end watches, let requests under way finish."""
        for listener in self._listeners:
            listener.close()
        for connection in list(self._connections):
            connection.finish()
        tasks = [c.task for c in self._connections if c.task]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        for connection in list(self._connections):
            connection.close()

    async def _serve(self, connection: Connection, message: Message) -> bool:
        started = asyncio.get_running_loop().time()
        request = Request(method=message.method, path="", headers=headers(message))
        request.user, request.peer, request.body = connection.user, connection.peer, message.body
        opening = None
        try:
            read(request, message)
            answer: Answer = await self._handler.handle(request)
            if isinstance(answer, Upgrade):
                self._answered(request, 101, started)
                await tunnel.forward(answer, connection, message)
                return False
            if isinstance(answer, Stream) and websocket.is_wanted(request):
                opening = websocket.opening(request)
        except Exception as error:
            answer = failure(error, f"{message.method} {request.path!r}")
        self._answered(request, answer.status, started)
        if isinstance(answer, Stream):
            await self._stream(connection, request, answer, opening)
            return opening is None
        await wire.whole(connection, request, answer, message.keep_alive)
        return message.keep_alive

    def _answered(self, request: Request, code: int, started: float) -> None:
        if self._observe:
            self._observe(request, code, asyncio.get_running_loop().time() - started)

    async def _stream(
        self, connection: Connection, request: Request, answer: Stream, opening: Opening | None
    ) -> None:
        connection.streaming = True
        try:
            if opening:
                await websocket.stream(connection, opening, answer)
            else:
                await wire.stream(connection, request, answer)
        finally:
            connection.streaming = False
            await cast(AsyncGenerator[bytes], answer.frames).aclose()


def headers(message: Message) -> dict[str, str]:
    """By lower-case name; the values of a repeated one in lines of their own."""
    found: dict[str, str] = {}
    for raw, value in message.headers:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}\n{text}" if name in found else text
    return found


def read(request: Request, message: Message) -> None:
    """Path and query; raises BadRequest, RequestEntityTooLarge."""
    if message.too_large:
        raise RequestEntityTooLarge(f"Request entity too large: limit is {LONGEST_BODY}")
    path, _, query = message.url.decode("latin-1").partition("?")
    request.path = unquote(path) if "%" in path else path
    if query:
        try:
            request.query = parse_qs(query, keep_blank_values=True, max_num_fields=LONGEST_QUERY)
        except ValueError as error:
            raise BadRequest(str(error)) from None
