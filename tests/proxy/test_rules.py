from onggi.proxy.ledger import CHAIN, PICK, SET, Item
from onggi.proxy.rules import Place, pod_part, service_part
from tests.proxy.objects import endpoint, endpoints, service

HERE = Place("me")
THREE = endpoints(*(endpoint(f"10.244.0.{i}") for i in (2, 3, 4)))


def test_a_service_is_a_few_elements():
    part = service_part(service(), [THREE], HERE)
    assert part[Item("services", "10.96.0.7 . tcp . 80")] == "goto n3"
    assert part[Item("endpoints", "1 . 10.96.0.7 . tcp . 80")] == "10.244.0.3 . 8080"
    assert Item("hairpin", "10.244.0.3 . 10.244.0.3") in part
    assert Item("vips", "10.96.0.7") in part
    assert Item(PICK, "3") in part
    assert not [i for i in part if i.kind in (CHAIN, SET)]


def test_node_ports_external_addresses_and_balancers_lead_to_the_same_endpoints():
    made = service(
        type="LoadBalancer",
        ports=[{"port": 80, "nodePort": 30080}],
        externalIPs=["192.0.2.1"],
        status={"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}, {"hostname": "x"}]}},
    )
    part = service_part(made, [THREE], HERE)
    assert part[Item("nodeports", "tcp . 30080")] == "goto p3"
    assert part[Item("port_endpoints", "0 . tcp . 30080")] == "10.244.0.2 . 8080"
    for address in ("192.0.2.1", "192.0.2.2"):
        assert part[Item("services", f"{address} . tcp . 80")] == "goto n3"


def test_headless_external_name_and_foreign_services_are_left_alone():
    foreign = service()
    foreign["metadata"]["labels"] = {"service.kubernetes.io/service-proxy-name": "cilium"}
    for made in (service(ip="None"), service(type="ExternalName", ip=""), foreign):
        assert service_part(made, [THREE], HERE) == {}


def test_nobody_there_is_refused_and_elsewhere_only_is_dropped():
    ports = [{"port": 80, "nodePort": 30080}]
    part = service_part(service(ports=ports), [], HERE)
    assert Item("refused", "10.96.0.7 . tcp . 80") in part
    assert Item("refused_ports", "tcp . 30080") in part
    made = service(ports=ports, externalTrafficPolicy="Local")
    part = service_part(made, [endpoints(endpoint("10.244.1.2", node="other"))], HERE)
    assert Item("dropped_ports", "tcp . 30080") in part
    assert part[Item("services", "10.96.0.7 . tcp . 80")] == "goto n1"


def test_policy_local_keeps_the_source_and_uses_local_endpoints_only():
    made = service(ports=[{"port": 80, "nodePort": 30080}], externalTrafficPolicy="Local")
    slices = [endpoints(endpoint("10.244.0.2"), endpoint("10.244.1.2", node="other"))]
    part = service_part(made, slices, HERE)
    assert part[Item("nodeports", "tcp . 30080")] == "goto p1"
    assert Item("kept_ports", "tcp . 30080") in part
    assert part[Item("services", "10.96.0.7 . tcp . 80")] == "goto n2"


def test_affinity_has_chains_of_its_own_that_remember():
    config = {"clientIP": {"timeoutSeconds": 10}}
    made = service(sessionAffinity="ClientIP", sessionAffinityConfig=config)
    part = service_part(made, [THREE], HERE)
    sets = {i.key: v for i, v in part.items() if i.kind == SET}
    chains = {i.key: v for i, v in part.items() if i.kind == CHAIN}
    assert len(sets) == 3
    assert all("timeout 10s" in text for text in sets.values())
    (main,) = chains.keys() - sets.keys()
    assert part[Item("services", "10.96.0.7 . tcp . 80")] == f"goto {main}"
    fewer = service_part(made, [endpoints(endpoint("10.244.0.3"))], HERE)
    kept = {i.key for i in fewer if i.kind == SET}
    assert kept < sets.keys()  # the memory of who stays is not lost


def test_source_ranges_fence_the_balancer_only():
    made = service(
        type="LoadBalancer",
        loadBalancerSourceRanges=["10.0.0.0/8", "10.1.0.0/16"],
        status={"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}]}},
    )
    part = service_part(made, [THREE], HERE)
    assert [i.key for i in part if i.kind == "fenced"] == ["192.0.2.2 . tcp . 80"]
    assert [i.key for i in part if i.kind == "allowed"] == ["192.0.2.2 . tcp . 80 . 10.0.0.0/8"]


def test_what_is_served_here_needs_no_rules():
    part = service_part(service(ip="10.96.0.10"), [], Place("me", frozenset(["10.96.0.10"])))
    assert part == {}


def with_port(**port):
    containers = [{"name": "c", "ports": [{"containerPort": 80, "protocol": "TCP", **port}]}]
    return {
        "metadata": {"namespace": "default", "name": "p"},
        "spec": {"nodeName": "me", "containers": containers},
        "status": {"podIP": "10.244.0.9", "phase": "Running"},
    }


def test_host_ports_lead_to_the_pod_while_it_runs_here():
    pod = with_port(hostPort=8080)
    part = pod_part(pod, HERE)
    assert part[Item("nodeports", "tcp . 8080")] == "goto p1"
    assert part[Item("port_endpoints", "0 . tcp . 8080")] == "10.244.0.9 . 80"
    bound = pod_part(with_port(hostPort=8080, hostIP="192.0.2.1"), HERE)
    assert bound[Item("services", "192.0.2.1 . tcp . 8080")] == "goto n1"
    assert pod_part(pod, Place("other")) == {}
    assert pod_part(pod | {"status": {**pod["status"], "phase": "Failed"}}, HERE) == {}
    assert pod_part(pod | {"spec": {**pod["spec"], "hostNetwork": True}}, HERE) == {}
