"""Defaults are put where an object lacks them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.objects import clone_value
from onggi.api.structural.defaults import fill, pruned
from onggi.api.structural.node import Structural
from tests.api.structural.test_prune import JSON

A = {"type": "string", "default": "a"}


def of(**properties: Any) -> Structural:
    return Structural({"type": "object", "properties": properties})


def filled(value: Any, node: Structural) -> Any:
    fill(value, node)
    return value


def test_a_default_is_for_what_is_absent_or_null() -> None:
    node = of(a=A, b={**A, "nullable": True})
    assert filled({}, node) == {"a": "a", "b": "a"}
    assert filled({"a": None, "b": None}, node) == {"a": "a", "b": None}
    assert filled({"a": "x"}, node)["a"] == "x"


def test_a_default_is_completed_by_the_defaults_inside() -> None:
    node = of(o={"type": "object", "default": {}, "properties": {"a": A}})
    assert filled({}, node) == {"o": {"a": "a"}}


def test_without_a_default_for_the_whole_nothing_is_made_up() -> None:
    assert filled({}, of(o={"type": "object", "properties": {"a": A}})) == {}


def test_items_and_values_are_completed() -> None:
    inner = {"type": "object", "properties": {"a": A}}
    node = of(
        list={"type": "array", "items": inner},
        map={"type": "object", "additionalProperties": inner},
    )
    obj = {"list": [{}, {"a": "x"}], "map": {"k": {}}}
    assert filled(obj, node) == {"list": [{"a": "a"}, {"a": "x"}], "map": {"k": {"a": "a"}}}


def test_two_objects_do_not_share_a_default() -> None:
    node = of(l={"type": "array", "items": A, "default": ["x"]})
    one, other = filled({}, node), filled({}, node)
    one["l"].append("y")
    assert other == {"l": ["x"]}


def test_what_a_default_has_beyond_its_schema_goes() -> None:
    node = of(o={"type": "object", "default": {"a": "x", "b": 1}, "properties": {"a": A}})
    pruned(node)
    assert filled({}, node) == {"o": {"a": "x"}}


DEFAULTED = st.recursive(
    st.sampled_from([A, {"type": "integer", "default": 1}, {"type": "object", "default": {}}]),
    lambda inner: (
        st.builds(lambda i: {"type": "array", "items": i}, inner)
        | st.builds(
            lambda named: {"type": "object", "properties": named, "default": {}},
            st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
        )
    ),
    max_leaves=6,
)


@given(JSON, DEFAULTED)
def test_defaulting_again_changes_nothing(value: Any, schema: Any) -> None:
    node = Structural(schema)
    fill(value, node)
    once = clone_value(value)
    assert filled(value, node) == once
