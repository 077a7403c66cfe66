"""Which tolerations tolerate which taints."""

import pytest

from onggi.kinds.core.pod.tolerations import matching, tolerates

TAINT = {"key": "k", "value": "5", "effect": "NoExecute"}


@pytest.mark.parametrize(
    ("toleration", "expected"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "k", "operator": "Exists"}, True),
        ({"key": "other", "operator": "Exists"}, False),
        ({"key": "k", "value": "5"}, True),
        ({"key": "k", "value": "5", "operator": "Equal", "effect": "NoExecute"}, True),
        ({"key": "k", "value": "5", "effect": "NoSchedule"}, False),
        ({"key": "k", "value": "6"}, False),
        ({"key": "k"}, False),
        ({"key": "k", "operator": "Gt", "value": "4"}, True),
        ({"key": "k", "operator": "Gt", "value": "5"}, False),
        ({"key": "k", "operator": "Lt", "value": "6"}, True),
        ({"key": "k", "operator": "Lt", "value": "x"}, False),
    ],
)
def test_one_toleration_and_one_taint(toleration, expected):
    assert tolerates(toleration, TAINT) is expected


def test_every_taint_needs_a_toleration():
    other = {"key": "o", "effect": "NoExecute"}
    k, o = {"key": "k", "operator": "Exists"}, {"key": "o", "operator": "Exists"}
    assert matching([TAINT, other], [o, k]) == [k, o]
    assert matching([TAINT, other], [k]) is None
    assert matching([], []) == []
