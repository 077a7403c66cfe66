"""Real packets through real nftables, in namespaces of our own."""

import os
from collections import Counter

import pytest

from onggi.proxy import host
from onggi.proxy.firewall import Firewall
from onggi.proxy.nftables import Nftables
from onggi.proxy.rules import Place, pod_part, service_part
from onggi.proxy.stale import arguments, stale_flows
from onggi.proxy.table import TableConfig
from tests.proxy.network import HOST, network
from tests.proxy.objects import endpoint, endpoints, service

pytestmark = pytest.mark.root

VIP = "10.96.0.7"
BOTH = [
    {"name": "", "port": 8080, "protocol": "TCP"},
    {"name": "", "port": 8080, "protocol": "UDP"},
]
PORTS = [
    {"port": 80, "protocol": "TCP", "nodePort": 30080},
    {"port": 80, "protocol": "UDP", "nodePort": 30080},
]
PODS = [f"10.244.0.{n}" for n in (2, 3, 4)]
CLIENT = "10.244.0.9"
NO = ("refused", "[Errno 1] Operation not permitted")  # the latter: UDP on the host itself


@pytest.fixture(scope="module")
def net():
    with network(f"og{os.getpid()}-") as made:
        for n in (2, 3, 4, 9):
            made.pod(n)
        made.inside("host", host.prepare)
        yield made


@pytest.fixture
def firewall(net):
    nftables = net.inside("host", Nftables)
    yield Firewall(nftables, TableConfig(name="onggi-test"))
    nftables.run("flush ruleset")
    net.run("host", "conntrack", "-F")
    nftables.close()


def part(*ips, **spec):
    slices = [endpoints(*(endpoint(ip) for ip in ips), ports=BOTH)]
    return service_part(
        service(ip=VIP, ports=spec.pop("ports", PORTS), **spec), slices, Place("me")
    )


async def test_every_pod_serves_from_everywhere_and_sees_its_client(net, firewall):
    firewall.put("s", part(*PODS))
    await firewall.apply()
    for space, address, port in (
        ("pod9", VIP, 80),
        ("host", VIP, 80),
        ("outside", VIP, 80),
        ("pod9", HOST, 30080),
        ("host", HOST, 30080),
        ("outside", HOST, 30080),
    ):
        for kind in ("tcp", "udp"):
            answers = net.ask(space, address, port, kind, times=40)
            counted = Counter(who for who, _ in answers)
            assert set(counted) == set(PODS), (space, address, kind)
            assert min(counted.values()) >= 3
            if space == "pod9":
                assert {peer for _, peer in answers} == {CLIENT}


async def test_a_pod_reaches_itself(net, firewall):
    firewall.put("s", part(PODS[0]))
    await firewall.apply()
    for kind in ("tcp", "udp"):
        assert net.ask("pod2", VIP, 80, kind) == [[PODS[0], "10.244.0.1"]]
        assert net.ask("pod2", HOST, 30080, kind)[0][0] == PODS[0]


async def test_nobody_there_is_an_immediate_refusal(net, firewall):
    firewall.put("s", part())
    await firewall.apply()
    for space in ("pod9", "host", "outside"):
        for kind in ("tcp", "udp"):
            for address, port in ((VIP, 80), (HOST, 30080)):
                assert net.ask(space, address, port, kind)[0] in NO, (space, address, kind)
        assert net.ask(space, VIP, 81) == ["refused"]


async def test_a_change_takes_effect_at_once_and_touches_elements_only(net, firewall):
    firewall.put("s", part(*PODS))
    await firewall.apply()
    firewall.put("s", part(PODS[1]))
    await firewall.apply()
    assert {who for who, _ in net.ask("pod9", VIP, 80, times=20)} == {PODS[1]}
    firewall.put("s", {})
    await firewall.apply()
    assert "10.96.0.7" not in net.run("host", "nft", "list", "ruleset")


async def test_a_lost_table_is_made_anew(net, firewall):
    firewall.put("s", part(PODS[0]))
    await firewall.apply()
    net.run("host", "nft", "flush", "ruleset")
    firewall.put("s", part(PODS[1]))
    await firewall.apply()
    assert net.ask("pod9", VIP, 80)[0][0] == PODS[1]


async def test_more_endpoints_than_pickers_rebuild_the_table(net, firewall):
    firewall.put("s", part(PODS[0]))
    await firewall.apply()
    firewall.put("t", part(*(f"10.244.1.{n}" for n in range(1, 41)), ports=PORTS[:0]))
    slices = [endpoints(*(endpoint(f"10.244.1.{n}") for n in range(1, 41)), ports=BOTH)]
    many = service_part(service(name="many", ip="10.96.0.8"), slices, Place("me"))
    firewall.put("many", many)
    await firewall.apply()
    assert "chain n40" in net.run("host", "nft", "list", "ruleset")
    assert net.ask("pod9", VIP, 80)[0][0] == PODS[0]


async def test_affinity_keeps_a_client_until_its_endpoint_goes(net, firewall):
    sticky = {"sessionAffinity": "ClientIP"}
    firewall.put("s", part(*PODS, **sticky))
    await firewall.apply()
    (chosen,) = {who for who, _ in net.ask("pod9", VIP, 80, times=20)}
    others = [ip for ip in PODS if ip != chosen]
    firewall.put("s", part(*others, **sticky))
    await firewall.apply()
    (next_one,) = {who for who, _ in net.ask("pod9", VIP, 80, times=20)}
    assert next_one in others
    firewall.put("s", part(*PODS, **sticky))
    await firewall.apply()
    assert {who for who, _ in net.ask("pod9", VIP, 80, times=20)} == {next_one}
    firewall.put("s", part(*PODS))
    await firewall.apply()
    assert {who for who, _ in net.ask("pod9", VIP, 80, times=40)} == set(PODS)


async def test_policy_local_keeps_the_outside_source_and_drops_without_local_endpoints(
    net, firewall
):
    firewall.put("s", part(PODS[0], externalTrafficPolicy="Local"))
    await firewall.apply()
    assert net.ask("outside", HOST, 30080) == [[PODS[0], "192.0.2.2"]]
    slices = [endpoints(endpoint("10.244.1.5", node="other"), ports=BOTH)]
    made = service(ip=VIP, ports=PORTS, externalTrafficPolicy="Local")
    firewall.put("s", service_part(made, slices, Place("me")))
    await firewall.apply()
    assert net.ask("outside", HOST, 30080) == ["timeout"]


async def test_external_and_balancer_addresses_with_source_ranges(net, firewall):
    lb = {"loadBalancer": {"ingress": [{"ip": "198.51.100.1"}]}}
    net.run("outside", "ip", "route", "replace", "198.51.100.0/24", "via", HOST)
    spec = {"type": "LoadBalancer", "status": lb, "externalIPs": ["198.51.100.2"]}
    firewall.put("s", part(PODS[0], loadBalancerSourceRanges=["203.0.113.0/24"], **spec))
    await firewall.apply()
    assert net.ask("outside", "198.51.100.1", 80) == ["timeout"]
    assert net.ask("outside", "198.51.100.2", 80)[0][0] == PODS[0]
    firewall.put("s", part(PODS[0], loadBalancerSourceRanges=["192.0.2.0/24"], **spec))
    await firewall.apply()
    assert net.ask("outside", "198.51.100.1", 80)[0][0] == PODS[0]


async def test_addresses_of_no_service_are_refused_even_without_a_default_route(net):
    nftables = net.inside("host", Nftables)
    config = TableConfig(name="onggi-test", services="10.96.0.0/16")
    firewall = Firewall(nftables, config)
    firewall.put("s", part(PODS[0]))
    await firewall.apply()
    net.run("host", "ip", "route", "delete", "default")
    net.run("host", "ip", "route", "add", "10.96.0.0/16", "dev", "lo")
    for space in ("host", "pod9", "outside"):
        assert net.ask(space, VIP, 80)[0][0] == PODS[0]
        assert net.ask(space, "10.96.9.9", 80) == ["refused"]
    net.run("host", "ip", "route", "delete", "10.96.0.0/16")
    net.run("host", "ip", "route", "add", "default", "dev", "void")
    await firewall.remove()
    nftables.close()


async def test_a_host_port_leads_to_its_pod(net, firewall):
    ports = [{"containerPort": 8080, "hostPort": 8888, "protocol": "TCP"}]
    pod = {
        "metadata": {"namespace": "default", "name": "p"},
        "spec": {"nodeName": "me", "containers": [{"name": "c", "ports": ports}]},
        "status": {"podIP": PODS[0], "phase": "Running"},
    }
    firewall.put("p", pod_part(pod, Place("me")))
    await firewall.apply()
    assert net.ask("outside", HOST, 8888) == [[PODS[0], "192.0.2.2"]]
    assert net.ask("host", HOST, 8888)[0][0] == PODS[0]
    assert net.ask("pod2", HOST, 8888)[0][0] == PODS[0]


async def test_pods_leave_their_network_under_the_address_of_the_host(net, firewall):
    net.serve("outside", "world", 7000)
    await firewall.apply()
    assert net.ask("pod9", "192.0.2.2", 7000) == [["world", HOST]]


async def test_a_udp_client_that_never_stops_follows_to_the_new_endpoint(net, firewall):
    firewall.put("s", part(PODS[0]))
    await firewall.apply()
    assert net.ask("pod9", VIP, 80, "udp", source=5555)[0][0] == PODS[0]
    firewall.put("s", part(PODS[1]))
    changes = await firewall.apply()
    assert net.ask("pod9", VIP, 80, "udp", source=5555)[0][0] == PODS[0]  # the stale flow
    commands = [" ".join(["conntrack", *arguments(flow)]) for flow in stale_flows(changes)]
    net.run("host", "sh", "-c", "; ".join([*commands, "true"]))
    assert net.ask("pod9", VIP, 80, "udp", source=5555)[0][0] == PODS[1]


async def test_others_translations_are_not_touched(net, firewall):
    await firewall.apply()
    foreign = "table ip other { chain pre { type nat hook prerouting priority -100; }; }"
    net.inside("host", lambda: Nftables().run(foreign + "\n"))
    rule = "add rule ip other pre tcp dport 9999 dnat to 10.244.0.2:8080\n"
    net.inside("host", lambda: Nftables().run(rule))
    assert net.ask("outside", HOST, 9999) == [[PODS[0], "192.0.2.2"]]
    await firewall.remove()
    assert "onggi-test" not in net.run("host", "nft", "list", "ruleset")
    assert "other" in net.run("host", "nft", "list", "ruleset")
