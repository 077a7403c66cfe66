"""The static cost: figures of upstream's own tests (TestCostEstimation and others)."""

from typing import Any

import pytest

from onggi.api.cel.declared import declared
from onggi.api.cel.environments import RULE_ESTIMATE, rules
from onggi.api.cel.program import compile


def cost(schema: Any, rule: str) -> int:
    found = declared(schema)
    assert found is not None
    return compile(rule, rules(found)).estimate().max


def array(item: Any, **limits: int) -> Any:
    return {"type": "array", "items": item, **limits}


def table(item: Any, **limits: int) -> Any:
    return {"type": "object", "additionalProperties": item, **limits}


NUMBER, STRING, FLAG = {"type": "number"}, {"type": "string"}, {"type": "boolean"}
ALL = "self.all(x, true)"


@pytest.mark.parametrize(
    ("schema", "rule", "expected"),
    [
        (array(NUMBER), ALL, 4718591),
        (array(NUMBER, maxItems=10), ALL, 32),
        (array(STRING), ALL, 3145727),
        (array(STRING, maxItems=20), ALL, 62),
        (array(FLAG), ALL, 1887437),
        (array(array(NUMBER)), ALL, 3145727),
        (table(NUMBER), ALL, 1348169),
        (table(STRING), ALL, 1179647),
        (table(STRING, maxProperties=3), ALL, 11),
        (table(FLAG), ALL, 943718),
        (STRING, "self.contains('test')", 314574),
        ({"type": "string", "maxLength": 10}, "self.contains('test')", 5),
        (STRING, "self.startsWith('test')", 2),
        (STRING, 'size(self + "hello") > size("hello")', 314578),
        (array(NUMBER), "self[1] == 0.0", 2),
        (array(STRING), "self[1] == self[1]", 314577),
        (array(NUMBER, maxItems=10), "self.all(x, self.all(y, true))", 352),
        (array(NUMBER, maxItems=10), "self.all(x, self.all(y, self.all(z, true)))", 3552),
        (STRING, 'self.matches("x")', 314574),
        (STRING, '"".matches("(((((((((())))))))))[0-9]")', 7),
        (STRING, 'self.matches("")', 1),
        (array(NUMBER), "self.all(x, x == 0.0)", 6291454),
        ({"type": "string", "enum": ["a", "bcd"]}, "self == 'bcd'", 2),
        ({"type": "object", "properties": {"x": STRING}}, "has(self.x)", 1),
    ],
)
def test_costs_follow_from_the_sizes_that_schemas_allow(
    schema: Any, rule: str, expected: int
) -> None:
    assert cost(schema, rule) == expected


def test_a_loop_within_a_loop_without_limits_is_too_much() -> None:
    assert cost(array(NUMBER), "self.all(x, self.all(y, true))") > RULE_ESTIMATE


def test_costs_never_overflow() -> None:
    nested = "true"
    for depth in range(6):
        nested = f"self.all(x{depth}, {nested})"
    assert cost(array(NUMBER), nested) == 2**64 - 1
