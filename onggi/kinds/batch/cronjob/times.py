"""Which run of a schedule is due, and when to look again.

Source: ``pkg/controller/cronjob/utils.go`` (mostRecentScheduleTime, nextScheduleTimeDuration).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from onggi.api.objects import View, get
from onggi.api.times import parse as parse_time
from onggi.kinds.batch.cronjob.schedule import Schedule, parse
from onggi.kinds.batch.cronjob.zones import zone

MANY = 100  # runs that were missed: more are told
SECOND = timedelta(seconds=1)


class NoTwoTimes(ValueError):
    """A schedule without a second time, such as one for February 31st."""


class Due(NamedTuple):
    """``at`` is the last time that has come since ``since``; ``missed`` is a rough number."""

    since: datetime
    at: datetime | None = None
    missed: int = 0


@dataclass(frozen=True)
class Clock:
    """A CronJob's schedule, in its time zone: UTC where it names none."""

    job: View
    schedule: Schedule
    zone: tzinfo

    @classmethod
    def of(cls, job: View) -> "Clock":
        """Raises BadZone, BadSchedule."""
        name = get(job, "spec.timeZone")
        return cls(job, parse(get(job, "spec.schedule") or ""), zone(name) if name else UTC)

    def after(self, moment: datetime) -> datetime:
        found = self.schedule.after(moment.astimezone(self.zone))
        if found is None:
            raise NoTwoTimes("time difference between two schedules is less than 1 second")
        return found

    def due(self, now: datetime, *, deadline: bool) -> Due:
        """Raises NoTwoTimes. With its ``deadline``: of those that may still be started."""
        since = self.since(now, deadline)
        first = self.after(since)
        if now < first:
            return Due(since)
        second = self.after(first)
        if now < second:
            return Due(since, first)
        return self.latest(since, (first, second), now)

    def since(self, now: datetime, deadline: bool) -> datetime:
        last = get(self.job, "status.lastScheduleTime")
        since = parse_time(last or self.job["metadata"]["creationTimestamp"])
        seconds = get(self.job, "spec.startingDeadlineSeconds")
        if not deadline or seconds is None:
            return since
        return max(since, now - timedelta(seconds=seconds))

    def latest(self, since: datetime, two: tuple[datetime, datetime], now: datetime) -> Due:
        """Of several that have come: found from close before now, not one by one."""
        between = two[1] - two[0]
        missed = (now - two[0]) // between + 1
        at, latest = self.after(two[0] + (missed - 2) * between), None
        while at <= now:
            latest, at = at, self.after(at)
        return Due(since, latest, missed)

    def wait(self, now: datetime) -> timedelta:
        """Until the next run. Raises NoTwoTimes."""
        found = self.due(now, deadline=False)
        base = found.at or (now if found.missed else found.since)
        return max(self.after(base) - now, timedelta())
