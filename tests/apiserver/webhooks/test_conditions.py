"""Conditions: all, none, and those that cannot be worked out."""

import pytest

from onggi.apiserver.webhooks.conditions import OUT_OF_BUDGET, Unclear, match

KNOWN = {"object": {"a": 1}, "oldObject": None, "request": {"name": "x"}}


def conditions(*expressions):
    return [{"name": f"c{i}", "expression": text} for i, text in enumerate(expressions)]


def test_all_must_hold():
    assert match(conditions("object.a == 1", "request.name == 'x'"), KNOWN)
    assert not match(conditions("object.a == 1", "oldObject != null"), KNOWN)


def test_one_that_is_false_counts_more_than_one_that_fails():
    assert not match(conditions("object.b == 1", "false"), KNOWN)
    with pytest.raises(Unclear) as unclear:
        match(conditions("true", "object.b == 1"), KNOWN)
    assert str(unclear.value) == "expression 'object.b == 1' resulted in error: no such key: b"


def test_what_costs_too_much_is_given_up():
    known = {**KNOWN, "object": {"items": list(range(2000))}}
    costly = "object.items.all(x, object.items.all(y, x + y >= 0))"
    with pytest.raises(Unclear) as unclear:
        match(conditions(costly), known)
    assert str(unclear.value) == OUT_OF_BUDGET
