"""URLs: ``url('https://x/y').getHost()``, as Go's ``net/url`` takes them apart.

Source: ``k8s.io/apiserver/pkg/cel/library/urls.go``, Go's ``net/url``.
"""

import re
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote, unquote, unquote_plus

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function, method

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*", re.ASCII)
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORT = re.compile(r"(?::[0-9]*)?", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:\[\]<>\"%\x80-\U0010ffff]*")
KEPT = "/:@!$&'()*+,;=~-._[]%"
MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Url:
    """``host`` has the port; ``path`` is as it was written."""

    TYPE: ClassVar[str] = "kubernetes.URL"
    scheme: str
    host: str
    path: str
    query: str


def parsed(text: str) -> Url:
    """What ``ParseRequestURI`` takes: absolute, or a path. Raises ValueError with Go's words."""
    if any(char < " " or char == "\x7f" for char in text):
        raise ValueError("net/url: invalid control character in URL")
    if not text:
        raise ValueError("empty url")
    scheme, rest = split_scheme(text)
    rest, _, query = rest.partition("?")
    if not rest.startswith("/"):
        if not scheme:
            raise ValueError("invalid URI for request")
        return Url(scheme.lower(), "", "", query)  # opaque: mailto:somebody
    host = ""
    if (scheme or not rest.startswith("///")) and rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        host, rest = checked_host(host), slash + path
    if bad := _ESCAPES.search(rest):
        raise ValueError(f'invalid URL escape "{rest[bad.start() : bad.start() + 3]}"')
    return Url(scheme.lower(), host, rest.partition("#")[0], query.partition("#")[0])


def split_scheme(text: str) -> tuple[str, str]:
    head, colon, rest = text.partition(":")
    if not colon or "/" in head or "?" in head:
        return "", text
    if not head:
        raise ValueError("missing protocol scheme")
    if _SCHEME.fullmatch(head) is None:
        if head[0].isalpha():
            return "", text
        raise ValueError("first path segment in URL cannot contain colon")
    return head, rest


def checked_host(authority: str) -> str:
    host = authority.rpartition("@")[2]
    if _HOST.fullmatch(host) is None:
        bad = next(char for char in host if _HOST.fullmatch(char) is None)
        raise ValueError(f'invalid character "{bad}" in host name')
    if host.startswith("["):
        _, bracket, port = host.partition("]")
        if not bracket:
            raise ValueError("missing ']' in host")
    else:
        name, colon, port = host.rpartition(":")
        port = colon + port if colon else ""
        del name
    if _PORT.fullmatch(port) is None:
        raise ValueError(f'invalid port "{port}" after host')
    return host


def url_of(text: str) -> Url:
    try:
        return parsed(text)
    except ValueError as error:
        why = f'parse "{text}": {error}'
        raise CelError(f"URL parse error during conversion from string: {why}") from None


def is_url(text: str) -> bool:
    try:
        return bool(parsed(text))
    except ValueError:
        return False


def hostname(url: Url) -> str:
    if url.host.startswith("["):
        return url.host[1:].partition("]")[0]
    return url.host.partition(":")[0]


def port(url: Url) -> str:
    return url.host.rpartition("]")[2].partition(":")[2]


def escaped_path(url: Url) -> str:
    quoted = quote(url.path, safe=KEPT)
    return quoted if unquote(quoted) == unquote(url.path) else quote(unquote(url.path), safe="/")


def query(url: Url) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in url.query.split("&")[:MOST_PAIRS]:
        if not pair or ";" in pair or _ESCAPES.search(pair):
            continue
        key, _, value = pair.partition("=")
        found.setdefault(unquote_plus(key), []).append(unquote_plus(value))
    return found


U = "kubernetes.URL"
OVERLOADS: tuple[Overload, ...] = (
    function("url", "string_to_url", f"string -> {U}", url_of),
    function("isURL", "is_url_string", "string -> bool", is_url),
    method("getScheme", "url_get_scheme", f"{U} -> string", lambda u: u.scheme),
    method("getHost", "url_get_host", f"{U} -> string", lambda u: u.host),
    method("getHostname", "url_get_hostname", f"{U} -> string", hostname),
    method("getPort", "url_get_port", f"{U} -> string", port),
    method("getEscapedPath", "url_get_escaped_path", f"{U} -> string", escaped_path),
    method("getQuery", "url_get_query", f"{U} -> map(string, list(string))", query),
)
