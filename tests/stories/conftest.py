"""Every story is told twice: over the fake cluster, and over the real server in this process."""

import pytest

from onggi.client.fake import FakeCluster, loop_clock
from tests.apiserver import world
from tests.stories.machine import Machine


@pytest.fixture(params=["fake", "real"])
async def machine(request):
    if request.param == "fake":
        return Machine(FakeCluster())
    server = world.server(clock=loop_clock)
    await server.start()
    return Machine(world.client(server))
