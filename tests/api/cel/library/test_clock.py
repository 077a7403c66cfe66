"""Parts of timestamps and durations."""

import pytest

from tests.api.cel.expressions import failure, value

MOMENT = "timestamp('2026-03-04T05:06:07.089Z')"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{MOMENT}.getFullYear()", 2026),
        (f"{MOMENT}.getMonth()", 2),
        (f"{MOMENT}.getDate()", 4),
        (f"{MOMENT}.getDayOfMonth()", 3),
        (f"{MOMENT}.getDayOfYear()", 62),
        (f"{MOMENT}.getDayOfWeek()", 3),
        (f"{MOMENT}.getHours()", 5),
        (f"{MOMENT}.getHours('Asia/Seoul')", 14),
        (f"{MOMENT}.getHours('+09:30')", 14),
        (f"{MOMENT}.getMinutes('-00:30')", 36),
        (f"{MOMENT}.getSeconds()", 7),
        (f"{MOMENT}.getMilliseconds()", 89),
        ("duration('3h5m').getHours()", 3),
        ("duration('-90s').getMinutes()", -1),
        ("duration('1.5s').getMilliseconds()", 1500),
    ],
)
def test_parts_of_times(source: str, expected: int) -> None:
    assert value(source) == expected


def test_a_zone_that_nobody_knows() -> None:
    assert failure(f"{MOMENT}.getHours('Nowhere/Here')") == "unknown time zone Nowhere/Here"
    assert failure(f"{MOMENT}.getHours('../../etc/passwd')").startswith("unknown time zone")
