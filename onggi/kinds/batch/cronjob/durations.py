"""Durations as Go writes them: ``1h30m``, ``2.5s``. Source: ``time.ParseDuration``."""

import re
from datetime import timedelta

from onggi.api.gotext import quote

UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
PART = re.compile(r"([0-9]*)(?:(\.)([0-9]*))?([^0-9.]*)", re.ASCII)
LONGEST = 2**63 / 1e9  # seconds


class BadDuration(ValueError):
    """In Go's words."""


def go_duration(text: str) -> timedelta:
    """Raises BadDuration."""
    sign, rest = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if rest == "0":
        return timedelta()
    if not rest:
        raise BadDuration(f"time: invalid duration {quote(text)}")
    seconds = 0.0
    while rest:
        found = PART.match(rest)
        if found is None or not (found[1] or found[3]):
            raise BadDuration(f"time: invalid duration {quote(text)}")
        if not found[4]:
            raise BadDuration(f"time: missing unit in duration {quote(text)}")
        if found[4] not in UNITS:
            what = f"unknown unit {quote(found[4])} in duration {quote(text)}"
            raise BadDuration(f"time: {what}")
        seconds += float(f"{found[1] or 0}.{found[3] or 0}") * UNITS[found[4]]
        rest = rest[found.end() :]
    if seconds > LONGEST:
        raise BadDuration(f"time: invalid duration {quote(text)}")
    return sign * timedelta(seconds=seconds)
