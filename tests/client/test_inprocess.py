"""The in-process client against the real server over a store in memory."""

import pytest

from onggi.api.http import User
from onggi.client.inprocess import agent
from onggi.kinds.core.configmap import CONFIGMAP
from tests.apiserver.world import client, config_map, server
from tests.suites.cluster import ClusterSuite


class TestInProcess(ClusterSuite):
    @pytest.fixture
    async def cluster(self):
        running = server()
        await running.start()
        return client(running)


@pytest.mark.parametrize(
    ("user", "program"),
    [
        ("system:apiserver", "kube-apiserver"),
        ("system:kube-scheduler", "kube-scheduler"),
        ("system:node:one", "kubelet"),
        ("system:serviceaccount:kube-system:job-controller", "kube-controller-manager"),
    ],
)
async def test_who_writes_is_named_as_upstreams_programs_are(user, program):
    assert agent(user) == program
    running = server()
    await running.start()
    made = await client(running, User(user, ("system:masters",))).create(CONFIGMAP, config_map())
    assert [entry["manager"] for entry in made["metadata"]["managedFields"]] == [program]
