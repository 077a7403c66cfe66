from onggi.scheduler.choose import Placement, Unschedulable, choose
from tests.scheduler.objects import facts, node, state


def texts(found):
    assert isinstance(found, Unschedulable)
    return [(r.text, r.hopeless) for reasons in found.reasons.values() for r in reasons]


def test_every_short_resource_is_named_and_what_never_fits_is_hopeless():
    here = state(node("a", cpu="1", memory="1Gi"), placed={"a": [facts(cpu="800m")]})
    found = choose(facts(cpu="500m", memory="2Gi"), here)
    assert texts(found) == [("Insufficient cpu", False), ("Insufficient memory", True)]


def test_a_full_node_takes_no_more_pods():
    here = state(node("a", pods="1"), placed={"a": [facts()]})
    assert texts(choose(facts(), here)) == [("Too many pods", False)]


def test_room_comes_back_when_a_pod_goes():
    tenant = facts(cpu="1")
    here = state(node("a", cpu="1"), placed={"a": [tenant]})
    assert isinstance(choose(facts(cpu="1"), here), Unschedulable)
    here.remove_pod(tenant.uid)
    assert isinstance(choose(facts(cpu="1"), here), Placement)


def wanting(address: str, port: int = 80):
    ports = [{"containerPort": 80, "hostPort": port, "hostIP": address}]
    return facts(containers=[{"name": "c", "image": "x", "ports": ports}])


def test_host_ports_collide_on_the_same_or_the_wildcard_address():
    for tenant, comer, collides in (
        ("", "", True),
        ("127.0.0.1", "", True),
        ("", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.1", False),
    ):
        here = state(node("a"), placed={"a": [wanting(tenant)]})
        assert isinstance(choose(wanting(comer), here), Unschedulable) == collides
        assert isinstance(choose(wanting(comer, 81), here), Placement)
