"""A started server in memory for each test that asks for it."""

import pytest

from tests.apiserver import world


@pytest.fixture
async def running():
    """The server."""
    made = world.server()
    await made.start()
    return made


@pytest.fixture
async def cluster(running):
    """An administrator's client of it; the default service account is there, as controllers
    would have made it."""
    from onggi.kinds.core.serviceaccount import SERVICEACCOUNT

    found = world.client(running)
    await found.create(SERVICEACCOUNT, {"metadata": {"name": "default", "namespace": "default"}})
    return found
