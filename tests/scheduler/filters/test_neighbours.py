from onggi.scheduler.choose import Placement, Unschedulable, choose
from tests.scheduler.objects import facts, node, state

WEB = {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "zone"}
NODES = [node(n, labels={"zone": z}) for n, z in (("a", "x"), ("b", "x"), ("c", "y"))]


def near(term=WEB):
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def away(term=WEB):
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def reasons(found):
    assert isinstance(found, Unschedulable)
    return sorted({r.text for rs in found.reasons.values() for r in rs})


def test_affinity_joins_the_domain_of_its_neighbours():
    here = state(*NODES, placed={"c": [facts(labels={"app": "web"})]})
    assert choose(facts(affinity=near()), here).node == "c"


def test_affinity_without_any_neighbour_is_refused_but_the_first_of_a_group_may_start():
    here = state(*NODES)
    alone = choose(facts(affinity=near()), here)
    assert reasons(alone) == ["node(s) didn't match pod affinity rules"]
    assert isinstance(choose(facts(labels={"app": "web"}, affinity=near()), here), Placement)


def test_anti_affinity_avoids_the_whole_domain():
    here = state(*NODES, placed={"a": [facts(labels={"app": "web"})]})
    assert choose(facts(affinity=away()), here).node == "c"


def test_pods_already_there_keep_others_away():
    loner = facts(affinity=away())
    here = state(*NODES, placed={"a": [loner]})
    comer = facts(labels={"app": "web"})
    assert choose(comer, here).node == "c"
    here.add_pod(facts(affinity=away()), "c")
    text = "node(s) didn't satisfy existing pods anti-affinity rules"
    assert reasons(choose(comer, here)) == [text]


def test_other_namespaces_count_only_where_they_are_named():
    other = facts(labels={"app": "web"}, meta={"namespace": "prod"})
    here = state(*NODES, placed={"a": [other]})
    assert isinstance(choose(facts(affinity=near()), here), Unschedulable)
    assert isinstance(choose(facts(affinity=near(WEB | {"namespaces": ["prod"]})), here), Placement)
    everywhere = WEB | {"namespaceSelector": {}}
    assert isinstance(choose(facts(affinity=near(everywhere)), here), Placement)
    chosen = WEB | {"namespaceSelector": {"matchLabels": {"tier": "live"}}}
    assert isinstance(choose(facts(affinity=near(chosen)), here), Unschedulable)
    here.namespaces["prod"] = {"tier": "live"}
    assert isinstance(choose(facts(affinity=near(chosen)), here), Placement)
