"""Arithmetic within 64 bits."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.cel.errors import CelError
from tests.api.cel.expressions import failure, value

INTS = st.integers(-(2**63), 2**63 - 1)
EDGES = (0, 1, -1, 2**63 - 1, -(2**63))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("9223372036854775807 + 1", "integer overflow"),
        ("-9223372036854775808 - 1", "integer overflow"),
        ("9223372036854775807 * 2", "integer overflow"),
        ("-(-9223372036854775808)", "integer overflow"),
        ("-9223372036854775808 / -1", "integer overflow"),
        ("-9223372036854775808 % -1", "integer overflow"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("0u - 1u", "unsigned integer overflow"),
        ("18446744073709551615u + 1u", "unsigned integer overflow"),
        ("1u / 0u", "division by zero"),
        ("duration('2562047h') + duration('2562047h')", "duration overflow"),
        ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "timestamp overflow"),
        ("0.0 / 0.0 < 1.0", "NaN values cannot be ordered"),
    ],
)
def test_what_does_not_fit_fails(source: str, why: str) -> None:
    assert failure(source) == why


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("-7 / 2", -3),
        ("-7 % 2", -1),
        ("7 / -2", -3),
        ("1.0 / 0.0 > 1.0", True),
        ("7u / 2u", 3),
        ("b'a' + b'b'", b"ab"),
        ("[1] + [2]", [1, 2]),
        ("'b' > 'a'", True),
        ("true > false", True),
        ("duration('1h') > duration('59m')", True),
        ("timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')",
         True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
    ],
)  # fmt: skip
def test_operators_compute_as_gos(source: str, expected: object) -> None:
    assert value(source) == expected


@given(INTS, INTS, st.sampled_from(["+", "-", "*", "/", "%"]))
def test_whole_numbers_stay_within_64_bits(one: int, other: int, operator: str) -> None:
    source = f"x {operator} y"
    with suppress(CelError):
        found = value(source, x=one, y=other)
        assert -(2**63) <= found <= 2**63 - 1
        assert operator != "/" or abs(found) == abs(one) // abs(other)
