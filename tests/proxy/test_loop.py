"""From the caches to real packets."""

import asyncio
import os

import pytest

from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.proxy import host
from onggi.proxy.loop import READS, Proxy, ProxyConfig, running
from onggi.proxy.table import TableConfig
from tests.caching import caches_of
from tests.proxy.network import network
from tests.proxy.objects import endpoint, endpoints, service

pytestmark = pytest.mark.root


@pytest.fixture
def net():
    with network(f"ol{os.getpid()}-") as made:
        for n in (2, 3):
            made.pod(n)
        made.inside("host", host.prepare)
        yield made


def at_version(obj, version):
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(version)}}


async def reaches(net, who):
    async with asyncio.timeout(5):
        while True:
            answers = await asyncio.to_thread(net.ask, "host", "10.96.0.7", 80, times=5)
            if {a if isinstance(a, str) else a[0] for a in answers} == who:
                return


async def test_the_firewall_follows_services_and_their_endpoints(net):
    caches = caches_of(READS)
    caches.put(SERVICE, at_version(service(), 1))
    config = ProxyConfig(node="me", table=TableConfig(name="onggi-loop"))
    proxy = net.inside("host", lambda: Proxy(caches, config))
    async with running(proxy):
        await reaches(net, {"refused"})
        piece = endpoints(endpoint("10.244.0.2"))
        caches.put(ENDPOINTSLICE, at_version(piece, 2))
        await reaches(net, {"10.244.0.2"})
        piece = endpoints(endpoint("10.244.0.2", ready=False), endpoint("10.244.0.3"))
        caches.put(ENDPOINTSLICE, at_version(piece, 3))
        await reaches(net, {"10.244.0.3"})
        net.run("host", "nft", "flush", "ruleset")  # as a firewall that reloads
        await reaches(net, {"10.244.0.3"})
        caches.remove(ENDPOINTSLICE, at_version(piece, 4))
        await reaches(net, {"refused"})
    assert "onggi-loop" in net.run("host", "nft", "list", "tables")  # traffic goes on
    await proxy.remove()
    assert net.run("host", "nft", "list", "tables") == ""
