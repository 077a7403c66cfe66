from datetime import datetime, timedelta, timezone

import pytest

from onggi.api.times import age, micro, parse, stamp, until
from tests.world import NOW


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        ("-3 0 0 0", "<invalid>"),
        ("-1 0 0 0", "0s"),
        ("0 0 0 0", "0s"),
        ("119 0 0 0", "119s"),
        ("0 2 0 0", "2m"),
        ("3 5 0 0", "5m3s"),
        ("59 9 0 0", "9m59s"),
        ("1 10 0 0", "10m"),
        ("0 179 0 0", "179m"),
        ("0 0 3 0", "3h"),
        ("0 5 7 0", "7h5m"),
        ("0 5 8 0", "8h"),
        ("0 0 47 0", "47h"),
        ("0 0 0 2", "2d"),
        ("0 0 3 2", "2d3h"),
        ("0 0 3 8", "8d"),
        ("0 0 0 729", "729d"),
        ("0 0 0 730", "2y"),
        ("0 0 0 731", "2y1d"),
        ("0 0 0 2920", "8y"),
    ],
)
def test_an_age_has_two_or_three_figures(passed: str, shown: str) -> None:
    seconds, minutes, hours, days = map(int, passed.split())
    duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert age(duration) == shown


def test_moments_are_written_in_utc() -> None:
    seoul = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert stamp(seoul) == "2026-01-01T00:00:00Z"
    assert micro(seoul) == "2026-01-01T00:00:00.000000Z"
    assert parse(stamp(seoul)) == seoul


def test_what_is_past_is_not_waited_for() -> None:
    assert until(NOW - timedelta(seconds=1), NOW) == timedelta()
    assert until(NOW + timedelta(seconds=1), NOW) == timedelta(seconds=1)
