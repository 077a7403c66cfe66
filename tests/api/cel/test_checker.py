"""Static types: what expressions get, and upstream's words where they get none."""

import pytest

from onggi.api.cel.errors import CelErrors
from onggi.api.cel.program import compile
from tests.api.cel.expressions import ANY, environment

ENV = environment(
    name={"type": "string"},
    count={"type": "integer"},
    ratio={"type": "number"},
    on={"type": "boolean"},
    when={"type": "string", "format": "date-time"},
    wait={"type": "string", "format": "duration"},
    data={"type": "string", "format": "byte"},
    port={"x-kubernetes-int-or-string": True},
    tags={"type": "array", "items": {"type": "string"}},
    labels={"type": "object", "additionalProperties": {"type": "string"}},
    inner={"type": "object", "properties": {"namespace": {"type": "string"}}},
    **{"with-dash": {"type": "string"}},
)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("self.name", "string"),
        ("self.count + 1", "int"),
        ("self.ratio", "double"),
        ("self.when", "timestamp"),
        ("self.when - self.when", "duration"),
        ("self.wait", "duration"),
        ("self.data", "bytes"),
        ("self.port", "dyn"),
        ("self.tags", "list(string)"),
        ("self.labels", "map(string, string)"),
        ("self.inner.namespace", "string"),
        ("self.inner.__namespace__", "string"),
        ("self.with__dash__dash", "string"),
        ("self.tags.map(t, size(t))", "list(int)"),
        ("self.labels.map(k, self.labels[k])", "list(string)"),
        ("self.tags.transformMap(i, t, t + '!')", "map(int, string)"),
        ("self.?name", "optional_type(string)"),
        ("self.labels[?'a'].orValue('')", "string"),
        ("optional.of(1).optMap(v, string(v))", "optional_type(string)"),
        ("[]", "list(dyn)"),
        ("[[], [1]]", "list(list(int))"),
        ("dyn(1)", "dyn"),
        ("type(self)", "type"),
        ("has(self.name)", "bool"),
    ],
)
def test_expressions_have_the_types_of_their_parts(source: str, expected: str) -> None:
    assert str(compile(source, ENV).type) == expected


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("nope", "undeclared reference to 'nope' (in container '')"),
        ("nope(1)", "undeclared reference to 'nope' (in container '')"),
        ("self.nope", "undefined field 'nope'"),
        ("self.name.nope", "type 'string' does not support field selection"),
        ("self.count + 'a'", "found no matching overload for '_+_' applied to '(int, string)'"),
        ("self.name.size(1)", "found no matching overload for 'size' applied to 'string.(int)'"),
        ("size(1)", "found no matching overload for 'size' applied to '(int)'"),
        ("self.count == 'a'", "found no matching overload for '_==_' applied to '(int, string)'"),
        ("self.count && true", "expected type 'bool' but found 'int'"),
        ("self.tags.all(t, t)", "expected type 'bool' but found 'string'"),
        ("[1, 'a']", "expected type 'int' but found 'string'"),
        ("{'a': 1, 'b': 'c'}", "expected type 'int' but found 'string'"),
        (
            "self.count.all(i, true)",
            "expression of type 'int' cannot be range of a comprehension "
            "(must be list, map, or dynamic)",
        ),
        ("duration('1x')", "invalid duration argument"),
        ("timestamp('today')", "invalid timestamp argument"),
        ("self.name.matches('(')", "invalid matches argument"),
        ("int('a') == 1", "type conversion error from 'string' to 'int'"),
        ("Nope{}", "undeclared reference to 'Nope' (in container '')"),
    ],
)
def test_what_has_no_type_is_complained_about(source: str, complaint: str) -> None:
    with pytest.raises(CelErrors) as refused:
        compile(source, ENV)
    assert refused.value.messages == [complaint]


def test_all_complaints_come_at_once_in_their_order() -> None:
    with pytest.raises(CelErrors) as refused:
        compile("a + b == self.nope", ENV)
    assert [issue.offset for issue in refused.value.issues] == [0, 4, 13]


def test_lists_for_format_may_be_of_many_types() -> None:
    assert str(compile("'%s %d'.format(['a', 1])", ANY).type) == "string"


def test_a_variable_of_a_macro_hides_an_outer_one() -> None:
    assert str(compile("[1].map(self, self + 1)", ENV).type) == "list(int)"
