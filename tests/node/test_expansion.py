import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.node.expansion import expand

VARS = {"VAR_A": "A", "VAR_B": "B", "VAR_C": "C", "VAR_REF": "$(VAR_A)", "VAR_EMPTY": ""}
CASES = {  # the table of upstream's expand_test.go
    "$(VAR_A)": "A",
    "___$(VAR_B)___": "___B___",
    "___$(VAR_C)": "___C",
    "$(VAR_A)-$(VAR_A)": "A-A",
    "$(VAR_REF)_2": "$(VAR_A)_2",
    "foo-$(VAR_EMPTY)-bar": "foo--bar",
    "$$(VAR_A)_$(VAR_A)": "$(VAR_A)_A",
    "$$$(VAR_B)_$(VAR_A)": "$B_A",
    "$$$$(VAR_A)": "$$(VAR_A)",
    "f000-$$VAR_A": "f000-$VAR_A",
    "foo\\$(VAR_C)bar": "foo\\Cbar",
    "foo$$$$(VAR_C)bar": "foo$$(VAR_C)bar",
    "foo$$$$$$(VAR_B)bar": "foo$$$(VAR_B)bar",
    "$(VAR_A": "$(VAR_A",
    "$VAR_A": "$VAR_A",
    "$(VAR_UNKNOWN)": "$(VAR_UNKNOWN)",
    "$)": "$)",
    "$": "$",
    "VAR$": "VAR$",
    "$(": "$(",
    "$()": "$()",
    "$$(": "$(",
    "$(VAR_A$(VAR_B))": "$(VAR_A$(VAR_B))",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_references_are_expanded_as_upstream_does(text: str, expected: str) -> None:
    assert expand(text, VARS) == expected


def test_the_first_scope_that_knows_a_name_wins() -> None:
    assert expand("$(A) $(B)", {"A": "1"}, {"A": "2", "B": "3"}) == "1 3"


@given(st.text())
def test_a_text_with_every_dollar_doubled_comes_back_as_it_was(text: str) -> None:
    assert expand(text.replace("$", "$$"), VARS) == text
