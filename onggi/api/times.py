"""Timestamps as the API writes them. Nothing here knows what time it is."""

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """metav1.Time: whole seconds, UTC: ``2026-01-01T00:00:00Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def micro(moment: datetime) -> str:
    """metav1.MicroTime, as Leases and events write it: ``2026-01-01T00:00:00.000000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def parse(text: str) -> datetime:
    """Either of the two, or any other RFC 3339. Raises ValueError."""
    return datetime.fromisoformat(text)


def until(moment: datetime, now: datetime) -> timedelta:
    """How long from now; never negative."""
    return max(moment - now, timedelta())
