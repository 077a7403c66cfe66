"""How long, for people: ``45s``, ``3m20s``, ``5h``, ``8d``, as ``kubectl get`` shows ages.

Source: ``k8s.io/apimachinery/pkg/util/duration`` (HumanDuration).
"""

from datetime import timedelta

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400
# below this many seconds: the unit, its letter, and the smaller unit shown beside it
STEPS = (
    (2 * MINUTE, 1, "s", 0, ""),
    (10 * MINUTE, MINUTE, "m", 1, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (2 * DAY, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * YEAR, DAY, "d", 0, ""),
    (8 * YEAR, YEAR, "y", DAY, "d"),
)


def human(elapsed: timedelta) -> str:
    """Clocks differ a little: up to a second before now is ``0s``, more is ``<invalid>``."""
    seconds = int(elapsed.total_seconds())
    if seconds < -1:
        return "<invalid>"
    seconds = max(seconds, 0)
    for limit, unit, letter, smaller, small_letter in STEPS:
        if seconds < limit:
            rest = seconds % unit // smaller if smaller else 0
            return f"{seconds // unit}{letter}{f'{rest}{small_letter}' if rest else ''}"
    return f"{seconds // YEAR}y"
