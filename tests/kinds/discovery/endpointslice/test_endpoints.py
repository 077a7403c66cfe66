from onggi.kinds.discovery.endpointslice.endpoints import local, of_port, usable
from tests.proxy.objects import endpoint, endpoints


def ips(found):
    return [e.ip for e in found]


def of(*members):
    return of_port([endpoints(*members)], "", "TCP")


def test_ready_endpoints_serve_and_terminating_ones_only_where_there_is_no_other():
    leaving = endpoint("10.0.0.2", ready=False, serving=True, terminating=True)
    broken = endpoint("10.0.0.3", ready=False, serving=False, terminating=True)
    assert ips(usable(of(endpoint("10.0.0.1", ready=True), leaving))) == ["10.0.0.1"]
    assert ips(usable(of(leaving, broken))) == ["10.0.0.2"]
    assert usable(of(endpoint("10.0.0.1", ready=False, serving=False))) == []


def test_conditions_that_nobody_wrote_mean_ready():
    assert ips(usable(of(endpoint("10.0.0.1")))) == ["10.0.0.1"]


def test_local_endpoints_are_chosen_among_themselves():
    leaving = endpoint("10.0.0.2", ready=False, serving=True, terminating=True, node="me")
    other = endpoint("10.0.0.1", ready=True, node="other")
    assert ips(local(of(leaving, other), "me")) == ["10.0.0.2"]


def test_ports_match_by_name_and_protocol_and_an_address_counts_once():
    ports = [{"name": "a", "port": 1, "protocol": "TCP"}, {"name": "a", "port": 2}]
    one = endpoints(endpoint("10.0.0.1"), ports=ports)
    two = endpoints(endpoint("10.0.0.1"), ports=ports[:1])
    assert [(e.ip, e.port) for e in of_port([one, two], "a", "TCP")] == [
        ("10.0.0.1", 1),
        ("10.0.0.1", 2),
    ]
    assert of_port([one], "b", "TCP") == []
    assert of_port([one], "a", "UDP") == []


def test_what_is_no_ipv4_address_never_reaches_the_firewall():
    assert of(endpoint("10.0.0.1 : drop"), endpoint("fd00::1")) == []
