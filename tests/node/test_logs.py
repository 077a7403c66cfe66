from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import BadRequest
from onggi.api.http import Request
from onggi.node.logs import LogOptions, Selection, fixed, options, parse
from tests.world import NOW

OUT = b"2026-01-01T00:00:01.5Z stdout F hello\n"
ERR = b"2026-01-01T00:00:02.000000001Z stderr F oh no\n"
PART = b"2026-01-01T00:00:03Z stdout P begin-\n"
REST = b"2026-01-01T00:00:03.1Z stdout F end\n"
ALL = [OUT, ERR, PART, REST]


def chosen(**wanted: object) -> bytes:
    return Selection(LogOptions(**wanted)).take(ALL)


def test_parts_of_a_line_are_joined() -> None:
    assert chosen() == b"hello\noh no\nbegin-end\n"


def test_one_stream_can_be_chosen() -> None:
    assert chosen(stream=b"stderr") == b"oh no\n"


def test_timestamps_have_nine_decimals_and_stand_once_a_line() -> None:
    assert chosen(timestamps=True).splitlines() == [
        b"2026-01-01T00:00:01.500000000Z hello",
        b"2026-01-01T00:00:02.000000001Z oh no",
        b"2026-01-01T00:00:03.000000000Z begin-end",
    ]
    assert fixed(b"2026-01-01T09:00:01.25+09:00") == b"2026-01-01T09:00:01.250000000+09:00"


def test_older_lines_can_be_left_out() -> None:
    assert chosen(since=NOW + timedelta(seconds=2)) == b"oh no\nbegin-end\n"


@given(st.integers(1, 40))
def test_no_more_bytes_than_asked_for_are_given(limit: int) -> None:
    selection = Selection(LogOptions(limit=limit))
    assert selection.take(ALL) == chosen()[:limit]
    assert selection.full == (limit <= len(chosen()))


@given(st.binary(max_size=80))
def test_what_is_no_log_line_is_skipped(line: bytes) -> None:
    entry = parse(line)
    assert entry is None or entry.stream in (b"stdout", b"stderr")


def test_lines_may_be_empty_or_hold_spaces_and_carriage_returns() -> None:
    entry = parse(b"2026-01-01T00:00:01Z stdout F  a  b\r\n")
    assert entry is not None
    assert entry.text == b" a  b\r\n"
    empty = parse(b"2026-01-01T00:00:01Z stdout F \n")
    assert empty is not None
    assert empty.text == b"\n"


def request(**query: str) -> Request:
    return Request(method="GET", path="/", query={k: [v] for k, v in query.items()})


def test_the_query_is_understood() -> None:
    found = options(
        request(follow="true", tailLines="0", limitBytes="5", sinceSeconds="60", stream="Stderr"),
        NOW,
    )
    assert found == LogOptions(
        follow=True, tail=0, limit=5, since=NOW - timedelta(seconds=60), stream=b"stderr"
    )
    assert options(request(sinceTime="2026-01-01T00:00:00Z"), NOW).since == NOW


@pytest.mark.parametrize(
    "query",
    [
        {"tailLines": "-1"},
        {"limitBytes": "0"},
        {"sinceTime": "x"},
        {"stream": "x"},
        {"tailLines": "²"},
    ],
)
def test_a_bad_query_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        options(request(**query), NOW)
