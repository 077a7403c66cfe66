"""Links of a proxied page, so that they lead through the proxy again. Pure.

What is no link stays as it was, byte for byte; scripts, styles and comments are not looked into.
Source: ``k8s.io/apimachinery/pkg/util/proxy/transport.go`` (rewriteHTML).
"""

import re
import zlib
from collections.abc import Callable
from html import escape, unescape

ATTRIBUTES = {
    "a": "href", "applet": "codebase", "area": "href", "audio": "src", "base": "href",
    "blockquote": "cite", "body": "background", "button": "formaction", "command": "icon",
    "del": "cite", "embed": "src", "form": "action", "frame": "longdesc src", "head": "profile",
    "html": "manifest", "iframe": "longdesc src", "img": "longdesc src usemap",
    "input": "src usemap formaction", "ins": "cite", "link": "href",
    "object": "classid codebase data usemap", "q": "cite", "script": "src", "source": "src",
    "track": "src", "video": "poster src",
}  # fmt: skip
TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|(?P<tag><(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>)",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"(\s)([a-zA-Z-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
RAW = ("script", "style", "textarea", "title", "xmp")

Rewrite = Callable[[str], str]


def page(text: str, rewrite: Rewrite) -> str:
    """``rewrite`` is asked about each link."""
    made, at = [], 0
    while found := TOKEN.search(text, at):
        made.append(text[at : found.start()])
        at = found.end()
        if found["tag"] is None:
            made.append(found[0])
            continue
        name = found["name"].lower()
        made.append(f"<{found['name']}{attributes(name, found['rest'], rewrite)}>")
        if name in RAW:
            end = re.compile(f"</{name}", re.IGNORECASE).search(text, at)
            stop = end.start() if end else len(text)
            made.append(text[at:stop])
            at = stop
    return "".join([*made, text[at:]])


def attributes(element: str, rest: str, rewrite: Rewrite) -> str:
    names = ATTRIBUTES.get(element, "").split()
    if not names:
        return rest

    def changed(found: re.Match[str]) -> str:
        space, name, equals, quoted = found.groups()
        if name.lower() not in names:
            return found[0]
        value = unescape(quoted.strip("\"'"))
        new = rewrite(value)
        return found[0] if new == value else f'{space}{name}{equals}"{escape(new)}"'

    return ATTRIBUTE.sub(changed, rest)


def rewritten(body: bytes, encoding: str, rewrite: Rewrite) -> bytes:
    """A whole page as it travels; one in an encoding that nobody here knows stays as it is."""
    if encoding not in ("", "identity", "gzip", "deflate"):
        return body
    try:
        text = unpacked(body, encoding)
    except zlib.error:
        return body
    # Latin-1 keeps every byte as it is, whatever the page's own character set
    made = page(text.decode("latin-1"), rewrite).encode("latin-1", "xmlcharrefreplace")
    return packed(made, encoding)


def unpacked(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return zlib.decompress(body, 31)
    return zlib.decompress(body) if encoding == "deflate" else body


def packed(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        deflate = zlib.compressobj(1, zlib.DEFLATED, 31)
        return deflate.compress(body) + deflate.flush()
    return zlib.compress(body) if encoding == "deflate" else body
