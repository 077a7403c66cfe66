import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.gotext import json_text, parse_int, quote


def test_strings_are_quoted_as_go_quotes_them() -> None:
    assert quote("abc") == '"abc"'
    assert quote('a"\\\n\t옹\x00\u200b') == '"a\\"\\\\\\n\\t옹\\x00\\u200b"'
    assert quote("\U000e0001") == '"\\U000e0001"'


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_quoted_as_json_quotes_it(text: str) -> None:
    assert quote(text) == json.dumps(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("-3", -3), ("+3", 3), ("", None), (" 1", None), ("1_0", None), ("٣", None)],
)
def test_whole_numbers_are_read_as_go_reads_them(text: str, number: int | None) -> None:
    assert parse_int(text) == number


def test_json_is_compact_and_safe_in_html() -> None:
    assert (
        json_text({"a": ["<b>", 1, None, "옹&"]}) == '{"a":["\\u003cb\\u003e",1,null,"옹\\u0026"]}'
    )
