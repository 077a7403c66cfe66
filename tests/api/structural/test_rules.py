"""x-kubernetes-validations held against objects."""

from typing import Any

from onggi.api.structural.rules import Rules, has_rules


def of(*rules: Any, **properties: Any) -> Rules:
    written = [{"rule": rule} if isinstance(rule, str) else rule for rule in rules]
    spec = {"type": "object", "properties": properties, "x-kubernetes-validations": written}
    return Rules({"type": "object", "properties": {"spec": spec}}, root=True)


def said(rules: Rules, new: Any, *old: Any) -> list[str]:
    olds = [{"spec": o} for o in old]
    return [str(error) for error in rules.check({"spec": new}, *olds, update=bool(old))]


NUMBER = {"type": "integer"}


def test_a_rule_that_does_not_hold_is_told() -> None:
    rules = of("self.a < self.b", a=NUMBER, b=NUMBER)
    assert said(rules, {"a": 1, "b": 2}) == []
    assert said(rules, {"a": 2, "b": 1}) == ["spec: Invalid value: failed rule: self.a < self.b"]


def test_a_message_reason_and_path_are_those_of_the_rule() -> None:
    rule = {"rule": "false", "message": "no", "reason": "FieldValueForbidden", "fieldPath": ".a"}
    assert said(of(rule, a=NUMBER), {}) == ["spec.a: Forbidden: no"]


def test_a_message_may_be_an_expression_and_what_fails_falls_back() -> None:
    spoken = {"rule": "self.a > 1", "messageExpression": "'not ' + string(self.a)"}
    assert said(of(spoken, a=NUMBER), {"a": 1}) == ["spec: Invalid value: not 1"]
    broken = {"rule": "self.a > 1", "messageExpression": "string(1 / self.a)", "message": "small"}
    assert said(of(broken, a=NUMBER), {"a": 0}) == ["spec: Invalid value: small"]


def test_a_transition_rule_is_about_updates() -> None:
    rules = of("self.a >= oldSelf.a", a=NUMBER)
    assert said(rules, {"a": 1}) == []
    assert said(rules, {"a": 1}, {"a": 2}) == [
        "spec: Invalid value: failed rule: self.a >= oldSelf.a"
    ]


def test_a_rule_may_ask_whether_there_was_something_before() -> None:
    rule = {"rule": "oldSelf.hasValue() || self.a == 1", "optionalOldSelf": True}
    assert said(of(rule, a=NUMBER), {"a": 1}) == []
    assert said(of(rule, a=NUMBER), {"a": 2}) != []
    assert said(of(rule, a=NUMBER), {"a": 2}, {"a": 3}) == []


def test_what_did_not_change_may_stay_wrong() -> None:
    rules = of("self.a > 1", a=NUMBER, b=NUMBER)
    assert said(rules, {"a": 1}, {"a": 1}) == []
    assert said(rules, {"a": 1, "b": 2}, {"a": 1}) != []


def test_items_are_known_again_by_their_keys() -> None:
    value = {"type": "integer", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}
    items = {"type": "object", "properties": {"k": {"type": "string"}, "v": value}}
    listed = {
        "type": "array",
        "items": items,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
    }
    old = {"l": [{"k": "a", "v": 1}, {"k": "b", "v": 2}]}
    same = {"l": [{"k": "b", "v": 2}, {"k": "c", "v": 9}, {"k": "a", "v": 1}]}
    assert said(of(l=listed), same, old) == []
    assert said(of(l=listed), {"l": [{"k": "a", "v": 3}]}, old) == [
        "spec.l[0].v: Invalid value: 3: failed rule: self == oldSelf"
    ]


def test_an_expression_that_fails_is_told() -> None:
    found = said(of("self.l[3] == 1", l={"type": "array", "items": NUMBER}), {"l": []})
    assert found == [
        'spec: Invalid value: "object": index out of bounds: 3 evaluating rule: self.l[3] == 1'
    ]


def test_what_costs_too_much_is_given_up() -> None:
    dear = "self.l.all(x, self.l.all(y, self.l.all(z, x + y + z >= 0)))"
    found = said(of(dear, "true", l={"type": "array", "items": NUMBER}), {"l": [1] * 200})
    assert len(found) == 1
    assert "call cost exceeds limit for rule" in found[0]


def test_a_schema_without_rules_has_none() -> None:
    assert not has_rules({"type": "object", "properties": {"a": {"type": "string"}}})
    assert has_rules({"type": "array", "items": {"x-kubernetes-validations": [{"rule": "true"}]}})
