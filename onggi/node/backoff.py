"""How long to wait before trying again. Pure: entries go in and come out.

Crash loops follow upstream's ``flowcontrol.Backoff`` with the kubelet's figures: the first
restart is immediate, then 10 s doubling to 300 s, forgotten after 600 s without a crash.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST = timedelta(seconds=10)
LONGEST = timedelta(seconds=300)
FORGOTTEN = 2 * LONGEST


@dataclass(frozen=True)
class Backoff:
    """The delay in force, and when it was set."""

    delay: timedelta
    updated: datetime

    def applies(self, finished: datetime) -> bool:
        """A container that ran for long before it ended starts afresh."""
        return finished - self.updated <= FORGOTTEN

    def until(self, finished: datetime) -> datetime | None:
        """When a container that ended at ``finished`` may start again."""
        return finished + self.delay if self.applies(finished) else None


def after_crash(old: Backoff | None, finished: datetime, now: datetime) -> Backoff:
    """What is in force once the container is started again at ``now``."""
    if old is None or not old.applies(finished):
        return Backoff(FIRST, now)
    return Backoff(min(old.delay * 2, LONGEST), now)


@dataclass(frozen=True)
class Retry:
    """Something failed ``count`` times in a row; not again before ``at``."""

    count: int
    at: datetime


def after_failure(
    old: Retry | None, now: datetime, first: float = 1.0, longest: float = 10.0
) -> Retry:
    """Seconds, doubling."""
    count = old.count + 1 if old else 1
    delay = min(first * 2 ** min(count - 1, 20), longest)
    return Retry(count, now + timedelta(seconds=delay))


def go_duration(period: timedelta) -> str:
    """As Go prints a ``time.Duration`` of whole seconds: ``10s``, ``1m20s``, ``5m0s``."""
    seconds = int(period.total_seconds())
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    if hours:
        return f"{hours}h{minutes}m{rest}s"
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
