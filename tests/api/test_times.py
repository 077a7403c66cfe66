from datetime import datetime, timedelta, timezone

from onggi.api.times import micro, parse, stamp, until
from tests.world import NOW


def test_moments_are_written_in_utc() -> None:
    seoul = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert stamp(seoul) == "2026-01-01T00:00:00Z"
    assert micro(seoul) == "2026-01-01T00:00:00.000000Z"
    assert parse(stamp(seoul)) == seoul


def test_what_is_past_is_not_waited_for() -> None:
    assert until(NOW - timedelta(seconds=1), NOW) == timedelta()
    assert until(NOW + timedelta(seconds=1), NOW) == timedelta(seconds=1)
