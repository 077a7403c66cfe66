"""Which rule of an audit policy holds for a request."""

import pytest

from onggi.api.http import User
from onggi.apiserver.audit.policy import BadPolicy, Policy
from onggi.apiserver.path import parse

BOB = User("bob", ("developers", "system:authenticated"))
POD = parse("GET", "/api/v1/namespaces/a/pods/p")
LOG = parse("GET", "/api/v1/namespaces/a/pods/p/log")
DEPLOY = parse("POST", "/apis/apps/v1/namespaces/a/deployments")
NODE = parse("GET", "/api/v1/nodes/n")
HEALTH = parse("GET", "/healthz/ready")


def policy(*rules, **more):
    return Policy.read(
        {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": list(rules), **more}
    )


def core(*resources, names=()):
    return {"group": "", "resources": list(resources), "resourceNames": list(names)}


CASES = [
    ({}, POD, True),
    ({"users": ["bob"]}, POD, True),
    ({"users": ["eve"]}, POD, False),
    ({"userGroups": ["developers"]}, POD, True),
    ({"userGroups": ["admins"]}, POD, False),
    ({"verbs": ["get"]}, POD, True),
    ({"verbs": ["create"]}, POD, False),
    ({"namespaces": ["a"]}, POD, True),
    ({"namespaces": ["b"]}, POD, False),
    ({"namespaces": ["a"]}, NODE, False),
    ({"namespaces": [""]}, NODE, True),
    ({"namespaces": ["a"]}, HEALTH, False),
    ({"resources": [core("pods")]}, POD, True),
    ({"resources": [core("pods")]}, LOG, False),
    ({"resources": [core("pods/log")]}, LOG, True),
    ({"resources": [core("pods/*")]}, LOG, True),
    ({"resources": [core("*/log")]}, LOG, True),
    ({"resources": [core("*/status")]}, LOG, False),
    ({"resources": [core("*")]}, LOG, True),
    ({"resources": [core()]}, LOG, True),
    ({"resources": [core()]}, DEPLOY, False),
    ({"resources": [{"group": "apps"}]}, DEPLOY, True),
    ({"resources": [core("pods", names=["p"])]}, POD, True),
    ({"resources": [core("pods", names=["q"])]}, POD, False),
    ({"nonResourceURLs": ["/healthz*"]}, HEALTH, True),
    ({"nonResourceURLs": ["/healthz"]}, HEALTH, False),
    ({"nonResourceURLs": ["*"]}, HEALTH, True),
    ({"nonResourceURLs": ["/healthz*"]}, POD, False),
]


@pytest.mark.parametrize(("rule", "target", "expected"), CASES)
def test_a_rule_holds_for_what_it_names(rule, target, expected):
    found = policy({"level": "Metadata", **rule}).judge(BOB, target)
    assert (found.level == "Metadata") is expected


def test_the_first_rule_that_holds_decides():
    made = policy({"level": "None", "users": ["bob"]}, {"level": "Request"})
    assert made.judge(BOB, POD).level == "None"
    assert made.judge(User("eve"), POD).level == "Request"


def test_what_no_rule_names_is_not_written():
    assert policy({"level": "Metadata", "users": ["eve"]}).judge(BOB, POD).level == "None"


def test_stages_and_managed_fields_are_left_out_for_all_or_for_one_rule():
    one = {"level": "Metadata", "users": ["bob"], "omitStages": ["Panic"]}
    two = {"level": "Metadata", "omitManagedFields": False}
    made = policy(one, two, omitStages=["RequestReceived"], omitManagedFields=True)
    mine, others = made.judge(BOB, POD), made.judge(User("eve"), POD)
    assert mine.stages == {"ResponseStarted", "ResponseComplete"}
    assert mine.omit_managed_fields
    assert others.stages == {"ResponseStarted", "ResponseComplete", "Panic"}
    assert not others.omit_managed_fields


WRONG = [
    ([], "holds no object"),
    ({"kind": "Pod"}, "must begin with apiVersion"),
    ({"rules": []}, "illegal policy with 0 rules"),
    ({"rules": [1]}, r"rules\[0\]: it must be an object"),
    ({"rules": [{"level": "All"}]}, r"rules\[0\].level: 'All' must be one of None, Metadata"),
    ({"rules": [{"level": "None", "user": ["a"]}]}, "unknown field 'user'"),
    ({"rules": [{"level": "None", "users": "a"}]}, "a list of strings"),
    ({"rules": [{"level": "None", "omitStages": ["End"]}]}, "'End' must be one of"),
    ({"omitStages": ["End"]}, "'End' must be one of"),
    ({"rules": [{"level": "None", "nonResourceURLs": ["healthz"]}]}, "begins with '/'"),
    (
        {"rules": [{"level": "None", "nonResourceURLs": ["/a"], "namespaces": ["b"]}]},
        "cannot apply to both",
    ),
    ({"rules": [{"level": "None", "resources": [{"group": "apps/v1"}]}]}, "the group alone"),
    ({"rules": [{"level": "None", "resources": [{"grp": ""}]}]}, "unknown field 'grp'"),
    ({"rules": [{"level": "None", "resources": [{"resourceNames": ["a"]}]}]}, "at least 1"),
]


@pytest.mark.parametrize(("change", "why"), WRONG)
def test_a_wrong_policy_is_refused_with_its_place(change, why):
    document = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "None"}]}
    with pytest.raises(BadPolicy, match=why):
        Policy.read({**document, **change} if isinstance(change, dict) else change)
