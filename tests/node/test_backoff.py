"""How long crashed containers wait."""

from datetime import timedelta

import pytest

from onggi.node.backoff import Backoff, after_crash, after_failure, go_duration
from tests.world import NOW


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def test_delays_double_up_to_five_minutes():
    backoff, now, delays = None, NOW, []
    for _ in range(8):
        backoff = after_crash(backoff, now, now)
        delays.append(backoff.delay.total_seconds())
        now += backoff.delay
    assert delays == [10, 20, 40, 80, 160, 300, 300, 300]


def test_ten_minutes_without_a_crash_forget_it():
    backoff = Backoff(seconds(160), NOW)
    assert backoff.until(NOW + seconds(600)) == NOW + seconds(760)
    assert backoff.until(NOW + seconds(601)) is None
    assert after_crash(backoff, NOW + seconds(601), NOW + seconds(601)).delay == seconds(10)


def test_failures_in_a_row_are_tried_less_and_less_often():
    retry, waits = None, []
    for _ in range(6):
        retry = after_failure(retry, NOW)
        waits.append((retry.at - NOW).total_seconds())
    assert waits == [1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0s"), (10, "10s"), (80, "1m20s"), (160, "2m40s"), (300, "5m0s"), (3661, "1h1m1s")],
)
def test_durations_are_spelled_as_go_does(amount, text):
    assert go_duration(seconds(amount)) == text
