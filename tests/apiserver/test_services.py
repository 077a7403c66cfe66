"""Addresses and ports of Services."""

from ipaddress import IPv4Network

import pytest

from onggi.api.errors import Invalid
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.services import ServiceAllocator

CONFIG = ApiConfig(services=IPv4Network("10.0.0.0/28"), node_ports=(30000, 30003))


def service(type_="ClusterIP", ports=(80,), **spec):
    entries = [p if isinstance(p, dict) else {"port": p, "protocol": "TCP"} for p in ports]
    return {"metadata": {"name": "s"}, "spec": {"type": type_, "ports": entries, **spec}}


def allocator(*services):
    return ServiceAllocator(CONFIG, services)


def written(pool, new, old=None):
    pool.begin(new, old, dry_run=False).commit()
    return new["spec"]


def refusal(pool, new, old=None):
    with pytest.raises(Invalid) as refused:
        pool.begin(new, old, dry_run=False)
    return refused.value.message


def test_a_service_gets_an_address_of_the_range():
    spec = written(allocator(), service())
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert spec["clusterIP"].startswith("10.0.0.")
    assert "nodePort" not in spec["ports"][0]


def test_a_headless_service_has_none():
    spec = written(allocator(), service(clusterIP="None", clusterIPs=["None"]))
    assert spec["clusterIP"] == "None"


def test_an_external_name_has_none():
    assert "clusterIP" not in written(allocator(), service("ExternalName"))


def test_a_requested_address_is_given_once():
    pool = allocator()
    assert written(pool, service(clusterIP="10.0.0.5"))["clusterIP"] == "10.0.0.5"
    assert refusal(pool, service(clusterIP="10.0.0.5", clusterIPs=["10.0.0.5"])) == (
        'Service "s" is invalid: spec.clusterIPs: Invalid value: ["10.0.0.5"]: failed to allocate '
        "IP 10.0.0.5: provided IP is already allocated"
    )


@pytest.mark.parametrize("address", ["10.0.1.1", "10.0.0.0", "10.0.0.15", "not an address"])
def test_an_address_outside_of_the_range_is_refused(address):
    message = refusal(allocator(), service(clusterIP=address))
    assert f"the provided IP ({address}) is not in the valid range" in message
    assert "The range of valid IPs is 10.0.0.0/28" in message


def test_what_exists_at_the_start_is_taken():
    present = service("NodePort", [{"port": 80, "nodePort": 30001}], clusterIP="10.0.0.5")
    pool = allocator(present)
    assert "already allocated" in refusal(pool, service(clusterIP="10.0.0.5"))
    wanted = service("NodePort", [{"port": 80, "nodePort": 30001}])
    assert refusal(pool, wanted) == (
        'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 30001: '
        "provided port is already allocated"
    )


def test_a_node_port_outside_of_the_range_is_refused():
    message = refusal(allocator(), service("NodePort", [{"port": 80, "nodePort": 80}]))
    assert message.endswith(
        "provided port is not in the valid range. The range of valid ports is 30000-30003"
    )


def test_the_same_port_over_two_protocols_shares_a_node_port():
    ports = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
    given = written(allocator(), service("NodePort", ports))["ports"]
    assert given[0]["nodePort"] == given[1]["nodePort"]


def test_a_failed_write_gives_back_what_it_got():
    pool = allocator()
    for _ in range(50):
        pool.begin(service("NodePort", [1, 2, 3]), None, dry_run=False).rollback()


def test_a_dry_run_keeps_nothing():
    pool = allocator()
    for _ in range(50):
        pool.begin(service("NodePort", [1, 2, 3]), None, dry_run=True).commit()


def test_a_refused_service_keeps_nothing():
    pool = allocator()
    wrong = service("NodePort", [1, {"port": 2, "nodePort": 1}])
    for _ in range(50):
        refusal(pool, service("NodePort", [dict(p) for p in wrong["spec"]["ports"]]))


def test_a_deleted_service_frees_everything():
    pool = allocator()
    for _ in range(50):
        made = service("NodePort", [1, 2, 3])
        written(pool, made)
        pool.begin(None, made, dry_run=False).commit()


def test_an_update_keeps_what_stays_and_frees_the_rest():
    pool = allocator()
    old = service("NodePort", [1, 2, 3])
    written(pool, old)
    ports = [dict(old["spec"]["ports"][0])]
    new = service("NodePort", ports, clusterIP=old["spec"]["clusterIP"])
    assert written(pool, new, old)["ports"][0] == ports[0]
    more = service("NodePort", [7, 8, 9])
    written(pool, more)  # the two that were freed, and the fourth


def test_a_service_that_becomes_an_external_name_frees_its_address():
    pool = allocator()
    old = service(clusterIP="10.0.0.5")
    written(pool, old)
    written(pool, service("ExternalName"), old)
    assert written(pool, service(clusterIP="10.0.0.5"))["clusterIP"] == "10.0.0.5"


def test_a_local_balancer_gets_a_port_for_health_checks():
    spec = written(allocator(), service("LoadBalancer", externalTrafficPolicy="Local"))
    assert 30000 <= spec["healthCheckNodePort"] <= 30003
