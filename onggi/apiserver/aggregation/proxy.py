"""A request handed on to an extension server, and its answer handed back as it comes.

Source: ``k8s.io/kube-aggregator/pkg/apiserver/handler_proxy.go``,
``k8s.io/apimachinery/pkg/util/proxy/upgradeaware.go``.
"""

import random
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from onggi.api.errors import StatusError
from onggi.api.http import Answer, Request, Response, Stream, Upgrade, User
from onggi.apiserver.admission import Lookup
from onggi.apiserver.aggregation.identity import Identity, headers
from onggi.apiserver.aggregation.services import Remote
from onggi.apiserver.tunnel import without_token
from onggi.apiserver.webhooks.where import Address, addresses
from onggi.apiserver.webhooks.words import words
from onggi.store.store import decode, encode

if TYPE_CHECKING:
    import aiohttp

ANSWER = 60.0  # seconds for anything but a watch
DIAL = 30.0
PIECE = 64 * 1024
SMALL = 1024 * 1024  # bytes: an answer of a known length up to this is passed on whole
TEXT = "text/plain; charset=utf-8"
HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
     "transfer-encoding", "upgrade", "content-length", "host")
)  # fmt: skip
OURS_ALONE = ("authorization", "accept-encoding", "x-remote-", "impersonate-")
PROTOCOLS = "sec-websocket-protocol"
LONG = ("watch", "log", "exec", "attach", "portforward", "proxy")


class Proxy:
    """Close it in the end."""

    def __init__(self, lookup: Lookup, identity: Identity) -> None:
        self._lookup, self._identity = lookup, identity
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def forward(self, remote: Remote, request: Request, user: User, long: bool) -> Answer:
        """``long``: an answer that may go on for ever, as a watch."""
        if not remote.available:
            return unavailable("service unavailable")
        try:
            address = random.choice(addresses(self._lookup, remote.where))
            tls = self._identity.context(remote.where.trust, remote.insecure)
        except StatusError:
            return unavailable("service unavailable")
        except ssl.SSLError as error:
            return Response(status=500, body=f"{error}\n".encode(), content_type=TEXT)
        if "upgrade" in request.headers:
            return upgrade(remote, request, user, (address, tls))
        import aiohttp

        try:
            return await self._answer(remote, request, user, (address, tls, long))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = words(error, remote.where)
            return unavailable(f"error trying to reach service: {why}")

    async def get(self, remote: Remote, address: Address, path: str, user: User) -> Any:
        """One question of our own: status and document. Raises what aiohttp raises."""
        import aiohttp

        tls = self._identity.context(remote.where.trust, remote.insecure)
        request = Request(method="GET", path=path, headers={"accept": "application/json"})
        url = f"{base(address)}{target(request)}"
        async with self._opened().get(
            url,
            headers=list_of(sent(request, user, remote)),
            ssl=tls,
            server_hostname=remote.where.host,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=5.0),
        ) as response:
            return response.status, await response.read()

    async def _answer(
        self,
        remote: Remote,
        request: Request,
        user: User,
        how: tuple[Address, ssl.SSLContext, bool],
    ) -> Answer:
        import aiohttp
        from yarl import URL

        address, tls, long = how
        timeout = aiohttp.ClientTimeout(total=None if long else ANSWER, sock_connect=DIAL)
        response = await self._opened().request(
            request.method,
            URL(f"{base(address)}{target(request)}", encoded=True),
            data=request.body if isinstance(request.body, bytes) else encode(request.body),
            headers=list_of(sent(request, user, remote)),
            ssl=tls,
            server_hostname=remote.where.host,
            allow_redirects=False,
            timeout=timeout,
        )
        back = {k: v for k, v in received(response).items() if k.lower() not in HOP_BY_HOP}
        content_type = back.pop("Content-Type", "application/octet-stream")
        if (response.content_length or SMALL + 1) > SMALL and request.method != "HEAD":
            frames = pieces(response)
            stream = Stream(frames=frames, status=response.status, headers=back)
            stream.content_type = content_type
            return await whole(stream) if request.objects and not long else stream
        async with response:
            body: Any = await response.read()
        if request.objects and body:
            body = decode(body)
        return Response(status=response.status, body=body, content_type=content_type, headers=back)

    def _opened(self) -> "aiohttp.ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=("Accept-Encoding", "User-Agent", "Content-Type", "Accept"),
            )
        return self._session


def unavailable(why: str) -> Response:
    return Response(status=503, body=f"{why}\n".encode(), content_type=TEXT)


def base(address: Address) -> str:
    host, port = address
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def target(request: Request) -> str:
    """Path and query as they are sent on."""
    path = quote(request.path, safe="/:@!$&'()*+,;=~-._")
    query = urlencode(sorted((k, v) for k, vs in request.query.items() for v in vs))
    return f"{path}?{query}" if query else path


def sent(request: Request, user: User, remote: Remote) -> Mapping[str, list[str]]:
    """The client's own headers but those that are for us, and who the client is."""
    found = {
        name: value.split("\n")
        for name, value in request.headers.items()
        if name not in HOP_BY_HOP and not name.startswith(OURS_ALONE)
    }
    if offered := found.get(PROTOCOLS):
        found[PROTOCOLS] = [without_token(value.encode()).decode() for value in offered]
    where = remote.where
    found["Host"] = [f"{where.host}:{where.port}"]
    if request.peer:
        known = found.pop("x-forwarded-for", [])
        found["X-Forwarded-For"] = [", ".join([*known, request.peer])]
    for name, value in headers(user):
        found.setdefault(name, []).append(value)
    return found


def list_of(found: Mapping[str, list[str]]) -> Any:
    from multidict import CIMultiDict

    return CIMultiDict((name, value) for name, values in found.items() for value in values)


def received(response: "aiohttp.ClientResponse") -> dict[str, str]:
    """By name; the values of a repeated one joined, as HTTP allows for all but cookies."""
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        shown = name.title()
        found[shown] = f"{found[shown]}, {value}" if shown in found else value
    return found


async def pieces(response: "aiohttp.ClientResponse") -> AsyncIterator[bytes]:
    """As they come; the connection goes back, or ends if the client did not want all."""
    async with response:
        async for piece in response.content.iter_any():
            yield piece


async def whole(stream: Stream) -> Response:
    body = b"".join([piece async for piece in stream.frames])
    return Response(status=stream.status, body=decode(body) if body else b"")


def upgrade(
    remote: Remote, request: Request, user: User, how: tuple[Address, ssl.SSLContext]
) -> Upgrade:
    """The connection itself is handed over: exec and the like, WebSockets."""
    address, tls = how
    keeps = ("connection", "upgrade")
    found = {**sent(request, user, remote), **{n: [request.headers.get(n, "")] for n in keeps}}
    lines = [(name, value) for name, values in found.items() for value in values]
    return Upgrade(
        url=f"{base(address)}{target(request)}",
        headers=lines,
        tls=tls,
        server_name=remote.where.host,
    )
