"""Numbers as Go prints them."""

import pytest

from onggi.api.gonumber import is_whole, plain, verb_v_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"), (3.0, "3"), (2.5, "2.5"), (0.0001, "0.0001"), (1e-05, "1e-05"),
        (1e20, "100000000000000000000"), (1e21, "1e+21"), (1.5e300, "1.5e+300"), (-0.5, "-0.5"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_go_does(value: float, text: str) -> None:
    assert verb_v_number(value) == text


def test_whole_floats_are_integers_in_json() -> None:
    assert (plain(2.0), plain(2.5), plain(1e30)) == (2, 2.5, 1e30)
    assert is_whole(2.0)
    assert not is_whole(2.5)
    assert not is_whole(float("nan"))
    assert not is_whole(2.0**60)
