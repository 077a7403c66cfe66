"""Sets and maps among lists have each member once."""

from typing import Any

from onggi.api.structural.lists import check
from onggi.api.structural.node import Structural

MAP = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}


def said(schema: Any, value: Any) -> list[str]:
    node = Structural({"type": "object", "properties": {"x": {"type": "array", **schema}}})
    return [str(error) for error in check({"x": value}, node)]


def test_a_set_has_each_member_once() -> None:
    schema = {"x-kubernetes-list-type": "set", "items": {"type": "string"}}
    assert said(schema, ["a", "b"]) == []
    assert said(schema, ["a", "b", "a", "a"]) == ['x[2]: Duplicate value: "a"']


def test_true_and_one_are_two() -> None:
    assert said({"x-kubernetes-list-type": "set"}, [1, True, "1"]) == []


def test_a_map_has_each_key_once() -> None:
    items = {"type": "object", "properties": {"k": {"type": "string"}}}
    schema = {**MAP, "items": items}
    assert said(schema, [{"k": "a"}, {"k": "b"}]) == []
    assert said(schema, [{"k": "a"}, {"k": "a"}]) == ['x[1]: Duplicate value: {"k":"a"}']
    assert said(schema, [{}, {}]) == ["x[1]: Duplicate value: {}"]
    assert said(schema, [1]) == [
        "x[0]: Invalid value: 1: must be an object for an array of list-type map"
    ]


def test_other_lists_may_say_a_thing_twice() -> None:
    assert said({"items": {"type": "string"}}, ["a", "a"]) == []
