"""A request handed on to a pod or a service, and its answer handed back as it comes.

What is for the API server alone stays behind: tokens, and who is impersonated. A ``Location`` that
points back to the place leads through the proxy again, and so do the links of a page.
Source: ``k8s.io/apimachinery/pkg/util/proxy`` (upgradeaware.go, transport.go).
"""

import posixpath
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from onggi.api.errors import ServiceUnavailable
from onggi.api.http import Answer, Request, Response, Stream, Upgrade
from onggi.apiserver import proxy_html
from onggi.apiserver.proxy_location import Location

if TYPE_CHECKING:
    import aiohttp

DIAL = 30.0  # seconds
LONGEST_PAGE = 8 << 20  # bytes
SAFE = "/:@!$&'()*+,;=~-._"
HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
     "transfer-encoding", "upgrade", "content-length")
)  # fmt: skip
NOT_PASSED = HOP_BY_HOP | {"date"}  # of an answer: ours is on it already
OURS_ALONE = ("authorization", "x-remote-", "impersonate-")
OWN_TO_US = "access-control-"  # a pod does not speak for the API server's origin
BODILESS = (204, 304)
OF_UPGRADES = ("connection", "upgrade")


class Way(NamedTuple):
    """``prefix`` is the path of the proxy itself, ``path`` what is asked for behind it."""

    location: Location
    prefix: str
    path: str


async def forward(request: Request, way: Way) -> Answer:
    """Raises ServiceUnavailable."""
    url = f"{way.location.scheme}://{way.location.netloc}{target(request, way.path)}"
    if "upgrade" in request.headers:
        return upgrade(request, way, url)
    if not way.path:
        where = f"{request.path}/" + (f"?{query(request)}" if request.query else "")
        return Response(status=301, headers={"Location": where}, content_type="text/plain")
    return await answered(request, way, url)


def target(request: Request, path: str) -> str:
    shown = quote(path, safe=SAFE) or "/"
    return f"{shown}?{query(request)}" if request.query else shown


def query(request: Request) -> str:
    return urlencode([(name, value) for name, values in request.query.items() for value in values])


def sent(request: Request, way: Way) -> dict[str, str]:
    """The client's own headers but those that are for us, and where it came from."""
    found = {
        name: value.replace("\n", ", ")
        for name, value in request.headers.items()
        if name not in HOP_BY_HOP and not name.startswith(OURS_ALONE)
    }
    if request.peer:
        known = found.pop("x-forwarded-for", "")
        found["x-forwarded-for"] = f"{known}, {request.peer}" if known else request.peer
    found["x-forwarded-uri"] = joined(way.prefix, way.path)
    found["x-forwarded-host"] = request.headers.get("host", "")
    found["x-forwarded-proto"] = "https"
    return found


def joined(prefix: str, path: str) -> str:
    found = posixpath.normpath(f"{prefix}/{path}")
    return found + "/" if path.endswith("/") and not found.endswith("/") else found


def upgrade(request: Request, way: Way, url: str) -> Upgrade:
    found = sent(request, way) | {name: request.headers.get(name, "") for name in OF_UPGRADES}
    return Upgrade(
        url=url,
        headers=list(found.items()),
        tls=trusting() if way.location.scheme == "https" else None,
    )


@cache
def trusting() -> ssl.SSLContext:
    """As upstream: who may use the proxy trusts the cluster's network."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def answered(request: Request, way: Way, url: str) -> Answer:
    import aiohttp
    from yarl import URL

    session = aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        skip_auto_headers=("Accept-Encoding", "User-Agent", "Content-Type", "Accept"),
    )
    try:
        response = await session.request(
            request.method,
            URL(url, encoded=True),
            data=(request.body if isinstance(request.body, bytes) else b"") or None,
            headers=sent(request, way),
            ssl=trusting(),
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=DIAL),
        )
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        await session.close()
        raise ServiceUnavailable(f"error trying to reach service: {why(error, way)}") from None
    except BaseException:
        await session.close()
        raise
    headers = received(response, way, request.headers.get("host", ""))
    content_type = headers.pop("Content-Type", "application/octet-stream")
    if request.method == "HEAD" or response.status in BODILESS:
        await session.close()
        return Response(status=response.status, headers=headers, content_type=content_type)
    if content_type.startswith("text/html"):
        host = request.headers.get("host", "")
        encoding = headers.get("Content-Encoding", "").lower()
        frames = page(session, response, lambda body: linked(body, encoding, way, host))
    else:
        frames = pieces(session, response)
    return Stream(frames=frames, status=response.status, headers=headers, content_type=content_type)


def why(error: Exception, way: Way) -> str:
    """In Go's words where it is plain that nobody listens."""
    if isinstance(getattr(error, "os_error", error), ConnectionRefusedError):
        return f"dial tcp {way.location.netloc}: connect: connection refused"
    return str(error) or type(error).__name__


def received(response: "aiohttp.ClientResponse", way: Way, host: str) -> dict[str, str]:
    """The answer's headers, by name; the values of a repeated one joined."""
    found: dict[str, str] = {}
    for name, value in response.headers.items():
        if name.lower() in NOT_PASSED or name.lower().startswith(OWN_TO_US):
            continue
        shown = name.title()
        found[shown] = f"{found[shown]}, {value}" if shown in found else value
    if location := found.get("Location"):
        found["Location"] = rewritten(location, way, host)
    return found


def rewritten(location: str, way: Way, host: str) -> str:
    """A redirect within the place leads through the proxy again."""
    try:
        url = urlsplit(location)
    except ValueError:  # no URL at all
        return location
    elsewhere = url.netloc not in ("", way.location.netloc, host)
    if elsewhere or not url.path.startswith("/"):
        return location
    path = url.path if url.path.startswith(way.prefix) else joined(way.prefix, url.path)
    where = url._replace(path=path)
    return (where._replace(scheme="https", netloc=host) if url.netloc else where).geturl()


def linked(body: bytes, encoding: str, way: Way, host: str) -> bytes:
    """A page whose links lead through the proxy."""
    return proxy_html.rewritten(body, encoding, lambda link: rewritten(link, way, host))


async def page(
    session: "aiohttp.ClientSession",
    response: "aiohttp.ClientResponse",
    rewrite: Callable[[bytes], bytes],
) -> AsyncIterator[bytes]:
    """The whole page at once; what is too long for one comes as it is."""
    body, comes = b"", pieces(session, response)
    async with aclosing(comes):  # type: ignore[type-var]
        async for piece in comes:
            body += piece
            if len(body) > LONGEST_PAGE:
                yield body
                async for rest in comes:
                    yield rest
                return
    yield rewrite(body)


async def pieces(
    session: "aiohttp.ClientSession", response: "aiohttp.ClientResponse"
) -> AsyncIterator[bytes]:
    """As they come, until they end or the client goes."""
    async with session, response:
        async for piece in response.content.iter_any():
            yield piece
