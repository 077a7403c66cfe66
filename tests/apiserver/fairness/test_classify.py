"""Which requests belong together, as the FlowSchemas say."""

import pytest

from onggi.api.http import User
from onggi.apiserver.fairness.classify import SEATS, Digest, matches
from onggi.apiserver.path import parse

BOB = User("bob", ("system:authenticated",))
ADMIN = User("root", ("system:masters", "system:authenticated"))
ROBOT = User("system:serviceaccount:ci:robot", ("system:serviceaccounts", "system:authenticated"))
PODS = parse("GET", "/api/v1/namespaces/a/pods")
NODES = parse("GET", "/api/v1/nodes")
STATUS = parse("PATCH", "/api/v1/namespaces/a/pods/p/status")
HEALTH = parse("GET", "/healthz")
ANYONE = {"kind": "Group", "group": {"name": "system:authenticated"}}


def resources(**changes):
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"]}
    return {**everything, **changes}


def rule(*subjects, **changes):
    return {"subjects": list(subjects or [ANYONE]), "resourceRules": [resources(**changes)]}


def schema(name, level, *rules, precedence=1000, by=""):
    spec = {"priorityLevelConfiguration": {"name": level}, "matchingPrecedence": precedence}
    if by:
        spec["distinguisherMethod"] = {"type": by}
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": {**spec, "rules": rules}}


def level(name, shares=30, **queuing):
    response = {"type": "Queue", "queuing": queuing} if queuing else {"type": "Reject"}
    limited = {"nominalConcurrencyShares": shares, "limitResponse": response}
    spec = {"type": "Limited", "limited": limited}
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, "spec": spec}


def test_without_any_schema_masters_are_exempt_and_all_others_share():
    digest = Digest.of((), ())
    assert digest.flow(ADMIN, PODS).level.exempt
    flow = digest.flow(BOB, PODS)
    assert (flow.level.name, flow.level.rejects) == ("catch-all", True)
    assert digest.flow(User("system:anonymous", ("system:unauthenticated",)), HEALTH).level.name


def test_the_lowest_precedence_wins_then_the_name():
    levels = [level("low", queues=1), level("high", queues=1)]
    schemas = [
        schema("b", "low", rule(), precedence=5),
        schema("a", "high", rule(), precedence=5),
        schema("z", "low", rule(), precedence=9),
    ]
    assert Digest.of(schemas, levels).flow(BOB, PODS).key.startswith("a/")


def test_a_schema_whose_level_is_missing_does_not_count():
    assert Digest.of([schema("a", "gone", rule())], ()).flow(BOB, PODS).level.name == "catch-all"


def test_flows_are_told_apart_by_user_or_namespace_or_not():
    levels = [level("l", queues=1)]
    for by, users in (("ByUser", 2), ("ByNamespace", 1), ("", 1)):
        digest = Digest.of([schema("s", "l", rule(), by=by)], levels)
        assert len({digest.flow(user, PODS).key for user in (BOB, ROBOT)}) == users
    other = parse("GET", "/api/v1/namespaces/b/pods")
    digest = Digest.of([schema("s", "l", rule(), by="ByNamespace")], levels)
    assert digest.flow(BOB, PODS).key != digest.flow(BOB, other).key


def test_the_headers_name_schema_and_level():
    flow = Digest.of([schema("s", "l", rule())], [level("l", queues=1)]).flow(BOB, PODS)
    assert flow.headers == {
        "X-Kubernetes-PF-FlowSchema-UID": "uid-s",
        "X-Kubernetes-PF-PriorityLevel-UID": "uid-l",
    }


def test_seats_and_queues_follow_from_the_level():
    levels = [level("a", 30, queues=128, handSize=6, queueLengthLimit=50), level("b", 10)]
    digest = Digest.of((), [*levels, level("catch-all", 5)])
    found = {made.name: made for made in digest.levels}
    assert (found["a"].seats, found["b"].seats) == (-(-SEATS * 30 // 45), -(-SEATS * 10 // 45))
    assert (found["a"].longest, found["a"].longest_flow) == (6400, 300)
    assert found["b"].rejects
    assert found["exempt"].exempt


CASES = [
    (rule(), PODS, BOB, True),
    (rule(verbs=["get"]), PODS, BOB, False),
    (rule(apiGroups=["apps"]), PODS, BOB, False),
    (rule(resources=["pods"]), PODS, BOB, True),
    (rule(resources=["pods"]), STATUS, BOB, False),
    (rule(resources=["pods/status"]), STATUS, BOB, True),
    (rule(namespaces=["b"]), PODS, BOB, False),
    (rule(), NODES, BOB, False),
    (rule(clusterScope=True), NODES, BOB, True),
    (rule(), HEALTH, BOB, False),
    (rule({"kind": "User", "user": {"name": "bob"}}), PODS, BOB, True),
    (rule({"kind": "User", "user": {"name": "bob"}}), PODS, ROBOT, False),
    (rule({"kind": "User", "user": {"name": "*"}}), PODS, ROBOT, True),
    (rule({"kind": "Group", "group": {"name": "system:masters"}}), PODS, BOB, False),
    (
        rule({"kind": "ServiceAccount", "serviceAccount": {"namespace": "ci", "name": "*"}}),
        PODS,
        ROBOT,
        True,
    ),
    (
        rule({"kind": "ServiceAccount", "serviceAccount": {"namespace": "ci", "name": "other"}}),
        PODS,
        ROBOT,
        False,
    ),
    (
        {"subjects": [ANYONE], "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["/h*"]}]},
        HEALTH,
        BOB,
        True,
    ),
    (
        {
            "subjects": [ANYONE],
            "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/livez"]}],
        },
        HEALTH,
        BOB,
        False,
    ),
]


@pytest.mark.parametrize(("made", "target", "user", "expected"), CASES)
def test_a_rule_matches_subject_and_request(made, target, user, expected):
    assert matches(made, user, target) is expected
