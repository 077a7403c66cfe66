from datetime import timedelta

import pytest

from onggi.api.durations import human


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
    assert human(duration) == shown
