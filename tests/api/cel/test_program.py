"""Programs: compiled once, run many times, priced while they run; nothing breaks them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.api.cel.errors import BudgetExceeded, CelError, CelErrors
from onggi.api.cel.program import compile
from tests.api.cel.expressions import ANY, environment

ENV = environment(
    replicas={"type": "integer"},
    max={"type": "integer"},
    names={"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 5}},
)
SELF = {"self": {"replicas": 3, "max": 5, "names": ["a", "b"]}}


def test_a_rule_reads_the_fields_of_its_schema() -> None:
    assert compile("self.replicas <= self.max", ENV).evaluate(SELF) is True


def test_a_failure_says_what_it_cost() -> None:
    with pytest.raises(CelError, match="index out of bounds: 7") as failed:
        compile("self.names[7] == ''", ENV).evaluate(SELF)
    assert failed.value.cost > 0


def test_an_evaluation_stops_at_its_budget() -> None:
    with pytest.raises(BudgetExceeded, match="actual cost limit exceeded"):
        compile("self.names.all(n, n != '')", ENV).evaluate(SELF, 5)


def test_the_same_text_in_the_same_environment_is_the_same_program() -> None:
    assert compile("self.max > 0", ENV) is compile("self.max > 0", ENV)


def test_a_rule_says_whether_it_is_about_a_change() -> None:
    assert compile("self.max >= oldSelf.max", ENV).uses("oldSelf")
    assert not compile("self.max >= 0", ENV).uses("oldSelf")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("self.replicas <= self.max", 5),
        ("self.names.all(n, n.startsWith('a') || n == 'b')", 15),
        ("size(self.names) == 2", 4),
        ("has(self.max)", 1),
        ("self.names.exists(n, n == 'a')", 12),
        ("self.names.map(n, n + '!').size() == 2", 33),
        ("self.replicas in [1, 2, 3]", 2),
        ("self.replicas == 1 ? true : self.max == 5", 6),
        ("self.names[0] == 'a'", 4),
    ],
)
def test_costs_are_upstreams(source: str, expected: int) -> None:
    assert compile(source, ENV).measure(SELF).cost == expected


LEAVES = st.sampled_from(
    ["1", "-1", "0", "2u", "1.5", "'a'", "''", "b'x'", "null", "true", "x", "y", "[1, 2]", "[]",
     "{'a': 1}", "duration('1s')", "timestamp(0)", "optional.of(x)", "optional.none()",
     "x.a", "y[0]", "x.?a", "type(x)", "9223372036854775807"]
)  # fmt: skip
SHAPES = st.sampled_from(
    ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} % {})", "({} == {})", "({} < {})",
     "({} && {})", "({} || {})", "({} in {})", "{}[{}]", "{}[?{}]", "({} ? 1 : {})",
     "{}.all(i, i == {})", "{}.exists(i, i < {})", "{}.map(i, i + {})", "{}.filter(i, i != {})",
     "{}.contains({})", "{}.split({})", "{}.join({})", "{}.matches({})", "{}.orValue({})",
     "{}.transformMap(k, v, v == {})", "{}.indexOf({})", "{}.slice(0, {})", "[{}, {}].sort()",
     "{}.format([{}])", "{}.sum() + {}", "size({}) + size({})", "string({}) + string({})",
     "int({}) - int({})", "duration({}) + timestamp({})", "has({}.a) == {}", "-{} == !{}",
     "dyn({}).min() == dyn({}).distinct()", "{}.optMap(i, i) == {}"]
)  # fmt: skip
SOURCES = st.recursive(
    LEAVES,
    lambda inner: st.builds(lambda shape, a, b: shape.format(a, b), SHAPES, inner, inner),
    max_leaves=6,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(SOURCES, JSON, JSON)
def test_nothing_but_its_own_errors_comes_out_of_an_evaluation(source: str, x: Any, y: Any) -> None:
    try:
        program = compile.__wrapped__(source, ANY)
    except CelErrors:
        return
    assert program.estimate().max >= program.estimate().min >= 0
    try:
        _, cost = program.measure({"x": x, "y": y}, 10_000)
    except (CelError, BudgetExceeded):
        return
    assert 0 <= cost <= 10_000
