"""What a literal's text stands for: strings with escapes, bytes, numbers.

Source: ``cel-go/parser/unescape.go``.
"""

import re

SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"`?])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})"
    r"|([0-3][0-7]{2})|(.|$))",
    re.DOTALL,
)


class BadLiteral(ValueError):
    """The text is upstream's complaint."""


def text_of(token: str) -> str:
    """The string that a STRING token stands for."""
    body, raw = bare(token)
    return body if raw else _ESCAPE.sub(_character, body)


def bytes_of(token: str) -> bytes:
    """The bytes that a BYTES token stands for: escapes are octets, the rest is UTF-8."""
    body, raw = bare(token[1:])
    if raw:
        return body.encode()
    parts: list[bytes] = []
    position = 0
    for match in _ESCAPE.finditer(body):
        parts.append(body[position : match.start()].encode())
        parts.append(_octet(match))
        position = match.end()
    parts.append(body[position:].encode())
    return b"".join(parts)


def bare(token: str) -> tuple[str, bool]:
    """Without quotes, with one kind of line end; and whether it is raw."""
    raw = token[0] in "rR"
    token = token[1:] if raw else token
    width = 3 if token[:3] in ('"""', "'''") and len(token) >= 6 else 1
    body = token[width:-width]
    return body.replace("\r\n", "\n").replace("\r", "\n"), raw


def _character(match: re.Match[str]) -> str:
    simple, hexadecimal, short, long, octal, other = match.groups()
    if simple:
        return SIMPLE[simple]
    if other is not None:
        raise BadLiteral("unable to unescape string")
    code = int(octal, 8) if octal else int(hexadecimal or short or long, 16)
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise BadLiteral("invalid unicode code point")
    return chr(code)


def _octet(match: re.Match[str]) -> bytes:
    simple, hexadecimal, short, long, octal, other = match.groups()
    if simple:
        return SIMPLE[simple].encode()
    if short or long or other is not None:
        raise BadLiteral("unable to unescape string")
    return bytes([int(octal, 8) if octal else int(hexadecimal, 16)])


def whole(text: str, lowest: int, highest: int) -> int:
    """``0x1F``, ``-3``, ``42``; ValueError beyond the limits."""
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text)
    if len(digits) > 40:
        raise ValueError(text)
    value = sign * (int(digits[2:], 16) if digits.startswith("0x") else int(digits))
    if not lowest <= value <= highest:
        raise ValueError(text)
    return value
