"""The server on loopback, asked by dnspython."""

import asyncio
import contextlib

import dns.asyncquery
import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.proxy.dns import ClusterDns, DnsConfig
from onggi.proxy.names import Zone
from tests.caching import caches_of
from tests.proxy.objects import endpoint, endpoints, service

KINDS = (SERVICE, ENDPOINTSLICE, NAMESPACE)
LOCAL = "127.0.0.1"


@contextlib.asynccontextmanager
async def serving(caches, resolv_conf):
    config = DnsConfig(zone=Zone(address=LOCAL), port=0, own_address=False, resolv_conf=resolv_conf)
    server = ClusterDns(caches, config)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(server.run())
        await server.listening.wait()
        yield server
        task.cancel()


class Elsewhere(asyncio.DatagramProtocol):
    """An upstream that knows one address, and counts how often it was asked."""

    def __init__(self):
        self.asked = 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, peer):
        self.asked += 1
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        name = query.question[0].name.to_text()
        if name.lower() == "example.com.":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.80"))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), peer)


@pytest.fixture
def caches():
    made = caches_of(KINDS)
    made.put(NAMESPACE, {"kind": "Namespace", "metadata": {"name": "default"}})
    made.put(SERVICE, service())
    made.put(SERVICE, service("far", ip="", type="ExternalName", externalName="example.com"))
    made.put(SERVICE, service("big", ip="None"))
    many = [endpoint(f"10.244.1.{n}") for n in range(1, 101)]
    made.put(ENDPOINTSLICE, endpoints(*many, service="big"))
    return made


@pytest.fixture
async def elsewhere(monkeypatch):
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        Elsewhere, local_addr=("127.0.0.9", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    real = dns.asyncquery.udp_with_fallback

    async def redirected(query, address, **more):
        return await real(query, address, port=port, **more)

    monkeypatch.setattr("dns.asyncquery.udp_with_fallback", redirected)
    yield protocol
    transport.close()


@pytest.fixture
def resolv_conf(tmp_path):
    path = tmp_path / "resolv.conf"
    path.write_text("# comment\nnameserver 127.0.0.1\nnameserver 127.0.0.9\nsearch x\n")
    return path


async def ask(server, name, type="A", *, tcp=False, **more):
    query = dns.message.make_query(name, type, **more)
    how = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
    return await how(query, LOCAL, port=server.port, timeout=5)


def texts(answer):
    return sorted(item.to_text() for rrset in answer.answer for item in rrset)


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_service_is_found(caches, resolv_conf, tcp):
    async with serving(caches, resolv_conf) as server:
        for _ in range(3):
            answer = await ask(server, "Web.default.SVC.cluster.local", tcp=tcp)
            assert texts(answer) == ["10.96.0.7"]
            assert answer.flags & dns.flags.AA
            assert answer.answer[0].name.to_text() == "Web.default.SVC.cluster.local."


async def test_no_data_and_not_there_bring_the_soa(caches, resolv_conf):
    async with serving(caches, resolv_conf) as server:
        empty = await ask(server, "web.default.svc.cluster.local", "AAAA")
        missing = await ask(server, "nope.default.svc.cluster.local")
        assert (empty.rcode(), missing.rcode()) == (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
        for answer in (empty, missing):
            assert answer.authority[0].name.to_text() == "cluster.local."
            assert answer.authority[0].ttl == 5


async def test_a_change_is_seen_at_once(caches, resolv_conf):
    async with serving(caches, resolv_conf) as server:
        name = "new.default.svc.cluster.local"
        assert (await ask(server, name)).rcode() == dns.rcode.NXDOMAIN
        caches.put(SERVICE, service("new", ip="10.96.0.9"))
        assert texts(await ask(server, name)) == ["10.96.0.9"]


async def test_a_long_answer_is_cut_over_udp_and_whole_over_tcp(caches, resolv_conf):
    async with serving(caches, resolv_conf) as server:
        name = "big.default.svc.cluster.local"
        short = await ask(server, name)
        assert short.flags & dns.flags.TC
        whole = await ask(server, name, tcp=True)
        assert len(texts(whole)) == 100
        assert not whole.flags & dns.flags.TC


async def test_the_order_of_several_addresses_changes(resolv_conf):
    caches = caches_of(KINDS)
    caches.put(SERVICE, service("three", ip="None"))
    three = [endpoint(f"10.244.1.{n}") for n in (1, 2, 3)]
    caches.put(ENDPOINTSLICE, endpoints(*three, service="three"))
    async with serving(caches, resolv_conf) as server:
        firsts = set()
        for _ in range(40):
            answer = await ask(server, "three.default.svc.cluster.local")
            firsts.add(answer.answer[0][0].to_text())
        assert len(firsts) > 1


async def test_other_names_are_forwarded_and_remembered(caches, resolv_conf, elsewhere):
    async with serving(caches, resolv_conf) as server:
        both = await asyncio.gather(ask(server, "example.com"), ask(server, "example.com"))
        again = await ask(server, "example.com", tcp=True)
        for answer in (*both, again):
            assert texts(answer) == ["192.0.2.80"]
            assert not answer.flags & dns.flags.AA
        assert elsewhere.asked == 1
        assert (await ask(server, "nope.example.org")).rcode() == dns.rcode.NXDOMAIN


async def test_an_external_name_brings_its_target_along(caches, resolv_conf, elsewhere):
    async with serving(caches, resolv_conf) as server:
        answer = await ask(server, "far.default.svc.cluster.local")
        assert texts(answer) == ["192.0.2.80", "example.com."]
        caches.put(SERVICE, service("near", ip="", type="ExternalName",
                                    externalName="web.default.svc.cluster.local"))  # fmt: skip
        answer = await ask(server, "near.default.svc.cluster.local")
        assert texts(answer) == ["10.96.0.7", "web.default.svc.cluster.local."]


async def test_external_names_in_a_circle_end(caches, resolv_conf):
    for one, other in (("a", "b"), ("b", "a")):
        target = f"{other}.default.svc.cluster.local"
        caches.put(SERVICE, service(one, ip="", type="ExternalName", externalName=target))
    async with serving(caches, resolv_conf) as server:
        answer = await ask(server, "a.default.svc.cluster.local")
        assert answer.rcode() == dns.rcode.NOERROR


async def test_without_any_resolver_the_answer_is_servfail(caches, tmp_path):
    empty = tmp_path / "resolv.conf"
    empty.write_text(f"nameserver {LOCAL}\n")  # ourselves: never asked
    async with serving(caches, empty) as server:
        assert (await ask(server, "example.com")).rcode() == dns.rcode.SERVFAIL


async def test_nonsense_is_refused_or_ignored_and_harms_nobody(caches, resolv_conf):
    async with serving(caches, resolv_conf) as server:
        assert server.at_once(b"", tcp=False) == b""
        assert server.at_once(b"\0" * 5, tcp=False) == b""
        broken = server.at_once(b"\x12\x34\x01\x00\x00\x01" + b"\0" * 6, tcp=False)
        assert dns.message.from_wire(broken).rcode() == dns.rcode.FORMERR
        chaos = dns.message.make_query("version.bind", "TXT", rdclass="CH")
        answer = dns.message.from_wire(server.at_once(chaos.to_wire(), tcp=False))
        assert answer.rcode() == dns.rcode.NOTIMP
        assert texts(await ask(server, "web.default.svc.cluster.local")) == ["10.96.0.7"]
