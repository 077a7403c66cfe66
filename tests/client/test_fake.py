"""The fake cluster does what the real one does."""

import pytest

from onggi.apiserver.schemas import load
from onggi.client.fake import FakeCluster
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.pod import POD
from tests.suites.cluster import ClusterSuite, config_map


class TestFake(ClusterSuite):
    @pytest.fixture
    async def cluster(self):
        return FakeCluster(schema=lambda kind: load(kind.schema))


async def test_pods_end_gracefully_and_only_a_kubelet_ends_them():
    cluster = FakeCluster()
    containers = [{"name": "c", "image": "i"}]
    meta = {"name": "p", "namespace": "default"}
    pod = await cluster.create(POD, {"metadata": meta, "spec": {"containers": containers}})
    binding = {"metadata": meta, "target": {"name": "node-1"}}
    await cluster.create(POD, binding, subresource="binding")
    await cluster.delete(POD, pod)
    going = await cluster.get(POD, "default", "p")
    assert going["metadata"]["deletionGracePeriodSeconds"] == 30
    await cluster.delete(POD, pod, {"gracePeriodSeconds": 0})
    assert (await cluster.list(POD)).items == []


async def test_a_pod_without_a_node_goes_at_once():
    cluster = FakeCluster()
    containers = [{"name": "c", "image": "i"}]
    meta = {"name": "p", "namespace": "default"}
    pod = await cluster.create(POD, {"metadata": meta, "spec": {"containers": containers}})
    await cluster.delete(POD, pod)
    assert (await cluster.list(POD)).items == []


async def test_every_change_is_in_the_history():
    cluster = FakeCluster()
    made = await cluster.create(CONFIGMAP, config_map())
    await cluster.delete(CONFIGMAP, made)
    last = cluster.history[-2:]
    assert [(c.before is None, c.after is None) for c in last] == [(True, False), (False, True)]
