"""A server in memory with its work under way, and an extension server behind a Service of it."""

import asyncio

import pytest

from onggi.apiserver.config import ApiConfig
from onggi.apiserver.webhooks import where
from tests.apiserver import world
from tests.apiserver.aggregation import extension
from tests.apiserver.world import ask

SERVICES = "/apis/apiregistration.k8s.io/v1/apiservices"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/wardle/endpointslices"


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return extension.authority(tmp_path_factory.mktemp("extension"))


@pytest.fixture
async def other(authority):
    async with extension.extension(authority) as made:
        yield made


@pytest.fixture
async def running(authority, monkeypatch):
    """A slice may not hold loopback addresses; those of our slices stand for loopback."""

    def on_loopback(lookup, to):
        return [("127.0.0.1", port) for _, port in where.addresses(lookup, to)]

    for module in ("availability", "openapi", "proxy"):
        monkeypatch.setattr(f"onggi.apiserver.aggregation.{module}.addresses", on_loopback)
    config = ApiConfig(front_proxy=authority.path("client"), front_proxy_ca="PEM", client_ca="CA")
    made = world.server(config=config)
    await made.start()
    work = asyncio.ensure_future(made.run())
    yield made
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await made.close()


async def reachable(running, port):
    """The Service of the extension server, and its endpoints."""
    await ask(running, "POST", "/api/v1/namespaces", {"metadata": {"name": "wardle"}})
    made = {"metadata": {"name": "api"}, "spec": {"ports": [{"port": 443}]}}
    await ask(running, "POST", "/api/v1/namespaces/wardle/services", made)
    piece = {
        "metadata": {"name": "api-1", "labels": {"kubernetes.io/service-name": "api"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.1.2.3"]}],
        "ports": [{"name": "", "port": port, "protocol": "TCP"}],
    }
    code, body = await ask(running, "POST", SLICES, piece)
    assert code == 201, body


async def condition(running, reason):
    """Waits until the APIService says this, and returns its condition."""
    place = running.app.backend.store.watch("apiservices.apiregistration.k8s.io", since=0)
    async with asyncio.timeout(10):
        while True:
            for change in await place.next():
                if change.new.key.name != extension.NAME:
                    continue
                for found in (change.new.object.get("status") or {}).get("conditions") or ():
                    if found["reason"] == reason:
                        return found


@pytest.fixture
async def served(running, other):
    """The extension server is known and well."""
    await reachable(running, other.port)
    code, body = await ask(running, "POST", SERVICES, extension.api_service(other))
    assert code == 201, body
    await condition(running, "Passed")
    other.seen.clear()
    return other
