from onggi.scheduler.choose import Placement, Unschedulable, choose
from tests.scheduler.objects import facts, node, state

NODES = [node(n, labels={"zone": z}) for n, z in (("a", "x"), ("b", "x"), ("c", "y"))]


def spreading(when="DoNotSchedule", **more):
    constraint = {
        "maxSkew": 1,
        "topologyKey": "zone",
        "whenUnsatisfiable": when,
        "labelSelector": {"matchLabels": {"app": "web"}},
        **more,
    }
    return facts(labels={"app": "web"}, topologySpreadConstraints=[constraint])


def test_pods_go_where_fewest_are():
    here = state(*NODES)
    for _ in range(6):
        pod = spreading()
        here.add_pod(pod, choose(pod, here).node)
    zone_y = len(here.nodes["c"].pods)
    assert zone_y == 3


def test_a_node_without_the_label_and_an_uneven_one_are_refused():
    here = state(node("a", labels={"zone": "x"}), node("d"), placed={"a": [spreading()]})
    here.set_node(node("c", cpu="0", labels={"zone": "y"}))
    comer = spreading()
    comer.spec["containers"][0]["resources"]["requests"]["cpu"] = "1"
    found = choose(comer, here)
    assert isinstance(found, Unschedulable)
    assert [found.reasons[n][0].text for n in ("a", "d")] == [
        "node(s) didn't match pod topology spread constraints",
        "node(s) didn't match pod topology spread constraints (missing required label)",
    ]


def test_too_few_domains_count_as_an_empty_one():
    here = state(NODES[0], placed={"a": [spreading()]})
    assert isinstance(choose(spreading(), here), Placement)
    assert isinstance(choose(spreading(minDomains=2), here), Unschedulable)


def test_a_soft_constraint_only_prefers():
    here = state(NODES[0], NODES[2], placed={"a": [spreading() for _ in range(3)]})
    assert choose(spreading("ScheduleAnyway"), here).node == "c"
