from onggi.api.gotext import json_text, quote


def test_strings_are_quoted_as_go_quotes_them() -> None:
    assert quote("abc") == '"abc"'
    assert quote('a"\\\n\t옹\x00\u200b') == '"a\\"\\\\\\n\\t옹\\x00\\u200b"'
    assert quote("\U000e0001") == '"\\U000e0001"'


def test_json_is_compact_and_safe_in_html() -> None:
    assert (
        json_text({"a": ["<b>", 1, None, "옹&"]}) == '{"a":["\\u003cb\\u003e",1,null,"옹\\u0026"]}'
    )
