"""Programs: compiled once, run many times, priced before and while they run."""

import pytest

from onggi.api.cel.declared import declared
from onggi.api.cel.environments import rules
from onggi.api.cel.errors import BudgetExceeded, CelError, CelErrors
from onggi.api.cel.program import compile

SCHEMA = {
    "type": "object",
    "properties": {
        "replicas": {"type": "integer"},
        "max": {"type": "integer"},
        "names": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 5}},
    },
}
DECLARED = declared(SCHEMA)
assert DECLARED is not None
ENV = rules(DECLARED)
SELF = {"self": {"replicas": 3, "max": 5, "names": ["a", "b"]}}


def test_a_rule_reads_the_fields_of_its_schema() -> None:
    assert compile("self.replicas <= self.max", ENV).evaluate(SELF) is True


def test_what_is_not_declared_is_named_with_its_place() -> None:
    with pytest.raises(CelErrors) as refused:
        compile("self.nope == 1", ENV)
    assert str(refused.value) == (
        "ERROR: <input>:1:5: undefined field 'nope'\n | self.nope == 1\n | ....^"
    )


def test_a_failure_says_what_it_cost() -> None:
    with pytest.raises(CelError, match="index out of bounds: 7") as failed:
        compile("self.names[7] == ''", ENV).evaluate(SELF)
    assert failed.value.cost > 0


def test_an_evaluation_stops_at_its_budget() -> None:
    with pytest.raises(BudgetExceeded, match="actual cost limit exceeded"):
        compile("self.names.all(n, n != '')", ENV).evaluate(SELF, 5)


def test_the_same_text_in_the_same_environment_is_the_same_program() -> None:
    assert compile("self.max > 0", ENV) is compile("self.max > 0", ENV)
