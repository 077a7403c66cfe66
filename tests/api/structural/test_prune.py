"""What a schema does not name goes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.objects import clone_value
from onggi.api.structural.node import Structural
from onggi.api.structural.prune import Tracker, drop_nulls, prune

TEXT: dict[str, Any] = {"type": "string"}
ANY = {"x-kubernetes-preserve-unknown-fields": True}


def of(**properties: Any) -> Structural:
    return Structural({"type": "object", "properties": properties})


def gone(value: Any, node: Structural, root: bool = True) -> list[str]:
    tracker = Tracker()
    prune(value, node, tracker, root=root)
    return tracker.gone


def test_unknown_fields_go_at_every_depth() -> None:
    inner = {"type": "object", "properties": {"b": TEXT}}
    node = of(a=inner, list={"type": "array", "items": inner})
    obj = {"a": {"b": "x", "c": 1}, "list": [{"b": "y"}, {"d": {}}], "e": 1}
    assert sorted(gone(obj, node)) == ["a.c", "e", "list[1].d"]
    assert obj == {"a": {"b": "x"}, "list": [{"b": "y"}, {}]}


def test_an_object_keeps_what_every_object_has() -> None:
    obj = {"apiVersion": "v1", "kind": "A", "metadata": {"labels": {}}, "x": 1}
    assert gone(obj, of()) == ["x"]
    assert set(obj) == {"apiVersion", "kind", "metadata"}


def test_what_preserves_unknown_fields_still_prunes_those_it_names() -> None:
    known = {"type": "object", "properties": {"b": TEXT}}
    node = of(a={"type": "object", "properties": {"known": known}, **ANY})
    obj = {"a": {"free": {"x": 1}, "known": {"b": "x", "c": 1}}}
    assert gone(obj, node) == ["a.known.c"]


def test_the_items_of_a_list_that_preserves_keep_unknown_fields() -> None:
    items = {"type": "object", "properties": {"b": {"type": "object"}}}
    node = of(a={"type": "array", "items": items, **ANY})
    obj = {"a": [{"x": 1, "b": {"y": 1}}]}
    assert gone(obj, node) == ["a[0].b.y"]


def test_a_map_of_anything_has_values_without_fields() -> None:
    node = of(a={"type": "object", "additionalProperties": True})
    obj = {"a": {"x": {"y": 1}, "z": 1, "null": None}}
    assert gone(obj, node) == ["a.x.y"]
    drop_nulls(obj, node)
    assert obj == {"a": {"x": {}, "z": 1, "null": None}}


def test_an_embedded_resource_keeps_its_metadata() -> None:
    node = of(a={"type": "object", "x-kubernetes-embedded-resource": True})
    obj = {"a": {"kind": "Pod", "metadata": {"name": "x"}, "spec": {}}}
    assert gone(obj, node) == ["a.spec"]


def test_nulls_stay_where_they_are_allowed_or_will_be_defaulted() -> None:
    node = of(a=TEXT, b={**TEXT, "nullable": True}, c={**TEXT, "default": "x"})
    obj: dict[str, Any] = {"a": None, "b": None, "c": None, "unknown": None}
    drop_nulls(obj, node)
    assert obj == {"b": None, "c": None, "unknown": None}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    ),
    max_leaves=12,
)
SCHEMAS = st.recursive(
    st.sampled_from([TEXT, {"type": "object"}, ANY]),
    lambda inner: (
        st.builds(lambda items: {"type": "array", "items": items}, inner)
        | st.builds(
            lambda named: {"type": "object", "properties": named},
            st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
        )
        | st.builds(lambda more: {"type": "object", "additionalProperties": more}, inner)
    ),
    max_leaves=6,
)


@given(JSON, SCHEMAS)
def test_pruning_again_changes_nothing(value: Any, schema: Any) -> None:
    node = Structural(schema)
    prune(value, node, None)
    once = clone_value(value)
    assert gone(value, node, root=False) == []
    assert value == once
