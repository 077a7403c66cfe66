from typing import Any

from onggi.api.objects import Object, clone
from onggi.kinds.core.service import SERVICE
from tests.kinds.samples import created, sample


def updated(old: Object, **changes: Any) -> Object:
    """``None`` takes a field out, as a client that sends its own manifest again does."""
    new = clone(old)
    for field, value in changes.items():
        new["spec"].pop(field, None)
        if value is not None:
            new["spec"][field] = clone({field: value})[field]
    SERVICE.default(new)
    assert SERVICE.prepare
    SERVICE.prepare(new, old)
    return new


def allocated(**spec: Any) -> Object:
    """After the server has given it an address and node ports."""
    service = created(SERVICE, **spec)
    service["spec"] |= {"clusterIP": "10.96.0.7", "clusterIPs": ["10.96.0.7"]}
    if service["spec"]["type"] != "ClusterIP":
        service["spec"]["ports"][0]["nodePort"] = 30080
    return service


def test_a_service_gets_upstreams_defaults() -> None:
    service = created(SERVICE)
    assert service["status"] == {"loadBalancer": {}}
    assert service["spec"] == {
        "selector": {"app": "web"},
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "sessionAffinity": "None",
        "type": "ClusterIP",
        "internalTrafficPolicy": "Cluster",
        "ipFamilyPolicy": "SingleStack",
        "ipFamilies": ["IPv4"],
    }


def test_types_bring_their_own_defaults() -> None:
    assert created(SERVICE, type="NodePort")["spec"]["externalTrafficPolicy"] == "Cluster"
    balancer = created(SERVICE, type="LoadBalancer")["spec"]
    assert balancer["allocateLoadBalancerNodePorts"] is True
    name = created(SERVICE, type="ExternalName", externalName="a.example.com")["spec"]
    assert "ipFamilies" not in name
    assert "internalTrafficPolicy" not in name


def test_affinity_has_a_timeout_only_where_it_is_on() -> None:
    spec = created(SERVICE, sessionAffinity="ClientIP")["spec"]
    assert spec["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}
    assert "sessionAffinityConfig" not in created(SERVICE, sessionAffinityConfig={})["spec"]


def test_headless_without_a_selector_is_open_to_both_families() -> None:
    service = sample(SERVICE, clusterIP="None")
    del service["spec"]["selector"]
    SERVICE.default(service)
    assert SERVICE.prepare
    SERVICE.prepare(service, None)
    assert service["spec"]["clusterIPs"] == ["None"]
    assert service["spec"]["ipFamilies"] == ["IPv4", "IPv6"]
    assert service["spec"]["ipFamilyPolicy"] == "RequireDualStack"
    assert SERVICE.validate(service) == []


def test_what_was_allocated_stays_when_a_client_leaves_it_out() -> None:
    old = allocated(type="NodePort")
    new = updated(old, clusterIP=None, clusterIPs=None, ports=[{"port": 80}])
    assert new == old


def test_a_port_keeps_its_node_port_by_name() -> None:
    old = allocated(type="NodePort", ports=[{"name": "http", "port": 80}])
    new = updated(old, ports=[{"name": "tls", "port": 443}, {"name": "http", "port": 8080}])
    assert [port.get("nodePort") for port in new["spec"]["ports"]] == [None, 30080]


def test_becoming_a_name_lets_the_address_go() -> None:
    new = updated(allocated(), type="ExternalName", externalName="a.example.com")
    assert not {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"} & new["spec"].keys()
    assert SERVICE.validate(new) == []


def test_becoming_internal_lets_node_ports_and_policies_go() -> None:
    old = allocated(type="NodePort")
    new = updated(old, type="ClusterIP")
    assert "nodePort" not in new["spec"]["ports"][0]
    assert "externalTrafficPolicy" not in new["spec"]
    assert SERVICE.validate(new, old) == []


def test_clearing_the_address_clears_both_of_its_fields() -> None:
    old = created(SERVICE, type="ExternalName", externalName="a.example.com")
    new = updated(old, type="ClusterIP", clusterIP="10.96.0.9")
    assert new["spec"]["clusterIPs"] == ["10.96.0.9"]
