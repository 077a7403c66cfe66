"""Timestamps as the API writes them. Nothing here knows what time it is."""

from datetime import UTC, datetime, timedelta


def stamp(moment: datetime) -> str:
    """metav1.Time: whole seconds, UTC: ``2026-01-01T00:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def micro(moment: datetime) -> str:
    """metav1.MicroTime, as Leases and events write it: ``2026-01-01T00:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """Either of the two, or any other RFC 3339. Raises ValueError."""
    return datetime.fromisoformat(text)


def until(moment: datetime, now: datetime) -> timedelta:
    """How long from now; never negative."""
    return max(moment - now, timedelta())


def age(passed: timedelta) -> str:
    """How kubectl prints an age: ``45s``, ``5m3s``, ``7h5m``, ``2d``, ``3y12d``.

    Source: ``k8s.io/apimachinery/pkg/util/duration`` (HumanDuration).
    """
    if passed <= timedelta(seconds=-2):
        return "<invalid>"
    seconds = max(int(passed.total_seconds()), 0)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    steps = (
        (seconds < 120, f"{seconds}s"),
        (minutes < 10, two(minutes, "m", seconds % 60, "s")),
        (minutes < 180, f"{minutes}m"),
        (hours < 8, two(hours, "h", minutes % 60, "m")),
        (hours < 48, f"{hours}h"),
        (hours < 192, two(days, "d", hours % 24, "h")),
        (days < 730, f"{days}d"),
        (days < 2920, two(days // 365, "y", days % 365, "d")),
        (True, f"{days // 365}y"),
    )
    return next(text for applies, text in steps if applies)


def two(large: int, unit: str, small: int, subunit: str) -> str:
    return f"{large}{unit}{small}{subunit}" if small else f"{large}{unit}"
