import pytest

from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.proxy.names import NO_DATA, NXDOMAIN, Record, Reverse, Zone, resolve
from tests.caching import caches_of
from tests.proxy.objects import endpoint, endpoints, service

ZONE = Zone()
KINDS = (SERVICE, ENDPOINTSLICE, NAMESPACE)
NAMED = [
    {"name": "http", "port": 80, "protocol": "TCP"},
    {"name": "dns", "port": 53, "protocol": "UDP"},
]


@pytest.fixture
def world():
    made = caches_of(KINDS)
    made.put(NAMESPACE, {"kind": "Namespace", "metadata": {"name": "default"}})
    put(made, service(ports=NAMED))
    put(made, service("db", ip="None", ports=[{"name": "pg", "port": 5432}]))
    ports = [{"name": "pg", "port": 5432, "protocol": "TCP"}]
    members = [
        endpoint("10.244.0.5", hostname="db-0", ready=True),
        endpoint("10.244.0.6", ready=True),
        endpoint("10.244.0.7", hostname="db-2", ready=False),
    ]
    piece = endpoints(*members, service="db", ports=ports)
    piece["metadata"]["labels"]["service.kubernetes.io/headless"] = ""
    made.put(ENDPOINTSLICE, piece)
    put(made, service("empty", ip="None"))
    put(made, service("far", ip="", type="ExternalName", externalName="Example.COM."))
    return made


def put(world, made):
    world.put(SERVICE, made)


def ask(world, name, type="A"):
    return resolve(world, ZONE, f"{name}.cluster.local", type)


def data(answer):
    return [r.data for r in answer.records]


def test_a_service_has_its_address_and_no_other_family(world):
    answer = ask(world, "web.default.svc")
    assert answer.records == [Record("web.default.svc.cluster.local", "A", "10.96.0.7")]
    assert ask(world, "web.default.svc", "AAAA") == NO_DATA or not data(
        ask(world, "web.default.svc", "AAAA")
    )
    assert ask(world, "web.default.svc", "AAAA").exists


MISSING = """
no.default.svc web.other.svc other.svc other.pod x.y x.web.default.svc empty.default.svc
_no._tcp.web.default.svc _sctp.web.default.svc 1-2-3-4.other.pod 1-2-3.default.pod
1-2-3-400.default.pod a.b.c.web.default.svc db-2.db.default.svc
"""


@pytest.mark.parametrize("name", MISSING.split())
def test_what_is_not_there_does_not_exist(world, name):
    assert ask(world, name) == NXDOMAIN


@pytest.mark.parametrize(
    "name", ["svc", "pod", "dns", "default.svc", "default.pod", "_tcp.web.default.svc"]
)
def test_names_on_the_way_exist_without_data(world, name):
    assert ask(world, name) == NO_DATA


def test_a_headless_service_has_the_addresses_of_its_ready_endpoints(world):
    assert data(ask(world, "db.default.svc")) == ["10.244.0.5", "10.244.0.6"]
    assert data(ask(world, "db-0.db.default.svc")) == ["10.244.0.5"]
    assert data(ask(world, "10-244-0-6.db.default.svc")) == ["10.244.0.6"]


def test_ports_are_found_by_name(world):
    answer = ask(world, "_http._tcp.web.default.svc", "SRV")
    assert data(answer) == ["0 100 80 web.default.svc.cluster.local."]
    assert answer.additional == [Record("web.default.svc.cluster.local", "A", "10.96.0.7")]
    assert data(ask(world, "_pg._tcp.db.default.svc", "SRV")) == [
        "0 50 5432 db-0.db.default.svc.cluster.local.",
        "0 50 5432 10-244-0-6.db.default.svc.cluster.local.",
    ]
    assert len(data(ask(world, "web.default.svc", "SRV"))) == 2
    assert ask(world, "_http._tcp.web.default.svc", "A") == NO_DATA


def test_pods_have_names_by_address(world):
    assert data(ask(world, "10-244-0-9.default.pod")) == ["10.244.0.9"]


def test_an_external_name_goes_on_elsewhere(world):
    assert ask(world, "far.default.svc").alias == "example.com"


def test_the_zone_itself(world):
    assert data(resolve(world, ZONE, "cluster.local", "NS")) == ["ns.dns.cluster.local."]
    assert data(ask(world, "ns.dns")) == ["10.96.0.10"]
    assert data(ask(world, "dns-version", "TXT")) == ['"1.1.0"']
    assert resolve(world, ZONE, "cluster.local", "A") == NO_DATA


def test_other_names_are_not_ours(world):
    for name in ("example.com", "cluster.local.example.com", "xcluster.local", ""):
        assert resolve(world, ZONE, name, "A") is None


def test_addresses_have_names():
    reverse = Reverse(ZONE)
    reverse.put_service("default", "web", service())
    piece = endpoints(endpoint("10.244.0.5", hostname="db-0"), service="db")
    reverse.put_slice("default", "db-1", piece)
    named = reverse.answer("7.0.96.10.in-addr.arpa", "PTR")
    assert data(named) == ["web.default.svc.cluster.local."]
    assert data(reverse.answer("5.0.244.10.in-addr.arpa", "PTR")) == [
        "db-0.db.default.svc.cluster.local."
    ]
    assert reverse.answer("7.0.96.10.in-addr.arpa", "A") == NO_DATA
    assert reverse.answer("9.9.244.10.in-addr.arpa", "PTR") == NXDOMAIN
    for foreign in ("8.8.8.8.in-addr.arpa", "x.in-addr.arpa", "in-addr.arpa", "example.com"):
        assert reverse.answer(foreign, "PTR") is None
    reverse.put_slice("default", "db-1", None)
    reverse.put_service("default", "web", None)
    assert reverse.answer("5.0.244.10.in-addr.arpa", "PTR") == NXDOMAIN
