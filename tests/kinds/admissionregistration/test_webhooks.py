"""What a webhook configuration is refused for, in upstream's words."""

from typing import Any

import pytest

from onggi.api.objects import clone
from onggi.kinds.admissionregistration.mutatingwebhookconfiguration import (
    MUTATINGWEBHOOKCONFIGURATION as MUTATING,
)
from onggi.kinds.admissionregistration.validatingwebhookconfiguration import (
    VALIDATINGWEBHOOKCONFIGURATION as VALIDATING,
)

RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
HOOK = {
    "name": "a.example.com",
    "clientConfig": {"url": "https://hook.example.com/check"},
    "rules": [RULE],
    "sideEffects": "None",
    "admissionReviewVersions": ["v1"],
}
SERVICE = {"namespace": "n", "name": "s"}
LONE_STAR = "if '*' is present, must not specify other"


def configuration(*hooks: Any) -> Any:
    return {"metadata": {"name": "x"}, "webhooks": [clone(hook) for hook in hooks]}


def defaulted(*hooks: Any, kind: Any = MUTATING) -> Any:
    obj = configuration(*hooks)
    kind.default(obj)
    return obj


def problems(*hooks: Any, old: Any = None, kind: Any = MUTATING) -> list[str]:
    before = defaulted(*old, kind=kind) if old else None
    return [str(error) for error in kind.validate(defaulted(*hooks, kind=kind), before)]


def test_defaults_are_upstreams() -> None:
    made = defaulted({**HOOK, "clientConfig": {"service": SERVICE}})["webhooks"][0]
    assert made["failurePolicy"] == "Fail"
    assert made["matchPolicy"] == "Equivalent"
    assert made["namespaceSelector"] == made["objectSelector"] == {}
    assert made["timeoutSeconds"] == 10
    assert made["reinvocationPolicy"] == "Never"
    assert made["rules"][0]["scope"] == "*"
    assert made["clientConfig"]["service"]["port"] == 443
    other = defaulted(HOOK, kind=VALIDATING)["webhooks"][0]
    assert "reinvocationPolicy" not in other


def test_what_is_right_is_accepted() -> None:
    assert problems(HOOK) == problems(HOOK, kind=VALIDATING) == []
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": ""}, "name: Required value"),
        ({"name": "a.b"}, 'name: Invalid value: "a.b": should be a domain with at least three'),
        ({"sideEffects": None}, "sideEffects: Required value: must specify one of None, NoneOnDry"),
        ({"sideEffects": "Some"}, 'sideEffects: Unsupported value: "Some": supported values: "No'),
        ({"failurePolicy": "x"}, 'failurePolicy: Unsupported value: "x": supported values: "Fail"'),
        ({"matchPolicy": "x"}, 'matchPolicy: Unsupported value: "x": supported values: "Equivale'),
        ({"reinvocationPolicy": "x"}, 'reinvocationPolicy: Unsupported value: "x": supported val'),
        ({"timeoutSeconds": 31}, "timeoutSeconds: Invalid value: 31: the timeout value must be be"),
        ({"timeoutSeconds": 0}, "timeoutSeconds: Invalid value: 0: the timeout value must be betw"),
        ({"admissionReviewVersions": []}, "admissionReviewVersions: Required value: must specify"),
        (
            {"admissionReviewVersions": ["v2"]},
            'admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1be',
        ),
        (
            {"admissionReviewVersions": ["v1", "v1"]},
            'admissionReviewVersions[1]: Invalid value: "v1": duplicate version',
        ),
        ({"clientConfig": {}}, "clientConfig: Required value: exactly one of url or service is r"),
        (
            {"clientConfig": {"url": "https://x", "service": SERVICE}},
            "clientConfig: Required value: exactly one of url or service is required",
        ),
        (
            {"objectSelector": {"matchExpressions": [{"key": "a", "operator": "x"}]}},
            'objectSelector.matchExpressions[0].operator: Invalid value: "x": not a valid selecto',
        ),
        ({"rules": [{**RULE, "operations": []}]}, "rules[0].operations: Required value"),
        (
            {"rules": [{**RULE, "operations": ["*", "CREATE"]}]},
            f'rules[0].operations: Invalid value: ["*","CREATE"]: {LONE_STAR} operations',
        ),
        (
            {"rules": [{**RULE, "operations": ["READ"]}]},
            'rules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT"',
        ),
        ({"rules": [{**RULE, "apiGroups": []}]}, "rules[0].apiGroups: Required value"),
        ({"rules": [{**RULE, "apiVersions": [""]}]}, "rules[0].apiVersions[0]: Required value"),
        (
            {"rules": [{**RULE, "resources": ["pods/*", "pods/status"]}]},
            "rules[0].resources[1]: Invalid value: \"pods/status\": if 'pods/*' is present, must",
        ),
        (
            {"rules": [{**RULE, "resources": ["*/*", "pods"]}]},
            'rules[0].resources: Invalid value: ["*/*","pods"]: if \'*/*\' is present, must not',
        ),
        (
            {"rules": [{**RULE, "resources": ["*", "pods"]}]},
            'rules[0].resources: Invalid value: ["*","pods"]: if \'*\' is present, must not',
        ),
        ({"rules": [{**RULE, "scope": "x"}]}, 'rules[0].scope: Unsupported value: "x": supported'),
    ],
)
def test_what_is_wrong_is_named(changes: Any, problem: str) -> None:
    found = problems({**HOOK, **changes})
    assert len(found) == 1, found
    assert found[0].startswith(f"webhooks[0].{problem}")


def test_names_are_unique() -> None:
    assert problems(HOOK, HOOK) == ['webhooks[1].name: Duplicate value: "a.example.com"']


def test_an_update_may_keep_what_an_old_server_accepted() -> None:
    loud = {**HOOK, "sideEffects": "Some"}
    assert problems(loud, old=[loud]) == []
    assert problems(HOOK, HOOK, old=[HOOK, HOOK]) == []
    foreign = {**HOOK, "admissionReviewVersions": ["v2"]}
    assert problems(foreign, old=[foreign]) == []
    assert problems(loud, old=[HOOK]) != []
