"""Names of fields in expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.cel.escaping import escape, unescape


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("plain", "plain"),
        ("namespace", "__namespace__"),
        ("a.b", "a__dot__b"),
        ("a-b/c", "a__dash__b__slash__c"),
        ("a__b", "a__underscores__b"),
        ("$ref", None),
        ("1a", None),
        ("", None),
    ],
)
def test_names_are_escaped(name: str, escaped: str | None) -> None:
    assert escape(name) == escaped


@given(st.text("ab_.-/", min_size=1, max_size=12))
def test_escaping_is_undone(name: str) -> None:
    escaped = escape(name)
    assert escaped is not None
    if "_" not in name:
        assert unescape(escaped) == name
