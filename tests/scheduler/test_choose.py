from hypothesis import given
from hypothesis import strategies as st

from onggi.scheduler.choose import Placement, choose, enough
from tests.scheduler.objects import facts, node, state


def test_the_emptier_node_is_chosen():
    here = state(node("a"), node("b"), placed={"a": [facts(cpu="2")]})
    assert choose(facts(cpu="1"), here).node == "b"


def test_siblings_spread_over_nodes_though_nobody_asked():
    owner = {"ownerReferences": [{"uid": "rs", "controller": True}]}
    here = state(node("a"), node("b", cpu="8", memory="16Gi"))
    for _ in range(2):
        pod = facts(meta=owner)
        here.add_pod(pod, choose(pod, here).node)
    assert len(here.nodes["a"].pods) == 1


def test_preferred_node_affinity_draws():
    term = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]}
    preferred = [{"weight": 100, "preference": term}]
    affinity = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": preferred}}
    here = state(node("a"), node("b", labels={"disk": "ssd"}), placed={"b": [facts(cpu="1")]})
    assert choose(facts(affinity=affinity), here).node == "b"


def test_a_big_image_that_is_there_already_draws():
    image = {"names": ["busybox:latest"], "sizeBytes": 900 << 20}
    here = state(node("a"), node("b", images=[image]))
    assert choose(facts(), here).node == "b"


def test_preferred_pod_affinity_draws_and_pushes():
    term = {
        "topologyKey": "kubernetes.io/hostname",
        "labelSelector": {"matchLabels": {"app": "web"}},
    }
    preferred = [{"weight": 100, "podAffinityTerm": term}]
    when = "preferredDuringSchedulingIgnoredDuringExecution"
    here = state(node("a"), node("b"), placed={"b": [facts(labels={"app": "web"})]})
    assert choose(facts(affinity={"podAffinity": {when: preferred}}), here).node == "b"
    assert choose(facts(affinity={"podAntiAffinity": {when: preferred}}), here).node == "a"


def test_large_clusters_are_sampled_as_upstream_does():
    assert [enough(n) for n in (1, 99, 100, 1000, 5000, 20000)] == [1, 99, 100, 420, 500, 1000]


@given(st.lists(st.integers(100, 3000), max_size=30), st.integers(1, 4))
def test_no_node_is_ever_overcommitted_and_sums_stay_exact(requests, nodes):
    here = state(*(node(f"n{i}", cpu="4", pods="5") for i in range(nodes)))
    placed = []
    for number, cpu in enumerate(requests):
        pod = facts(f"p{number}", cpu=f"{cpu}m")
        found = choose(pod, here, start=number)
        if isinstance(found, Placement):
            here.assume(pod, found.node)
            placed.append(pod)
    for each in here.nodes.values():
        assert each.used["cpu"] == sum(p.requests["cpu"] for p in each.pods.values()) <= 4000
        assert len(each.pods) <= 5
    for pod in placed:
        assert here.forget(pod.uid)
    assert all(not n.pods and not n.used["cpu"] and not n.scoring_cpu for n in here.listed)
