"""Values, and upstream's words where they are not what the schema wants."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.objects import clone_value
from onggi.api.structural.defaults import fill, pruned
from onggi.api.structural.node import Structural
from onggi.api.structural.prune import drop_nulls, prune
from onggi.api.structural.values import Validator
from tests.api.structural.test_prune import JSON, SCHEMAS


def said(schema: Any, value: Any, *old: Any) -> list[str]:
    whole = {"type": "object", "properties": {"x": schema}}
    return [str(e) for e in Validator(whole).check({"x": value}, *({"x": o} for o in old))]


@pytest.mark.parametrize(
    ("schema", "value", "says"),
    [
        (
            {"type": "string"},
            1,
            'Invalid value: "integer": x in body must be of type string: "integer"',
        ),
        (
            {"type": "integer"},
            1.5,
            'Invalid value: "number": x in body must be of type integer: "number"',
        ),
        (
            {"type": "integer"},
            True,
            'Invalid value: "boolean": x in body must be of type integer: "boolean"',
        ),
        (
            {"type": "object"},
            None,
            'Invalid value: "null": x in body must be of type object: "null"',
        ),
        ({"type": "string", "maxLength": 2}, "abc", "Too long: may not be more than 2 bytes"),
        (
            {"type": "string", "minLength": 2},
            "a",
            'Invalid value: "a": x in body should be at least 2 chars long',
        ),
        (
            {"type": "string", "pattern": "^a$"},
            "b",
            "Invalid value: \"b\": x in body should match '^a$'",
        ),
        (
            {"type": "string", "enum": ["a", "b"]},
            "c",
            'Unsupported value: "c": supported values: "a", "b"',
        ),
        (
            {"type": "integer", "minimum": 2},
            1,
            "Invalid value: 1: x in body should be greater than or equal to 2",
        ),
        (
            {"type": "number", "maximum": 2.5, "exclusiveMaximum": True},
            2.5,
            "Invalid value: 2.5: x in body should be less than 2.5",
        ),
        (
            {"type": "integer", "multipleOf": 3},
            4,
            "Invalid value: 4: x in body should be a multiple of 3",
        ),
        ({"type": "array", "maxItems": 1}, [1, 2], "Too many: 2: must have at most 1 item"),
        (
            {"type": "array", "minItems": 1},
            [],
            "Invalid value: 0: x in body should have at least 1 items",
        ),
        (
            {"type": "object", "minProperties": 1},
            {},
            "Invalid value: 0: x in body should have at least 1 properties",
        ),
        (
            {"type": "string", "format": "date"},
            "today",
            'Invalid value: "today": x in body must be of type date: "today"',
        ),
        (
            {"x-kubernetes-int-or-string": True},
            True,
            'Invalid value: "boolean": x in body must be of type integer,string: "boolean"',
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused(schema: Any, value: Any, says: str) -> None:
    assert said(schema, value) == [f"x: {says}"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 2.0),
        ({"type": "number"}, 2),
        ({"type": "string", "nullable": True}, None),
        ({"type": "string", "format": "unheard-of"}, "x"),
        ({"type": "string", "maxLength": 2}, "öö"),
        ({"type": "integer", "format": "int32"}, 2**31 - 1),
        ({"x-kubernetes-int-or-string": True}, "x"),
        ({"x-kubernetes-preserve-unknown-fields": True}, [{}]),
    ],
)
def test_a_value_that_fits_is_not(schema: Any, value: Any) -> None:
    assert said(schema, value) == []


def test_what_is_required_is_named() -> None:
    schema = {"type": "object", "required": ["a"]}
    assert said(schema, {}) == ["x.a: Required value"]
    assert said({"type": "array", "items": schema}, [{}]) == ["x[0].a: Required value"]


def test_the_alternative_that_came_furthest_tells_why() -> None:
    schema = {"type": "string", "anyOf": [{"minLength": 5}, {"pattern": "^b"}]}
    assert said(schema, "abc") == [
        '<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)',
        'x: Invalid value: "abc": x in body should be at least 5 chars long',
    ]
    assert said(schema, "b") == []


def test_exactly_one_alternative_has_to_fit() -> None:
    schema = {"type": "integer", "oneOf": [{"minimum": 1}, {"minimum": 5}]}
    assert said(schema, 3) == []
    assert said(schema, 7) == [
        '<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). '
        "Found 2 valid alternatives"
    ]


def test_what_is_negated_must_not_fit() -> None:
    schema = {"type": "integer", "not": {"minimum": 5}}
    assert said(schema, 7) == ['<nil>: Invalid value: "": "x" must not validate the schema (not)']


def test_what_was_wrong_before_may_stay_but_not_come() -> None:
    schema = {"type": "string", "maxLength": 2}
    assert said(schema, "long", "long") == []
    assert said(schema, "long", "also") != []
    listed = {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
        "items": {"type": "object", "properties": {"k": {"type": "string"}, "v": schema}},
    }
    old, new = [{"k": "a", "v": "long"}], [{"k": "b", "v": "x"}, {"k": "a", "v": "long"}]
    assert said(listed, new, old) == []
    atomic = {k: v for k, v in listed.items() if not k.startswith("x-")}
    assert said(atomic, new, old) != []


def test_a_status_is_named_as_a_part_of_its_object() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    (error,) = Validator(schema).check({"n": "x"}, prefix="status")
    assert str(error) == (
        'status.n: Invalid value: "string": n in body must be of type integer: "string"'
    )


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_a_schema_that_says_nothing_takes_anything(value: Any) -> None:
    assert Validator({}).check(value) == []


@given(JSON, SCHEMAS)
def test_what_is_valid_stays_so_when_it_is_brought_into_shape(value: Any, schema: Any) -> None:
    validator, node = Validator(schema), Structural(schema)
    if validator.check(value):
        return
    shaped = clone_value(value)
    prune(shaped, node, None)
    drop_nulls(shaped, node)
    pruned(node)
    fill(shaped, node)
    assert validator.check(shaped) == []
    assert validator.check(shaped, value) == []
