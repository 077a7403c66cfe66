import json

from hypothesis import given
from hypothesis import strategies as st

from onggi.node.goquote import quote


def test_go_spells_what_cannot_be_printed() -> None:
    assert quote('a"b\\c\n\t\x00\x7f') == '"a\\"b\\\\c\\n\\t\\x00\\x7f"'
    assert quote("한글 é") == '"한글 é"'
    assert quote("\u200b\U000e0001") == '"\\u200b\\U000e0001"'


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_quoted_as_json_quotes_it(text: str) -> None:
    assert quote(text) == json.dumps(text)
