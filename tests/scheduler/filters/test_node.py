import pytest

from onggi.scheduler.choose import Placement, Unschedulable, choose
from tests.scheduler.objects import facts, node, state


def refusals(pod, *nodes):
    found = choose(pod, state(*nodes))
    assert isinstance(found, Unschedulable)
    return {name: [r.text for r in reasons] for name, reasons in found.reasons.items()}


def test_a_cordoned_node_gets_only_pods_that_tolerate_it():
    cordoned = node("a", spec={"unschedulable": True})
    assert refusals(facts(), cordoned) == {"a": ["node(s) were unschedulable"]}
    tolerant = facts(
        tolerations=[{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}]
    )
    assert isinstance(choose(tolerant, state(cordoned)), Placement)


@pytest.mark.parametrize(
    ("toleration", "fits"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "k", "operator": "Exists"}, True),
        ({"key": "k", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "k", "value": "v"}, True),
        ({"key": "k", "value": "w"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_taints_keep_away_whoever_does_not_tolerate_them(toleration, fits):
    tainted = node("a", spec={"taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}]})
    found = choose(facts(tolerations=[toleration]), state(tainted))
    assert isinstance(found, Placement) == fits


def test_soft_taints_only_make_a_node_less_liked():
    soft = node("a", spec={"taints": [{"key": "k", "effect": "PreferNoSchedule"}]})
    assert choose(facts(), state(soft, node("b"))).node == "b"
    assert choose(facts(), state(soft)).node == "a"


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ({"key": "disk", "operator": "In", "values": ["ssd"]}, "a"),
        ({"key": "disk", "operator": "NotIn", "values": ["ssd"]}, "b"),
        ({"key": "gpu", "operator": "Exists"}, "b"),
        ({"key": "gpu", "operator": "DoesNotExist"}, "a"),
        ({"key": "gen", "operator": "Gt", "values": ["3"]}, "b"),
        ({"key": "gen", "operator": "Lt", "values": ["4"]}, "a"),
    ],
)
def test_required_node_affinity_chooses_by_labels(expression, chosen):
    nodes = (
        node("a", labels={"disk": "ssd", "gen": "3"}),
        node("b", labels={"disk": "hdd", "gpu": "1", "gen": "4"}),
    )
    required = {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    assert choose(facts(affinity=affinity), state(*nodes)).node == chosen


def test_match_fields_name_a_node():
    field = {"key": "metadata.name", "operator": "In", "values": ["b"]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    assert choose(facts(affinity=affinity), state(node("a"), node("b"))).node == "b"


def test_a_node_selector_must_match_whole():
    pod = facts(nodeSelector={"disk": "ssd"})
    assert refusals(pod, node("a")) == {"a": ["node(s) didn't match Pod's node affinity/selector"]}
    assert choose(pod, state(node("a"), node("b", labels={"disk": "ssd"}))).node == "b"
