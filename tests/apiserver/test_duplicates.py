"""Fields that stand twice."""

import json

from hypothesis import given
from hypothesis import strategies as st

from onggi.apiserver.body import duplicate_fields
from onggi.apiserver.duplicates import find

KEYS = st.text('ab\\":', max_size=3)
JSON = st.recursive(
    st.none() | st.text('ab\\":{,', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


def test_they_are_named_by_their_path():
    body = b'{"spec": {"a": 1, "a": 2, "list": [{"b": 1}, {"c": 1, "c": 2}]}, "spec": {}}'
    assert find(body) == ["spec.a", "spec.list[1].c", "spec"]


def test_a_text_without_any_has_none():
    assert find(b'{"a": {"b": [1, {"c": 2}]}}') == []


@given(JSON)
def test_the_quick_look_finds_none_where_there_are_none(value):
    obj = {"k": value}
    for spaced in (json.dumps(obj), json.dumps(obj, indent=1)):
        assert list(duplicate_fields(spaced.encode(), json.loads(spaced))) == []


@given(JSON, KEYS)
def test_the_quick_look_misses_none(value, key):
    twice = f'{{"x": {json.dumps(value)}, "l": [{{{json.dumps(key)}: 1, {json.dumps(key)} : 2}}]}}'
    assert len(duplicate_fields(twice.encode(), json.loads(twice))) == 1
