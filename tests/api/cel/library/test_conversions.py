"""Conversions between types."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.cel.library.conversions import double_text
from tests.api.cel.expressions import failure, value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("int('-42')", -42),
        ("int(3.9)", 3),
        ("int(-3.9)", -3),
        ("int(timestamp('1970-01-01T00:01:00Z'))", 60),
        ("uint(7)", 7),
        ("double('1e3')", 1000.0),
        ("string(1.0)", "1"),
        ("string(1.5)", "1.5"),
        ("string(1e21)", "1e+21"),
        ("string(1e20)", "100000000000000000000"),
        ("string(0.00001)", "1e-05"),
        ("string(true)", "true"),
        ("string(b'abc')", "abc"),
        ("string(duration('1h1.5s'))", "3601.5s"),
        ("string(timestamp('2026-01-01T00:00:00.120Z'))", "2026-01-01T00:00:00.12Z"),
        ("bool('T')", True),
        ("bytes('é')", "é".encode()),
        ("size('é')", 1),
        ("size(b'\\xff\\xff')", 2),
        ("type(type(1)) == type", True),
        ("type(timestamp(0)) == google.protobuf.Timestamp", True),
        ("type(null) == null_type", True),
    ],
)
def test_values_are_converted(source: str, expected: object) -> None:
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("int(x)", "type conversion error from 'string' to 'int'"),
        ("uint(-1)", "unsigned integer overflow"),
        ("int(1e19)", "integer overflow"),
        ("int(18446744073709551615u)", "integer overflow"),
        ("bool('yes')", "type conversion error from 'string' to 'bool'"),
        ("string(b'\\xff')", "invalid UTF-8 in bytes, cannot convert to string"),
        ("duration(x)", "type conversion error from 'string' to 'google.protobuf.Duration'"),
        ("timestamp(x)", "type conversion error from 'string' to 'google.protobuf.Timestamp'"),
    ],
)
def test_what_cannot_be_converted_says_so(source: str, why: str) -> None:
    assert failure(source, x="a") == why


@given(st.floats(allow_nan=False))
def test_a_double_is_written_so_that_it_can_be_read_again(number: float) -> None:
    text = double_text(number).replace("Inf", "inf")
    assert float(text) == number
    assert math.copysign(1, float(text)) == math.copysign(1, number)
