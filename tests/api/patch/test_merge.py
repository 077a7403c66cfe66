from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.objects import clone
from onggi.api.patch.merge import apply

# RFC 7386, appendix A, as far as both sides are objects.
EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {}}),
]

BEYOND_THE_RFC: list[tuple[Any, Any, Any]] = [
    ({"a": 1}, {"a": [{"b": None, "c": [{"d": None}]}, None]}, {"a": [{"c": [{}]}, None]}),
]


@pytest.mark.parametrize(("obj", "patch", "result"), EXAMPLES + BEYOND_THE_RFC)
def test_objects_are_merged(obj: Any, patch: Any, result: Any) -> None:
    before = clone(obj)
    assert apply(obj, patch) == result
    assert obj == before


values = st.recursive(
    st.integers() | st.text() | st.lists(st.integers(), max_size=2),
    lambda v: st.dictionaries(st.sampled_from("abc"), v, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from("abc"), values, max_size=3)


def difference(old: Any, new: Any) -> Any:
    """The merge patch from one object to another."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    patch = {key: difference(old.get(key), new[key]) for key in new if old.get(key) != new[key]}
    return patch | {key: None for key in old if key not in new}


@given(objects, objects)
def test_a_patch_leads_from_any_object_to_any_other(old: Any, new: Any) -> None:
    assert apply(old, difference(old, new)) == new


@given(objects, objects)
def test_patching_twice_is_patching_once(obj: Any, patch: Any) -> None:
    once = apply(obj, patch)
    assert apply(once, patch) == once
