from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.times import micro, stamp
from onggi.api.timestamps import TimestampError, canonical, canonical_micro

SECONDS = '"2006-01-02T15:04:05Z07:00"'
MICROS = '"2006-01-02T15:04:05.000000Z07:00"'


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.999Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T09:30:00+09:30", "2026-01-01T00:00:00Z"),
        ("2025-12-31T19:00:00-05:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T1:00:00Z", "2026-01-01T01:00:00Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ],
)
def test_a_time_is_printed_in_whole_seconds_of_utc(text: str, printed: str) -> None:
    assert canonical(text) == printed


def test_a_micro_time_keeps_six_digits() -> None:
    assert canonical_micro("2026-01-01T01:00:00.123456+01:00") == "2026-01-01T00:00:00.123456Z"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo", f'parsing time "foo" as {SECONDS}: cannot parse "foo" as "2006"'),
        ("é", f'parsing time "\\xc3\\xa9" as {SECONDS}: cannot parse "\\xc3\\xa9" as "2006"'),
        ("", f'parsing time "" as {SECONDS}: cannot parse "" as "2006"'),
        ("2026-1-1", f'parsing time "2026-1-1" as {SECONDS}: cannot parse "1-1" as "01"'),
        (
            "2026-01-01T00:00:00",
            f'parsing time "2026-01-01T00:00:00" as {SECONDS}: cannot parse "" as "Z07:00"',
        ),
        ("2026-13-01T00:00:00Z", 'parsing time "2026-13-01T00:00:00Z": month out of range'),
        ("2026-02-30T00:00:00Z", 'parsing time "2026-02-30T00:00:00Z": day out of range'),
        ("2026-02-03T24:00:00Z", 'parsing time "2026-02-03T24:00:00Z": hour out of range'),
        ("2026-02-03T00:00:00Zz", 'parsing time "2026-02-03T00:00:00Zz": extra text: "z"'),
        (
            "2026-02-03T00:00:00+25:00",
            'parsing time "2026-02-03T00:00:00+25:00": time zone offset hour out of range',
        ),
    ],
)
def test_what_is_no_time_is_refused_in_gos_words(text: str, message: str) -> None:
    with pytest.raises(TimestampError) as refused:
        canonical(text)
    assert str(refused.value) == message


def test_a_micro_time_without_its_digits_is_refused() -> None:
    with pytest.raises(TimestampError) as refused:
        canonical_micro("2026-01-01T00:00:00Z")
    assert str(refused.value) == (
        f'parsing time "2026-01-01T00:00:00Z" as {MICROS}: cannot parse "Z" as ".000000"'
    )


moments = st.datetimes(
    datetime(1970, 1, 1), datetime(9998, 1, 1),
    timezones=st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m))),
)  # fmt: skip


@given(moments)
def test_every_moment_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert canonical(whole.isoformat()) == stamp(moment)
    assert canonical_micro(micro(moment)) == micro(moment)
    assert canonical(stamp(moment)) == stamp(moment.astimezone(UTC))
