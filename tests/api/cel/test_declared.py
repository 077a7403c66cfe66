"""Values of declared types: conversions, sets, maps by key, nulls."""

from typing import Any

import pytest

from onggi.api.cel.declared import declared
from onggi.api.cel.environments import rules
from onggi.api.cel.errors import CelError
from onggi.api.cel.program import compile

TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
KEYED = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {"type": "object", "properties": {"name": TEXT, "value": WHOLE}},
}
SCHEMA = {
    "type": "object",
    "properties": {
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
        "other": {"type": "array", "x-kubernetes-list-type": "set", "items": TEXT},
        "keyed": KEYED,
        "when": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "wait": {"type": "string", "format": "duration"},
        "data": {"type": "string", "format": "byte"},
        "number": {"type": "number"},
        "port": {"x-kubernetes-int-or-string": True},
        "maybe": {"type": "string", "nullable": True},
        "list": {"type": "array", "nullable": True, "items": TEXT},
        "map": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
        "a.b-c/d": TEXT,
        "namespace": TEXT,
    },
}


def holds(rule: str, **obj: Any) -> Any:
    found = declared(SCHEMA, root=True)
    assert found is not None
    return compile(rule, rules(found)).evaluate({"self": obj, "oldSelf": obj})


@pytest.mark.parametrize(
    ("rule", "obj"),
    [
        ("self.set == ['b', 'a']", {"set": ["a", "b"]}),
        ("self.set == self.other", {"set": ["a", "b"], "other": ["b", "a"]}),
        ("self.set + ['c', 'a'] == ['c', 'a', 'b']", {"set": ["a", "b"]}),
        ("size(self.set + ['a']) == 2", {"set": ["a", "b"]}),
        ("self.when < timestamp('2026-01-02T00:00:00Z')", {"when": "2026-01-01T00:00:00Z"}),
        ("string(self.when).endsWith('+01:00')", {"when": "2026-01-01T00:00:00+01:00"}),
        ("self.day.getDate() == 3", {"day": "2026-01-03"}),
        ("self.wait == duration('90s')", {"wait": "1m30s"}),
        ("self.wait == duration('48h')", {"wait": "2 days"}),
        ("self.data == b'hi'", {"data": "aGk="}),
        ("self.number == 1.0 && type(self.number) == double", {"number": 1}),
        ("type(self.port) == int ? self.port < 9 : self.port == 'a'", {"port": 8}),
        ("type(self.port) == int ? self.port < 9 : self.port == 'a'", {"port": "a"}),
        ("!has(self.maybe)", {"maybe": None}),
        ("!has(self.set)", {}),
        ("has(self.map) && self.map.all(k, dyn(self.map[k]) == null)", {"map": {"x": None}}),
        ("self.a__dot__b__dash__c__slash__d == 'x'", {"a.b-c/d": "x"}),
        ("self.namespace == 'x' && self.__namespace__ == 'x'", {"namespace": "x"}),
        ("self.metadata.name == 'n'", {"metadata": {"name": "n", "labels": {}}}),
        ("self.?maybe.orValue('none') == 'none'", {}),
    ],
)
def test_rules_see_values_of_their_declared_types(rule: str, obj: Any) -> None:
    assert holds(rule, **obj) is True


@pytest.mark.parametrize(
    "rule",
    [
        "self.keyed != oldSelf.keyed",
        "self.keyed + oldSelf.keyed == oldSelf.keyed",
        "(self.keyed + oldSelf.keyed).map(e, e.value) == [2, 1]",
        "self.keyed.filter(e, e.name != 'a') == oldSelf.keyed.filter(e, e.name == 'b')",
    ],
)
def test_lists_by_key_take_the_right_sides_elements_and_no_order(rule: str) -> None:
    found = declared(SCHEMA, root=True)
    assert found is not None
    new = {"keyed": [{"name": "b", "value": 2}, {"name": "a", "value": 5}]}
    old = {"keyed": [{"name": "a", "value": 1}, {"name": "b", "value": 2}]}
    assert compile(rule, rules(found)).evaluate({"self": new, "oldSelf": old}) is True


@pytest.mark.parametrize(
    ("rule", "obj", "why"),
    [
        ("self.set[0] == ''", {"set": {}}, "invalid data, expected an array for the provided"),
        ("self.when == self.when", {"when": "today"}, "Invalid date-time formatted string"),
        ("self.number > 0.0", {"number": "x"}, "invalid data, expected float"),
        ("self.set == []", {"set": [None]}, "got null for schema with nullable=false"),
        ("self.set[0] == ''", {}, "no such key: set"),
    ],
)
def test_what_is_not_of_its_type_fails(rule: str, obj: Any, why: str) -> None:
    with pytest.raises(CelError, match=why):
        holds(rule, **obj)


@pytest.mark.parametrize(
    "rule",
    ["self.map['x'].startsWith('a')", "self.map['x'] + 'a' == ''", "size(self.map['x']) > 1",
     "self.map['x'] > 'a'", "self.map['x'].split(',') == []", "self.map['x'].matches('a')"],
)  # fmt: skip
def test_null_within_a_map_has_no_functions(rule: str) -> None:
    with pytest.raises(CelError, match="no such overload"):
        holds(rule, map={"x": None})


def test_an_embedded_resource_has_a_name() -> None:
    schema = {"type": "object", "x-kubernetes-embedded-resource": True}
    found = declared({"type": "object", "properties": {"one": schema}})
    assert found is not None
    program = compile("self.one.metadata.name == 'x'", rules(found))
    assert program.evaluate({"self": {"one": {"metadata": {"name": "x"}}}}) is True
