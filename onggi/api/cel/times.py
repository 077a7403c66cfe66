"""Durations and timestamps: Go's texts read and written, arithmetic with its limits.

Source: Go's ``time.ParseDuration``, ``time.Parse(RFC3339)``; ``cel-go/common/types``
(duration.go, timestamp.go, overflow.go).
"""

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from onggi.api.cel.errors import CelError
from onggi.api.cel.values import Duration, Timestamp, conversion_error

SECOND = 10**9
UNITS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6,
    "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND,
}  # fmt: skip
LIMIT = 2**63
EARLIEST, LATEST = -62135596800 * SECOND, 253402300800 * SECOND  # the years 1 … 9999
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPOKEN = {
    name: unit
    for names, unit in (
        ("ns nano nanos", 1), ("us µs micro micros", 10**3), ("ms milli millis", 10**6),
        ("s sec secs", SECOND), ("m min mins", 60 * SECOND), ("h hr hrs hour hours", 3600 * SECOND),
        ("d day days", 86400 * SECOND), ("w wk wks week weeks", 7 * 86400 * SECOND),
    )
    for name in names.split()
}  # fmt: skip
_SPOKEN = re.compile(r"([0-9]{1,12})\s*([A-Za-zµ]+)", re.ASCII)
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)


def parse_duration(text: str) -> int:
    """Nanoseconds of ``1h30m``, ``-1.5s``, ``0``. Raises ValueError."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total, position = Fraction(0), 0
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None or not (match[1] or match[2]) or len(match[0]) > 64:
            raise ValueError(text)
        value = Fraction(int(match[1] or 0))
        if match[2]:
            value += Fraction(int(match[2]), 10 ** len(match[2]))
        total += int(value * UNITS[match[3]])
        position = match.end()
    ns = int(-total if text[:1] == "-" else total)
    if not rest or not -LIMIT <= ns < LIMIT:
        raise ValueError(text)
    return ns


def parse_spoken_duration(text: str) -> int:
    """``parse_duration``, and as people say it: ``2 days``. Source: strfmt.ParseDuration."""
    try:
        return parse_duration(text)
    except ValueError:
        parts = _SPOKEN.findall(text)
        if not parts or _SPOKEN.sub("", text).strip() or any(u not in SPOKEN for _, u in parts):
            raise
        return sum(int(number) * SPOKEN[unit] for number, unit in parts)


def duration_of(text: str) -> Duration:
    try:
        return Duration(parse_duration(text))
    except ValueError:
        raise conversion_error(text, "duration") from None


def parse_moment(text: str) -> Timestamp:
    """RFC 3339. Raises ValueError."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(match[i]) for i in range(1, 7))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    seconds = (moment - EPOCH) // timedelta(seconds=1)
    away = 0
    if match[8]:
        if int(match[9]) > 24 or int(match[10]) > 60:
            raise ValueError(text)
        away = (int(match[9]) * 3600 + int(match[10]) * 60) * (1 if match[8] == "+" else -1)
    return Timestamp((seconds - away) * SECOND + int((match[7] or "0")[:9].ljust(9, "0")), away)


def timestamp_of(text: str) -> Timestamp:
    try:
        moment = parse_moment(text)
    except ValueError:
        raise conversion_error(text, "timestamp") from None
    return checked_moment(moment.ns, moment.offset)


def checked_moment(ns: int, offset: int = 0) -> Timestamp:
    if not EARLIEST <= ns < LATEST:
        raise CelError("timestamp overflow")
    return Timestamp(ns, offset)


def checked_duration(ns: int) -> Duration:
    if not -LIMIT <= ns < LIMIT:
        raise CelError("duration overflow")
    return Duration(ns)


def moment_text(moment: Timestamp) -> str:
    """RFC 3339 with as many digits as it takes."""
    whole, fraction = divmod(moment.ns, SECOND)
    away = moment.offset
    try:
        text = (EPOCH + timedelta(seconds=whole + away)).isoformat()[:19]
    except OverflowError:
        raise CelError("timestamp overflow") from None
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    minutes = abs(away) // 60
    zone = f"{'-' if away < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if away else "Z"
    return f"{text}{digits}{zone}"


def duration_text(duration: Duration) -> str:
    """Seconds, as ``string(duration('1h'))`` gives: ``3600s``."""
    whole, fraction = divmod(abs(duration.ns), SECOND)
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{'-' if duration.ns < 0 else ''}{whole}{digits}s"
