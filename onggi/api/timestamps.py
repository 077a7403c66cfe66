"""Timestamps from users: read as Go reads them, with Go's words where they are wrong.

    canonical("2026-01-01T09:00:00+09:00") == "2026-01-01T00:00:00Z"        metav1.Time
    canonical_micro("2026-01-01T00:00:00.5Z")                   raises TimestampError

A metav1.Time forgives a fraction of a second and drops it; a MicroTime wants six digits.
What Onggi writes itself is in ``onggi.api.times``. Source: Go's ``time.Parse``, RFC 3339.
"""

import re
from datetime import UTC, datetime, timedelta

from onggi.api.times import micro, stamp

TIME = "2006-01-02T15:04:05Z07:00"
MICRO_TIME = "2006-01-02T15:04:05.000000Z07:00"

PLAIN = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z", re.ASCII)

# What Go looks for one after the other: the piece of the layout it names, and its form.
STEPS = [
    ("2006", "[0-9]{4}"),
    ("-", "-"),
    ("01", "[0-9]{2}"),
    ("-", "-"),
    ("02", "[0-9]{2}"),
    ("T", "T"),
    ("15", "[0-9]{1,2}"),
    (":", ":"),
    ("04", "[0-9]{2}"),
    (":", ":"),
    ("05", "[0-9]{2}"),
]
FRACTION = ("", r"(?:[.,][0-9]+)?")
MICROS = (".000000", r"[.,][0-9]{6}")
ZONE = ("Z07:00", r"Z|[-+][0-9]{2}:[0-9]{2}")
RANGES = ((2, 1, 12, "month"), (6, 0, 23, "hour"), (8, 0, 59, "minute"), (10, 0, 59, "second"))


class TimestampError(ValueError):
    """The text is no timestamp; the message is Go's."""


def canonical(text: str) -> str:
    """As a metav1.Time prints what it read."""
    if PLAIN.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass  # 31 February and its like: the long way words it
        else:
            return text
    return stamp(parse(text, TIME))


def canonical_micro(text: str) -> str:
    """As a metav1.MicroTime prints what it read."""
    return micro(parse(text, MICRO_TIME))


def parse(text: str, layout: str) -> datetime:
    """``time.Parse`` for the two layouts of the API. Raises TimestampError."""
    pieces = taken(text, layout)
    for index, low, high, name in RANGES:
        if not low <= int(pieces[index]) <= high:
            raise TimestampError(f"parsing time {quote(text)}: {name} out of range")
    year, month, day, hour, minute, second = (int(pieces[i]) for i in range(0, 11, 2))
    micros = int(pieces[11].lstrip(".,")[:6].ljust(6, "0")) if pieces[11] else 0
    try:
        local = datetime(max(year, 1), month, day, hour, minute, second, micros, UTC)
        return local - offset(pieces[12], text)
    except (ValueError, OverflowError) as error:
        if isinstance(error, TimestampError):
            raise
        raise TimestampError(f"parsing time {quote(text)}: day out of range") from None


def taken(text: str, layout: str) -> list[str]:
    """The text in the pieces of the layout."""
    rest, pieces = text, []
    for name, form in (*STEPS, MICROS if layout == MICRO_TIME else FRACTION, ZONE):
        match = re.match(form, rest)
        if match is None:
            where = f"parsing time {quote(text)} as {quote(layout)}"
            raise TimestampError(f"{where}: cannot parse {quote(rest)} as {quote(name)}")
        pieces.append(match[0])
        rest = rest[match.end() :]
    if rest:
        raise TimestampError(f"parsing time {quote(text)}: extra text: {quote(rest)}")
    return pieces


def offset(zone: str, text: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 24 or minutes > 60:
        part = "hour" if hours > 24 else "minute"
        raise TimestampError(f"parsing time {quote(text)}: time zone offset {part} out of range")
    away = timedelta(hours=hours, minutes=minutes)
    return -away if zone[0] == "-" else away


def quote(text: str) -> str:
    """As Go's package time quotes: whatever is not plain ASCII byte by byte."""
    return '"' + "".join(map(quoted_byte, text.encode(errors="surrogatepass"))) + '"'


def quoted_byte(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte < 0x80 else f"\\x{byte:02x}"
