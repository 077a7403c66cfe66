from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api import quantity
from onggi.api.quantity import QuantityError, canonical, parse

# (what the user wrote, what upstream prints for it)
CANONICAL = [
    ("0", "0"), ("0n", "0"), ("00", "0"), ("-0", "0"), (".", "0"), ("0Ki", "0"), ("0e-20", "0"),
    ("100m", "100m"), ("1000m", "1"), ("1500m", "1500m"), ("0.5", "500m"), (".5", "500m"),
    ("1.", "1."), ("1.5", "1500m"), ("1.1", "1100m"), ("0.1m", "100u"), ("0.01n", "1n"),
    ("1.00000000001", "1000000001n"), ("-1.5", "-1500m"), ("-0.01n", "-1n"),
    ("1000", "1k"), ("1024", "1024"), ("1000000", "1M"), ("12000", "12k"), ("1k", "1k"),
    ("1E", "1E"), ("1e3", "1e3"), ("1E3", "1E3"), ("1e1", "10"), ("15e-1", "1500e-3"),
    ("100e3", "100e3"), ("1000e3", "1e6"), ("1e-20", "1e-9"),
    ("1Ki", "1Ki"), ("1024Ki", "1Mi"), ("1.5Gi", "1536Mi"), ("1Gi", "1Gi"), ("1536Mi", "1536Mi"),
    ("0.5Mi", "512Ki"), ("0.5Ki", "512"), ("1023Ki", "1023Ki"), ("0.1Mi", "104857600m"),
    ("8Ei", "9223372036854775807"), ("100Ei", "9223372036854775807"), ("2048Ki", "2Mi"),
    ("512Mi", "512Mi"), ("0.0000000001Ki", "103n"), ("+100m", "+100m"), ("0100", "0100"),
    ("1.500", "1.500"),  # upstream keeps what it takes for canonical already
    ("9223372036854775808", "9223372036854775808"), ("1e1000000000", "10e999999999"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed"), CANONICAL)
def test_a_quantity_is_printed_in_its_canonical_form(text: str, printed: str) -> None:
    assert parse(text).text == printed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", quantity.WRONG_FORMAT),
        ("abc", quantity.WRONG_FORMAT),
        ("1.2.3", quantity.WRONG_FORMAT),
        (" 1", quantity.WRONG_FORMAT),
        ("1_0", quantity.WRONG_FORMAT),
        ("\u0661", quantity.WRONG_FORMAT),
        ("1K", quantity.WRONG_SUFFIX),
        ("1mi", quantity.WRONG_SUFFIX),
        ("1e", quantity.WRONG_SUFFIX),
        ("1ee5", quantity.WRONG_SUFFIX),
        ("1e99999999999", quantity.WRONG_SUFFIX),
        ("1" * 5000, quantity.WRONG_NUMBER),
        ("e-15", quantity.WRONG_NUMBER),
        ("-.Ei", quantity.WRONG_NUMBER),
    ],
)
def test_what_is_no_quantity_is_refused_in_upstreams_words(text: str, why: str) -> None:
    with pytest.raises(QuantityError, match=r"^") as refused:
        parse(text)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("text", "value", "milli"),
    [
        ("1500m", 2, 1500),
        ("1.0001", 2, 1001),
        ("-1500m", -2, -1500),
        ("1Gi", 2**30, 1000 * 2**30),
        ("1n", 1, 1),
        ("2", 2, 2000),
    ],
)
def test_whole_numbers_are_rounded_away_from_zero(text: str, value: int, milli: int) -> None:
    assert (parse(text).value(), parse(text).milli()) == (value, milli)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (1, "1"), (0.5, "500m"), (1000, "1k"), (2.0, "2"), (1.25e-5, "12500n"), (1e16, "10P"),
        (-0.00025, "-250u"), (1e-7, "100e-9"), (1e22, "10e21"), (0.0, "0"),
    ],
)  # fmt: skip
def test_numbers_are_quantities_too(value: float, printed: str) -> None:
    assert canonical(value) == printed


def test_blanks_around_a_quantity_are_forgiven() -> None:
    assert canonical(" 1Gi ") == "1Gi"


@pytest.mark.parametrize("value", [True, None, {}, [1]])
def test_other_json_values_are_no_quantities(value: object) -> None:
    with pytest.raises(QuantityError):
        canonical(value)


def test_different_suffixes_compare_by_amount() -> None:
    assert parse("1Gi") > parse("1G")
    assert parse("1000m") == parse("1")
    assert len({parse("1k"), parse("1000"), parse("1e3")}) == 1
    assert parse("1e1000000000") > parse("1e18")


def test_a_sum_keeps_the_family_of_its_first_addend() -> None:
    assert str(parse("1Gi") + parse("512Mi")) == "1536Mi"
    assert str(parse("0") + parse("512Mi")) == "512Mi"
    assert str(parse("1") - parse("300m")) == "700m"
    assert str(parse("0.5m").rounded_to_milli()) == "1m"
    assert parse("7m").rounded_to_milli() is parse("7m")
    assert float(parse("250m")) == 0.25
    assert quantity.of(1024, quantity.BINARY).text == "1Ki"


amounts = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-", "+"]),
    st.integers(0, 10**20),
    st.one_of(st.just(""), st.integers(0, 10**12).map(".{}".format)),
    st.sampled_from(
        [*quantity.DECIMAL_SUFFIXES, *quantity.BINARY_SUFFIXES, "e3", "E5", "e-4", "e+2", "e0"]
    ),
)


@given(amounts)
def test_the_printed_form_means_the_same_and_is_stable(text: str) -> None:
    once = parse(text)
    if abs(once.nano) >= 10**30:  # upstream has no suffix beyond E and loses the exponent
        return
    again = parse(once.text)
    assert again.nano == once.nano
    assert parse(again.text).text == again.text


@given(st.integers(-(10**25), 10**25))
def test_rounding_up_is_the_ceiling_of_the_magnitude(nano: int) -> None:
    value = quantity.of_nano(nano, quantity.DECIMAL).value()
    exact = Fraction(nano, 10**9)
    assert abs(exact) <= abs(value) < abs(exact) + 1
    assert value * exact >= 0
