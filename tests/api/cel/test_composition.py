"""Expressions of one policy: shared variables, one budget."""

import pytest

from onggi.api.cel.composition import Composition, Failed, OutOfBudget
from onggi.api.cel.types import BOOL, STRING

VALUES = {"object": {"spec": {"replicas": 5}}, "oldObject": None, "request": {"name": "web"},
          "namespaceObject": None, "params": {"most": 3}}  # fmt: skip


def test_variables_see_those_before_them_and_are_worked_out_once() -> None:
    composed = Composition(
        [("count", "object.spec.replicas"), ("many", "variables.count > 3")], params=True
    )
    run = composed.run(VALUES, 1000)
    assert run.evaluate(composed.expression("variables.many", (BOOL,))) is True
    left = run.budget
    run.evaluate(composed.expression("variables.many", (BOOL,)))
    assert left - run.budget == 2


def test_an_expression_must_have_one_of_the_wanted_types() -> None:
    composed = Composition()
    assert composed.expression("1", (BOOL,)).error == "must evaluate to bool but got int"
    wrong = composed.expression("1", (BOOL, STRING)).error
    assert wrong == "must evaluate to one of [bool string] but got int"
    assert composed.expression("nope", (BOOL,)).error.startswith("compilation failed: ERROR: ")


def test_failures_are_worded_with_the_expression() -> None:
    composed = Composition([("bad", "1 / 0")])
    run = composed.run(VALUES, 1000)
    with pytest.raises(Failed, match=r"expression 'object\.nope' resulted in error: no such key"):
        run.evaluate(composed.expression("object.nope", ()))
    with pytest.raises(Failed, match='composited variable "bad" fails to evaluate: division by'):
        run.evaluate(composed.expression("variables.bad", ()))
    with pytest.raises(Failed, match="compilation error: compilation failed: ERROR"):
        run.evaluate(composed.expression("nope", ()))


def test_what_all_expressions_cost_comes_from_one_budget() -> None:
    composed = Composition([("x", "object.spec.replicas")])
    run = composed.run(VALUES, 5)
    run.evaluate(composed.expression("object.spec.replicas > 1", (BOOL,)))
    with pytest.raises(OutOfBudget, match="running out of cost budget"):
        run.evaluate(composed.expression("variables.x > 1", (BOOL,)))
