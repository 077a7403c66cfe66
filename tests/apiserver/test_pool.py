"""Numbers that are given once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.pool import Full, Outside, Pool, Taken


def test_a_number_is_given_once_and_again_when_released():
    pool = Pool(1, 5, 0)
    pool.take(3)
    with pytest.raises(Taken):
        pool.take(3)
    pool.release(3)
    pool.take(3)


def test_only_numbers_of_the_range_are_given():
    pool = Pool(1, 5, 0)
    for number in (0, 6, -1):
        with pytest.raises(Outside):
            pool.take(number)


@given(st.integers(1, 40), st.integers(0, 40))
def test_all_are_given_before_it_is_full_and_the_reserved_ones_last(size, reserved):
    pool = Pool(10, 9 + size, min(reserved, size))
    given_out = [pool.next() for _ in range(size)]
    assert sorted(given_out) == list(range(10, 10 + size))
    free = size - pool.reserved
    assert all(number >= 10 + pool.reserved for number in given_out[:free])
    with pytest.raises(Full):
        pool.next()
