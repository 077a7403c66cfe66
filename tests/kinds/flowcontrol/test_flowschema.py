"""Rules, subjects and verbs of a FlowSchema."""

import pytest

from onggi.kinds.flowcontrol.flowschema import FLOWSCHEMA
from tests.kinds.samples import created, said

SUBJECT = {"kind": "Group", "group": {"name": "g"}}
URL = {"verbs": ["get"], "nonResourceURLs": ["/x"]}


def test_precedence_is_1000_and_1_is_taken():
    assert created(FLOWSCHEMA)["spec"]["matchingPrecedence"] == 1000
    assert said(FLOWSCHEMA, matchingPrecedence=1) == [
        "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have "
        "matchingPrecedence 1"
    ]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"nonResourceRules": [URL]}, "subjects"),
        ({"subjects": [SUBJECT]}, ""),
        ({"subjects": [{"kind": "User"}], "nonResourceRules": [URL]}, "subjects[0].user"),
        (
            {"subjects": [{**SUBJECT, "user": {"name": "u"}}], "nonResourceRules": [URL]},
            "subjects[0].user",
        ),
        (
            {"subjects": [SUBJECT], "nonResourceRules": [{**URL, "verbs": ["fly"]}]},
            "nonResourceRules[0].verbs",
        ),
        (
            {"subjects": [SUBJECT], "nonResourceRules": [{**URL, "nonResourceURLs": ["x"]}]},
            "nonResourceRules[0].nonResourceURLs[0]",
        ),
        (
            {
                "subjects": [SUBJECT],
                "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            },
            "resourceRules[0].namespaces",
        ),
    ],
)
def test_a_rule_is_checked(rule, path):
    (error,) = said(FLOWSCHEMA, rules=[rule])
    assert error.partition(": ")[0] == f"spec.rules[0]{'.' if path else ''}{path}"
