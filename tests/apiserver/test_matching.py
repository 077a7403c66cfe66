"""Rules, scopes, selectors and equivalent kinds, as tables of upstream's meaning."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from onggi.api.errors import NotFound
from onggi.apiserver.admission import CREATE, DELETE, UPDATE, Review
from onggi.apiserver.call import Call
from onggi.apiserver.matching import (
    Asked,
    Question,
    equivalents,
    exempt,
    policy_criteria,
    rule,
    webhook_criteria,
)
from onggi.apiserver.path import parse
from onggi.kinds import BUILTIN
from onggi.kinds.core.namespace import NAMESPACE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BY_NAME = {(k.api_version, k.name): k for k in BUILTIN}
POD, NODE = BY_NAME["v1", "Pod"], BY_NAME["v1", "Node"]
EVENT, CORE_EVENT = BY_NAME["events.k8s.io/v1", "Event"], BY_NAME["v1", "Event"]
ALL = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}


def asked(resource: str = "pods", sub: str = "", namespace: str = "a", **more: str) -> Asked:
    found = {"operation": "CREATE", "group": "", "version": "v1", "name": "x"} | more
    return Asked(resource=resource, subresource=sub, namespace=namespace, **found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "question", "matches"),
    [
        ({}, asked(), True),
        ({"resources": ["pods"]}, asked(), True),
        ({"resources": ["pods"]}, asked(sub="status"), False),
        ({"resources": ["pods/*"]}, asked(sub="status"), True),
        ({"resources": ["pods/*"]}, asked(), True),
        ({"resources": ["*"]}, asked(sub="exec"), False),
        ({"resources": ["*"]}, asked("secrets"), True),
        ({"resources": ["*/scale"]}, asked("deployments", "scale", group="apps"), True),
        ({"resources": ["pods/exec"]}, asked(sub="exec", operation="CONNECT"), True),
        ({"operations": ["UPDATE", "DELETE"]}, asked(), False),
        ({"operations": ["UPDATE", "CREATE"]}, asked(), True),
        ({"apiGroups": ["apps"]}, asked(), False),
        ({"apiGroups": [""]}, asked(), True),
        ({"apiVersions": ["v1beta1"]}, asked(), False),
        ({"scope": "Namespaced"}, asked(), True),
        ({"scope": "Namespaced"}, asked("nodes", namespace=""), False),
        ({"scope": "Namespaced"}, asked("namespaces", namespace="x"), False),
        ({"scope": "Cluster"}, asked("namespaces", namespace="x"), True),
        ({"scope": "Cluster"}, asked("nodes", namespace=""), True),
        ({"scope": "Cluster"}, asked(), False),
        ({"scope": "*"}, asked(), True),
        ({"resourceNames": ["x", "y"]}, asked(), True),
        ({"resourceNames": ["y"]}, asked(), False),
    ],
)
def test_a_rule_matches_as_upstream_says(
    changes: dict[str, Any], question: Asked, matches: bool
) -> None:
    assert rule(ALL | changes).matches(question) is matches


def review(
    kind: Any, path: str, operation: str = CREATE, obj: Any = None, old: Any = None
) -> Review:
    target = parse("POST", path)
    namespace = target.namespace if kind.namespaced else ""
    call: Any = Call.__new__(Call)
    call.kind, call.target, call.namespace = kind, target, namespace
    return Review(operation, call, obj, old, NOW)


def world(**namespaces: dict[str, str]) -> Any:
    def get(kind: Any, namespace: str, name: str) -> Any:
        found = namespaces.get(name)
        return None if found is None else {"metadata": {"name": name, "labels": found}}

    return SimpleNamespace(get=get)


def labelled(**labels: str) -> Any:
    return {"metadata": {"name": "x", "labels": labels}}


PODS = "/api/v1/namespaces/a/pods"
POD_RULES = [ALL | {"resources": ["pods"]}]


def test_the_object_selector_looks_at_the_new_and_at_the_old_object() -> None:
    criteria = webhook_criteria(
        {"rules": POD_RULES, "objectSelector": {"matchLabels": {"app": "x"}}}
    )
    for new, old, found in (
        (labelled(app="x"), None, POD),
        (labelled(), None, None),
        (labelled(), labelled(app="x"), POD),
        (None, labelled(app="x"), POD),
        (None, None, None),
    ):
        question = Question(review(POD, PODS, UPDATE, new, old), world())
        assert question.kind(criteria) is found


def test_the_namespace_selector_exempts_no_cluster_scoped_object() -> None:
    selector = {"matchLabels": {"kubernetes.io/metadata.name": "b"}}
    criteria = webhook_criteria({"rules": [ALL], "namespaceSelector": selector})
    here = world(a={"kubernetes.io/metadata.name": "a"}, b={"kubernetes.io/metadata.name": "b"})
    assert Question(review(POD, PODS, obj=labelled()), here).kind(criteria) is None
    inside = review(POD, "/api/v1/namespaces/b/pods", obj=labelled())
    assert Question(inside, here).kind(criteria) is POD
    assert Question(review(NODE, "/api/v1/nodes", obj=labelled()), here).kind(criteria) is NODE


def test_a_namespace_is_seen_with_the_labels_that_it_is_to_have() -> None:
    criteria = webhook_criteria(
        {"rules": [ALL], "namespaceSelector": {"matchLabels": {"team": "x"}}}
    )
    made = review(NAMESPACE, "/api/v1/namespaces", obj=labelled(team="x"))
    assert Question(made, world()).kind(criteria) is NAMESPACE
    gone = review(NAMESPACE, "/api/v1/namespaces/x", DELETE, old=labelled(team="x"))
    assert Question(gone, world(x={})).kind(criteria) is None
    assert Question(gone, world(x={"team": "x"})).kind(criteria) is NAMESPACE


def test_a_missing_namespace_is_an_error_only_for_what_looks_at_it() -> None:
    selector = {"namespaceSelector": {"matchLabels": {"a": "b"}}}
    question = Question(review(POD, PODS, obj=labelled()), world())
    other = [ALL | {"resources": ["secrets"]}]
    assert question.kind(webhook_criteria({"rules": other, **selector})) is None
    with pytest.raises(NotFound):
        question.kind(webhook_criteria({"rules": POD_RULES, **selector}))


def test_equivalent_kinds_match_unless_the_policy_is_exact() -> None:
    same = equivalents(BUILTIN)["events"]
    assert set(same) == {EVENT, CORE_EVENT}
    rules = [ALL | {"apiGroups": ["events.k8s.io"], "resources": ["events"]}]
    question = Question(
        review(CORE_EVENT, "/api/v1/namespaces/a/events", obj=labelled()), world(), same
    )
    assert question.kind(webhook_criteria({"rules": rules})) is EVENT
    assert question.kind(webhook_criteria({"rules": rules, "matchPolicy": "Exact"})) is None


def test_the_kind_that_was_sent_goes_before_an_equivalent_one() -> None:
    rules = [
        ALL | {"apiGroups": ["events.k8s.io"], "resources": ["events"]},
        ALL | {"apiGroups": [""], "resources": ["events"]},
    ]
    same = equivalents(BUILTIN)["events"]
    question = Question(
        review(CORE_EVENT, "/api/v1/namespaces/a/events", obj=labelled()), world(), same
    )
    assert question.kind(webhook_criteria({"rules": rules})) is CORE_EVENT


def test_a_policy_without_rules_matches_all_but_what_it_excludes() -> None:
    excluded = [ALL | {"resources": ["pods"]}]
    question = Question(review(POD, PODS, obj=labelled()), world())
    assert question.kind(policy_criteria({})) is POD
    assert question.kind(policy_criteria({"excludeResourceRules": excluded})) is None
    assert question.kind(webhook_criteria({})) is None


def test_who_may_what_and_the_configuration_of_admission_are_exempt() -> None:
    reviews = [k for k in BUILTIN if k.group in ("authentication.k8s.io", "authorization.k8s.io")]
    assert reviews
    for kind in reviews:
        assert exempt(review(kind, f"/apis/{kind.api_version}/{kind.plural}"))
    assert not exempt(review(POD, PODS))
