import pytest

from onggi.node.configs import Dns
from onggi.node.parts import ConfigError
from onggi.node.translate_dns import (
    Resolvers,
    dns,
    host_and_domain,
    node_name_of_pod,
    parse_resolv_conf,
)
from tests.node.pods import pod

HOST = Dns(servers=("192.0.2.53",), searches=("corp.example",), options=("timeout:1",))
RESOLVERS = Resolvers(cluster=("10.96.0.10",), host=HOST)
CLUSTER = Dns(
    servers=("10.96.0.10",),
    searches=("shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example"),
    options=("ndots:5",),
)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, CLUSTER),
        ({"dnsPolicy": "ClusterFirst"}, CLUSTER),
        ({"dnsPolicy": "ClusterFirst", "hostNetwork": True}, HOST),
        ({"dnsPolicy": "ClusterFirstWithHostNet", "hostNetwork": True}, CLUSTER),
        ({"dnsPolicy": "Default"}, HOST),
        ({"dnsPolicy": "None"}, Dns()),
    ],
)
def test_the_policy_decides_whose_resolver_a_pod_has(spec: dict, expected: Dns) -> None:
    assert dns(pod(**spec), RESOLVERS) == (expected, [])


def test_the_pods_own_settings_are_merged_in() -> None:
    config = {
        "nameservers": ["1.1.1.1", "10.96.0.10"],
        "searches": ["my.example", "svc.cluster.local"],
        "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}],
    }
    found, _ = dns(pod(dnsConfig=config), RESOLVERS)
    assert found.servers == ("10.96.0.10", "1.1.1.1")
    assert found.searches == (*CLUSTER.searches, "my.example")
    assert found.options == ("ndots:2", "edns0")


def test_what_resolvers_cannot_bear_is_left_out_and_said() -> None:
    config = {
        "nameservers": ["1.1.1.1", "2.2.2.2", "3.3.3.3"],
        "searches": [f"d{n}.example" for n in range(40)],
    }
    found, said = dns(pod(dnsConfig=config), RESOLVERS)
    assert len(found.servers) == 3
    assert len(found.searches) == 32
    assert [text.split(",")[0] for text in said] == [
        "Nameserver limits were exceeded",
        "Search Line limits were exceeded",
    ]


def test_resolv_conf_is_read_as_resolvers_read_it() -> None:
    text = "# x\nnameserver 1.1.1.1\nsearch a\nsearch b. c\nnameserver  2.2.2.2 \noptions x y:1\n\n"
    assert parse_resolv_conf(text) == Dns(
        servers=("1.1.1.1", "2.2.2.2"), searches=("b", "c"), options=("x", "y:1")
    )


def test_names_follow_the_pods_wishes() -> None:
    assert host_and_domain(pod(), "cluster.local") == ("web", "")
    named = pod(hostname="db-0", subdomain="db")
    assert host_and_domain(named, "cluster.local") == ("db-0", "db.shop.svc.cluster.local")
    assert node_name_of_pod(named, "cluster.local") == "db-0"
    whole = pod(hostname="db-0", subdomain="db", setHostnameAsFQDN=True)
    assert node_name_of_pod(whole, "cluster.local") == "db-0.db.shop.svc.cluster.local"
    assert host_and_domain(pod(hostnameOverride="a.b"), "cluster.local") == ("a.b", "")


def test_a_long_name_is_cut_and_a_long_whole_name_refused() -> None:
    long = pod()
    long["metadata"]["name"] = "a" * 62 + "-" + "b" * 10
    assert host_and_domain(long, "cluster.local") == ("a" * 62, "")
    whole = pod(hostname="h" * 60, subdomain="s", setHostnameAsFQDN=True)
    with pytest.raises(ConfigError, match="64 characters is the max"):
        node_name_of_pod(whole, "cluster.local")
