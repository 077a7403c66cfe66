"""Sets of indexes as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.kinds.batch.indexes import BadIndexes, check, overlap, parse, written

SETS = st.sets(st.integers(0, 40))


@given(SETS)
def test_what_is_written_is_read_back_and_valid(numbers):
    text = written(numbers)
    assert parse(text, 41) == numbers
    assert check(text, 41) == len(numbers)


@given(SETS, SETS)
def test_an_overlap_is_found(a, b):
    found = overlap(written(a), written(b), 41)
    assert bool(found) == bool(a & b)
    assert not found or found.endswith(f": {min(a & b)}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a", 'cannot convert string to integer for index: "a"'),
        ("5", 'too large index: "5"'),
        ("1,1", "non-increasing order, previous: 1, current: 1"),
        ("3-2", "non-increasing order, previous: 3, current: 2"),
        ("1-2-3", 'the fragment "1-2-3" violates the requirement that an index interval can have '
         "at most two parts separated by '-'"),
    ],
)  # fmt: skip
def test_what_is_no_set_is_refused(text, why):
    with pytest.raises(BadIndexes) as refused:
        check(text, 5)
    assert str(refused.value) == why


def test_indexes_past_the_end_are_forgotten():
    assert parse("0-9", 3) == {0, 1, 2}
