"""Admission policies and bindings: defaults, and upstream's words for what is wrong."""

import copy
from typing import Any

import pytest

from onggi.kinds.admissionregistration.mutatingadmissionpolicy import MUTATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.policies import (
    default_binding,
    default_policy,
    selector_text,
)
from onggi.kinds.admissionregistration.validatingadmissionpolicy import VALIDATINGADMISSIONPOLICY
from onggi.kinds.admissionregistration.validatingadmissionpolicybinding import (
    VALIDATINGADMISSIONPOLICYBINDING,
)

RULE = {
    "apiGroups": ["apps"],
    "apiVersions": ["v1"],
    "operations": ["CREATE"],
    "resources": ["deployments"],
}
STEPS = "[JSONPatch{op: 'remove', path: '/a'}]"
PATCH = {"patchType": "JSONPatch", "jsonPatch": {"expression": STEPS}}
SPECS: dict[str, Any] = {
    "validating": {"validations": [{"expression": "true"}]},
    "mutating": {"mutations": [PATCH], "reinvocationPolicy": "Never"},
}
KINDS = {"validating": VALIDATINGADMISSIONPOLICY, "mutating": MUTATINGADMISSIONPOLICY}


def made(which: str = "validating", **changes: Any) -> Any:
    obj = {
        "metadata": {"name": "p"},
        "spec": {"matchConstraints": {"resourceRules": [RULE]}, **SPECS[which], **changes},
    }
    obj = copy.deepcopy(obj)
    default_policy(obj)
    return obj


def problems(which: str = "validating", old: Any = None, **changes: Any) -> list[str]:
    new = made(which, **changes)
    return [str(error) for rule in KINDS[which].rules for error in rule(new, old)]


def test_what_is_left_out_has_upstreams_defaults() -> None:
    spec = made()["spec"]
    assert spec["failurePolicy"] == "Fail"
    assert spec["matchConstraints"]["matchPolicy"] == "Equivalent"
    assert spec["matchConstraints"]["namespaceSelector"] == {}
    assert spec["matchConstraints"]["resourceRules"][0]["scope"] == "*"


def test_defaults_come_where_something_is() -> None:
    obj: Any = {"spec": {"policyName": "p"}}
    default_binding(obj)
    assert obj == {"spec": {"policyName": "p"}}


@pytest.mark.parametrize("which", KINDS)
def test_good_policies_have_no_problems(which: str) -> None:
    assert problems(which) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"validations": []}, "spec.validations: Required value: validations or auditAnnotations"),
        ({"validations": [{"expression": " "}]}, "spec.validations[0].expression: Required value"),
        (
            {"validations": [{"expression": "1"}]},
            'spec.validations[0].expression: Invalid value: "1": must evaluate to bool but got int',
        ),
        (
            {"validations": [{"expression": "nope"}]},
            'spec.validations[0].expression: Invalid value: "nope": compilation failed: ERROR: '
            "<input>:1:1: undeclared reference to 'nope' (in container '')",
        ),
        (
            {"validations": [{"expression": "params == 1"}]},
            'spec.validations[0].expression: Invalid value: "params == 1": compilation failed',
        ),
        (
            {"validations": [{"expression": "true", "messageExpression": "1"}]},
            'spec.validations[0].messageExpression: Invalid value: "1": must evaluate to string',
        ),
        (
            {"validations": [{"expression": "true", "messageExpression": "string(authorizer)"}]},
            "spec.validations[0].messageExpression: Invalid value",
        ),
        (
            {"validations": [{"expression": "true", "message": "a\nb"}]},
            'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line',
        ),
        (
            {"validations": [{"expression": "true", "reason": "Nope"}]},
            'spec.validations[0].reason: Unsupported value: "Nope": supported values: "Forbidden"',
        ),
        ({"failurePolicy": "No"}, 'spec.failurePolicy: Unsupported value: "No"'),
        ({"matchConstraints": None}, "spec.matchConstraints: Required value"),
        ({"matchConstraints": {}}, "spec.matchConstraints.resourceRules: Required value"),
        ({"paramKind": {"kind": "X"}}, "spec.paramKind.apiVersion: Required value"),
        ({"paramKind": {"apiVersion": "a/b/c", "kind": "X"}}, "spec.paramKind.apiVersion: Invalid"),
        ({"paramKind": {"apiVersion": "v1"}}, "spec.paramKind.kind: Required value"),
        (
            {"variables": [{"name": "in", "expression": "1"}]},
            'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier',
        ),
        (
            {"variables": [{"name": "a", "expression": "b"}]},
            "spec.variables[0].expression: Invalid",
        ),
        ({"matchConditions": [{"name": "a"}]}, "spec.matchConditions[0].expression: Required"),
        (
            {"matchConditions": [{"name": "a", "expression": "variables.x"}]},
            "spec.matchConditions[0].expression: Invalid value",
        ),
        (
            {"auditAnnotations": [{"key": "a", "valueExpression": "1"}]},
            'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of '
            "[string null_type] but got int",
        ),
        (
            {"auditAnnotations": [{"key": "a b", "valueExpression": "''"}]},
            'spec.auditAnnotations[0].key: Invalid value: "p/a b"',
        ),
    ],
)
def test_what_is_wrong_with_a_validating_policy_is_named(changes: Any, problem: str) -> None:
    assert problems(**changes)[0].startswith(problem)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"mutations": []}, "spec.mutations: Required value: mutations must contain at least one"),
        ({"mutations": [{}]}, "spec.mutations[0].patchType: Required value"),
        (
            {"mutations": [{"patchType": "X"}]},
            'spec.mutations[0].patchType: Unsupported value: "X": supported values: '
            '"ApplyConfiguration", "JSONPatch"',
        ),
        (
            {"mutations": [{"patchType": "JSONPatch"}]},
            "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSON",
        ),
        (
            {"mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": "1"}}]},
            'spec.mutations[0].jsonPatch.expression: Invalid value: "1": must evaluate to '
            "list(JSONPatch) but got int",
        ),
        ({"reinvocationPolicy": "No"}, 'spec.reinvocationPolicy: Unsupported value: "No"'),
        (
            {"matchConstraints": {"resourceRules": [{**RULE, "operations": ["DELETE"]}]}},
            'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE"',
        ),
    ],
)
def test_what_is_wrong_with_a_mutating_policy_is_named(changes: Any, problem: str) -> None:
    assert problems("mutating", **changes)[0].startswith(problem)


def test_conditions_that_did_not_change_are_not_judged_again() -> None:
    bad = [{"name": "a", "expression": "nope"}]
    assert problems(old=made(matchConditions=bad), matchConditions=bad) == []
    assert len(problems(old=made(), matchConditions=bad)) == 1


def bound(**changes: Any) -> list[str]:
    spec = {"policyName": "p", "validationActions": ["Deny"], **changes}
    [rule] = VALIDATINGADMISSIONPOLICYBINDING.rules
    return [str(error) for error in rule({"metadata": {"name": "b"}, "spec": spec}, None)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"policyName": ""}, "spec.policyName: Required value"),
        ({"validationActions": []}, "spec.validationActions: Required value: at least one validat"),
        ({"validationActions": ["Deny", "Warn"]}, 'spec.validationActions: Invalid value: ["Deny"'),
        (
            {"validationActions": ["Deny", "Deny"]},
            'spec.validationActions[1]: Duplicate value: "De',
        ),
        ({"paramRef": {}}, "spec.paramRef: Required value: one of name or selector must be specif"),
        ({"paramRef": {"name": "a"}}, "spec.paramRef.parameterNotFoundAction: Required value"),
        (
            {"paramRef": {"name": "a", "selector": {}, "parameterNotFoundAction": "Deny"}},
            "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
        ),
    ],
)
def test_what_is_wrong_with_a_binding_is_named(changes: Any, problem: str) -> None:
    assert bound() == []
    assert bound(**changes)[0].startswith(problem)


def test_selectors_are_shown_as_go_prints_them() -> None:
    term = {"key": "a", "operator": "In", "values": ["b", "c"]}
    assert selector_text({"matchLabels": {"x": "y"}, "matchExpressions": [term]}) == (
        "&LabelSelector{MatchLabels:map[string]string{x: y,},MatchExpressions:"
        "[]LabelSelectorRequirement{LabelSelectorRequirement{Key:a,Operator:In,Values:[b c],},},}"
    )
