from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.label_syntax import Requirement, SelectorError, parse, requirement


def test_requirements_come_ordered_by_key() -> None:
    assert parse("b=1,a in (y, x),!c") == [
        Requirement("a", "in", ("x", "y")),
        Requirement("b", "=", ("1",)),
        Requirement("c", "!"),
    ]


@pytest.mark.parametrize(
    ("operator", "values", "shown"),
    [
        ("in", [], "[]: for 'in', 'notin' operators, values set can't be empty"),
        ("=", ["a", "b"], '["a","b"]: exact-match compatibility requires one single value'),
        ("exists", ["a"], '["a"]: values set must be empty for exists and does not exist'),
        ("gt", [], "[]: for 'Gt', 'Lt' operators, exactly one value is required"),
    ],
)
def test_operators_take_their_number_of_values(
    operator: str, values: list[str], shown: str
) -> None:
    with pytest.raises(SelectorError) as refused:
        requirement("k", operator, values)
    assert str(refused.value) == f"values: Invalid value: {shown}"


def test_several_errors_are_one_message() -> None:
    with pytest.raises(SelectorError) as refused:
        requirement("k", "=", ["-", "-x"])
    assert str(refused.value).startswith("[values: Invalid value: ")
    assert str(refused.value).endswith("]")


@given(st.text(alphabet="ab=!(), innot<>-/.", max_size=20))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    with suppress(SelectorError):
        found = parse(text)
        assert parse(",".join(map(str, found))) == found
