"""Cron expressions, read and followed exactly as robfig/cron does, which upstream uses.

    parse("*/15 2-5 * * MON-FRI").after(now)       the next time, or None within five years
    parse("@every 90m").after(now)

Its words for what is wrong are part of the API. A clock that is set forward skips what lay in
the hour that is left out; one that is set back does not repeat what has happened, but for
schedules of every hour. Source: ``github.com/robfig/cron/v3`` (parser.go, spec.go).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple, Protocol

from onggi.kinds.batch.cronjob.durations import BadDuration, go_duration

YEARS = 5  # in which a schedule must have a time: there are years without February 29th
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))


class BadSchedule(ValueError):
    """Why an expression is no schedule."""


class Schedule(Protocol):
    def after(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, which is in the schedule's time zone."""


class Field(NamedTuple):
    low: int
    high: int
    names: Mapping[str, int] = {}


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS = (
    Field(0, 59),
    Field(0, 23),
    Field(1, 31),
    Field(1, 12, {name: number for number, name in enumerate(MONTHS, 1)}),
    Field(0, 6, {name: number for number, name in enumerate(DAYS)}),
)
DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
EVERY = "@every "


@dataclass(frozen=True)
class Interval:
    """A fixed time between runs, of whole seconds."""

    length: timedelta

    def after(self, moment: datetime) -> datetime:
        return moment.replace(microsecond=0) + self.length


class Stars(NamedTuple):
    """Whether the field was a star. Where neither was, one of the two is enough."""

    day: bool
    weekday: bool


@dataclass(frozen=True)
class Calendar:
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    stars: "Stars"

    def is_day(self, moment: datetime) -> bool:
        day = moment.day in self.days
        weekday = moment.isoweekday() % 7 in self.weekdays
        return day and weekday if any(self.stars) else day or weekday

    def after(self, moment: datetime) -> datetime | None:
        zone = moment.tzinfo or UTC
        at = step(moment.replace(second=0, microsecond=0), MINUTE, zone)
        last = moment.year + YEARS
        while at.year <= last:
            if at.month not in self.months:
                at = next_month(at, zone)
            elif not self.is_day(at):
                at = next_day(at, zone)
            elif at.hour not in self.hours:
                at = step(at.replace(minute=0), HOUR, zone)
            elif at.minute not in self.minutes:
                at = step(at, MINUTE, zone)
            else:
                return at
        return None


def step(moment: datetime, length: timedelta, zone: tzinfo) -> datetime:
    """So much later as clocks on the wall show it then: time passes in UTC."""
    return (moment.astimezone(UTC) + length).astimezone(zone)


def next_day(moment: datetime, zone: tzinfo) -> datetime:
    """Midnight, or the first hour that a day without midnight has."""
    date = moment.replace(hour=0, minute=0, fold=0, tzinfo=None) + DAY
    return date.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def next_month(moment: datetime, zone: tzinfo) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    date = datetime(year, month + 1, 1, tzinfo=zone)
    return date.astimezone(UTC).astimezone(zone)


def parse(text: str) -> Schedule:
    """Raises BadSchedule."""
    if not text:
        raise BadSchedule("empty spec string")
    if text.startswith(EVERY):
        return every(text)
    if text.startswith("@"):
        if text not in DESCRIPTORS:
            raise BadSchedule(f"unrecognized descriptor: {text}")
        return parse(DESCRIPTORS[text])
    words = text.split()
    if len(words) != len(FIELDS):
        raise BadSchedule(f"expected exactly 5 fields, found {len(words)}: [{' '.join(words)}]")
    read = [numbers(word, field) for word, field in zip(words, FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = (found for found, _ in read)
    stars = Stars(read[2][1], read[4][1])
    return Calendar(minutes, hours, days, months, weekdays, stars)


def every(text: str) -> Interval:
    try:
        length = go_duration(text.removeprefix(EVERY))
    except BadDuration as error:
        raise BadSchedule(f"failed to parse duration {text}: {error}") from None
    return Interval(max(length - timedelta(microseconds=length.microseconds), SECOND))


def numbers(text: str, field: Field) -> tuple[frozenset[int], bool]:
    """Every number that a list of ranges names, and whether one of them was a star."""
    found: set[int] = set()
    star = False
    for expression in filter(None, text.split(",")):
        more, any_of_them = one_range(expression, field)
        found |= more
        star |= any_of_them
    return frozenset(found), star


def one_range(text: str, field: Field) -> tuple[set[int], bool]:
    """``number | number-number [/number]``; ``*`` and ``?`` are all of them."""
    whole, *steps = text.split("/")
    low, *high = whole.split("-")
    star = low in ("*", "?")
    start, end = (field.low, field.high) if star else limits(text, low, high, field)
    if len(steps) > 1:
        raise BadSchedule(f"too many slashes: {text}")
    size = number(steps[0], {}) if steps else 1
    if steps and not high:
        end = field.high  # N/step is N-max/step
    check(text, field, (start, end, size))
    return set(range(start, end + 1, size)), star and size <= 1


def limits(text: str, low: str, high: list[str], field: Field) -> tuple[int, int]:
    start = number(low, field.names)
    if len(high) > 1:
        raise BadSchedule(f"too many hyphens: {text}")
    return start, number(high[0], field.names) if high else start


def check(text: str, field: Field, found: tuple[int, int, int]) -> None:
    start, end, size = found
    if start < field.low:
        raise BadSchedule(f"beginning of range ({start}) below minimum ({field.low}): {text}")
    if end > field.high:
        raise BadSchedule(f"end of range ({end}) above maximum ({field.high}): {text}")
    if start > end:
        raise BadSchedule(f"beginning of range ({start}) beyond end of range ({end}): {text}")
    if size == 0:
        raise BadSchedule(f"step of range should be a positive number: {text}")


def number(text: str, names: Mapping[str, int]) -> int:
    if text.lower() in names:
        return names[text.lower()]
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text, re.ASCII):
        why = f'strconv.Atoi: parsing "{text}": invalid syntax'
        raise BadSchedule(f"failed to parse int from {text}: {why}")
    if int(text) < 0:
        raise BadSchedule(f"negative number ({int(text)}) not allowed: {text}")
    return int(text)
