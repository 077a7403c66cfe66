"""Every story is told three times: over the fake cluster, over the real server in this process,
and there with each controller as its own service account, with no rights but its role's."""

from datetime import UTC, datetime

import pytest

from onggi.apiserver.access import access
from onggi.apiserver.assemble import assemble, parts_of
from onggi.apiserver.authn.accounts import Keys
from onggi.apiserver.authn.pki import Pki
from onggi.client.fake import FakeCluster, loop_clock
from onggi.store.memory import MemoryStore
from onggi.up.users import CACHES, controller
from tests.apiserver import world
from tests.stories.machine import Machine


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    pki = Pki(tmp_path_factory.mktemp("pki"))
    pki.renew(datetime.now(UTC))  # noqa: TID251
    return Keys(pki.signing_key)


async def trusting(keys):
    server = world.server(clock=loop_clock)
    await server.start()
    return Machine(world.client(server))


async def guarded(keys):
    store = MemoryStore()
    server = assemble(store, parts_of(access(store, keys, loop_clock)), clock=loop_clock)
    await server.start()
    return Machine(
        world.client(server),
        reader=world.client(server, CACHES),
        writer=lambda account: world.client(server, controller(account)),
    )


async def fake(keys):
    return Machine(FakeCluster())


@pytest.fixture(params=[fake, trusting, guarded], ids=["fake", "real", "guarded"])
async def machine(request, keys, caplog):
    yield await request.param(keys)
    assert "forbidden: User" not in caplog.text
