"""A server in memory, and a webhook on loopback."""

import pytest

from tests.apiserver import world
from tests.apiserver.webhooks import server


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return server.authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def running():
    made = world.server()
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def hook(authority):
    async with server.hook(authority) as made:
        yield made
