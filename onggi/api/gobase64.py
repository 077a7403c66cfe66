"""Base64 as Go's ``encoding/base64`` reads it: padding is needed, line breaks are not seen."""

import binascii
from base64 import b64encode
from collections.abc import Iterator

LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
BREAKS = str.maketrans("", "", "\r\n")


class Base64Error(ValueError):
    """The text is not base64; the message is Go's."""


def canonical(text: str) -> str:
    """The text as Go would write what it read. Raises Base64Error."""
    try:
        read = binascii.a2b_base64(text, strict_mode=True)
        return text if len(text) * 3 == len(read) * 4 else b64encode(read).decode()
    except ValueError:
        at = first_error(text)
        if at is not None:
            raise Base64Error(f"illegal base64 data at input byte {at}") from None
    return b64encode(binascii.a2b_base64(text.translate(BREAKS))).decode()


def first_error(text: str) -> int | None:
    """The byte that Go names; None where it is content."""
    places = seen(text)
    length = len(text.encode(errors="surrogatepass"))
    start, count = 0, 0
    for at, character in places:
        start = at if count == 0 else start
        if character == "=":
            return after_padding(places, at, count, length)
        if character not in LETTERS:
            return at
        count = (count + 1) % 4
    return length - count if count else None


def after_padding(
    places: Iterator[tuple[int, str]], at: int, count: int, length: int
) -> int | None:
    """``count`` letters came before the first ``=``, at ``at``."""
    if count < 2:
        return at
    if count == 2:
        following = next(places, None)
        if following is None:
            return length
        if following[1] != "=":
            return following[0] - 1
    trailing = next(places, None)
    return trailing[0] if trailing else None


def seen(text: str) -> Iterator[tuple[int, str]]:
    """Every character that is no line break, with the byte it starts at."""
    at = 0
    for character in text:
        if character not in "\r\n":
            yield at, character
        at += len(character.encode(errors="surrogatepass"))
