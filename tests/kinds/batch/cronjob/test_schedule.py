"""Cron expressions: what they mean, and what is said of those that mean nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.batch.cronjob.schedule import BadSchedule, parse

START = datetime(2026, 1, 1, 12, 30, 15, tzinfo=UTC)


def times(text, count=2, start=START):
    schedule, found = parse(text), []
    for _ in range(count):
        start = schedule.after(start)
        found.append(start)
    return [at.strftime("%m-%d %H:%M") for at in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("* * * * *", ["01-01 12:31", "01-01 12:32"]),
        ("*/15 * * * ?", ["01-01 12:45", "01-01 13:00"]),
        ("5/20 2-4 * * *", ["01-02 02:05", "01-02 02:25"]),
        ("0 0 * * MON-FRI", ["01-02 00:00", "01-05 00:00"]),
        ("0 0 13 * fri", ["01-02 00:00", "01-09 00:00"]),  # either is enough
        ("0 0 */10 * fri", ["01-02 00:00", "01-09 00:00"]),  # a step is no star: either
        ("0 0 29 2 *", ["02-29 00:00", "02-29 00:00"]),
        ("@hourly", ["01-01 13:00", "01-01 14:00"]),
        ("@weekly", ["01-04 00:00", "01-11 00:00"]),
        ("@every 90m", ["01-01 14:00", "01-01 15:30"]),
        ("@every 1.5s", ["01-01 12:30", "01-01 12:30"]),
    ],
)
def test_the_next_times(text, wanted):
    assert times(text) == wanted


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty spec string"),
        ("* * * *", "expected exactly 5 fields, found 4: [* * * *]"),
        ("60 * * * *", "end of range (60) above maximum (59): 60"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("* * * * 7", "end of range (7) above maximum (6): 7"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("@often", "unrecognized descriptor: @often"),
        ("@every x", 'failed to parse duration @every x: time: invalid duration "x"'),
    ],
)
def test_what_is_no_schedule_is_refused_in_robfigs_words(text, why):
    with pytest.raises(BadSchedule) as refused:
        parse(text)
    assert str(refused.value) == why


def test_a_day_that_never_comes_is_none():
    assert parse("59 23 31 2 *").after(START) is None


def test_clocks_that_are_set():
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 12, tzinfo=berlin)
    at = parse("30 2 * * *").after(before)  # there is no half past two that day
    assert at.date().isoformat() == "2026-03-30"
    autumn = datetime(2026, 10, 24, 12, tzinfo=berlin)
    first = parse("30 2 * * *").after(autumn)
    assert (first.hour, first.minute, first.day) == (2, 30, 25)


@given(
    st.integers(1, 59), st.integers(0, 23), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
)
def test_a_daily_time_comes_within_a_day(minute, hour, start):
    start = start.replace(tzinfo=UTC)
    at = parse(f"{minute} {hour} * * *").after(start)
    assert timedelta() < at - start <= timedelta(days=1)
    assert (at.minute, at.hour, at.second) == (minute, hour, 0)
