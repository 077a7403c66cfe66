"""The in-process client against the real server over a store in memory."""

import pytest

from tests.apiserver.world import client, server
from tests.suites.cluster import ClusterSuite


class TestInProcess(ClusterSuite):
    @pytest.fixture
    async def cluster(self):
        running = server()
        await running.start()
        return client(running)
