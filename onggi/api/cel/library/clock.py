"""Parts of timestamps and durations: ``getFullYear``, ``getHours('Asia/Seoul')``.

Source: ``cel-go/common/stdlib/standard.go``.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, method
from onggi.api.cel.times import EPOCH, SECOND
from onggi.api.cel.values import Duration, Timestamp

_OFFSET = re.compile(r"([+-]?\d{1,2}):(\d{1,2})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+)*", re.ASCII)
MINUTE = 60 * SECOND


def zone_of(name: str) -> tzinfo:
    """A name of IANA's, or ``+09:00``."""
    if name in ("", "UTC"):
        return UTC
    if ":" in name:
        match = _OFFSET.fullmatch(name)
        if match is None:
            raise CelError(f"unknown time zone {name}")
        minutes = int(match[2]) if not name.startswith("-") else -int(match[2])
        return timezone(timedelta(minutes=max(min(int(match[1]) * 60 + minutes, 1439), -1439)))
    try:
        if _NAME.fullmatch(name) is None:
            raise ZoneInfoNotFoundError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CelError(f"unknown time zone {name}") from None


def local(moment: Timestamp, zone: str) -> datetime:
    at = EPOCH + timedelta(seconds=moment.ns // SECOND)
    try:
        return at.astimezone(zone_of(zone))
    except OverflowError:
        raise CelError("timestamp overflow") from None


def part(read: Callable[[datetime], int]) -> tuple[Callable[..., int], Callable[..., int]]:
    return (lambda t: read(local(t, ""))), (lambda t, zone: read(local(t, zone)))


def milliseconds(moment: Timestamp, zone: str = "") -> int:
    zone_of(zone)
    return moment.ns % SECOND // 1_000_000


PARTS: tuple[tuple[str, str, Callable[[datetime], int]], ...] = (
    ("getFullYear", "timestamp_to_year", lambda t: t.year),
    ("getMonth", "timestamp_to_month", lambda t: t.month - 1),
    ("getDayOfYear", "timestamp_to_day_of_year", lambda t: t.timetuple().tm_yday - 1),
    ("getDayOfMonth", "timestamp_to_day_of_month", lambda t: t.day - 1),
    ("getDate", "timestamp_to_day_of_month_1_based", lambda t: t.day),
    ("getDayOfWeek", "timestamp_to_day_of_week", lambda t: t.isoweekday() % 7),
    ("getHours", "timestamp_to_hours", lambda t: t.hour),
    ("getMinutes", "timestamp_to_minutes", lambda t: t.minute),
    ("getSeconds", "timestamp_to_seconds", lambda t: t.second),
)


def of_timestamps() -> list[Overload]:
    found: list[Overload] = []
    for name, id, read in PARTS:
        plain, zoned = part(read)
        found.append(method(name, id, "timestamp -> int", plain))
        tail = "_tz" if name == "getSeconds" else "_with_tz"
        found.append(method(name, id + tail, "timestamp, string -> int", zoned))
    return found


def units(duration: Duration, unit: int) -> int:
    """Whole ones, towards zero."""
    whole = abs(duration.ns) // unit
    return -whole if duration.ns < 0 else whole


OVERLOADS: tuple[Overload, ...] = (
    *of_timestamps(),
    method("getMilliseconds", "timestamp_to_milliseconds", "timestamp -> int", milliseconds),
    method("getMilliseconds", "timestamp_to_milliseconds_with_tz", "timestamp, string -> int",
           milliseconds),
    method("getHours", "duration_to_hours", "duration -> int", lambda d: units(d, 60 * MINUTE)),
    method("getMinutes", "duration_to_minutes", "duration -> int", lambda d: units(d, MINUTE)),
    method("getSeconds", "duration_to_seconds", "duration -> int", lambda d: units(d, SECOND)),
    method("getMilliseconds", "duration_to_milliseconds", "duration -> int",
           lambda d: units(d, SECOND // 1000)),
)  # fmt: skip
