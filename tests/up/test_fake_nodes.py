import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

from onggi.api.objects import get
from onggi.client.cluster import Selection
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from onggi.node.configs import ContainerConfig
from onggi.store.memory import MemoryStore
from onggi.up.control_plane import api_server
from onggi.up.fake_nodes import FakeNodes, names, program
from onggi.up.loops import Loops
from tests.up.conftest import ADMIN
from tests.up.test_loops import deployment, seen


@asynccontextmanager
async def control_plane(config, count):
    """Without its nodes: what ``FakeNodes`` takes."""
    store = MemoryStore()
    async with api_server(replace(config, fake_nodes=count), store) as plane:
        loops = Loops(plane)
        async with asyncio.TaskGroup() as tasks:
            work = tasks.create_task(loops.run())
            await loops.synced.wait()
            yield plane, loops
            work.cancel()
    await store.close()


@asynccontextmanager
async def joined(plane, loops):
    """As many fake nodes as the configuration says."""
    async with asyncio.TaskGroup() as tasks:
        fakes = FakeNodes(plane, loops)
        work = tasks.create_task(fakes.run())
        await fakes.ready()
        yield plane.cluster(ADMIN)
        work.cancel()


def test_names_sort_as_they_count():
    assert names(3) == ["fake-1", "fake-2", "fake-3"]
    assert names(10)[:2] == ["fake-01", "fake-02"]
    assert sorted(names(120)) == names(120)


def test_whatever_runs_obeys_sigterm():
    server = ContainerConfig(name="c", attempt=0, image="i", command=("/bin/server",))
    assert program(server).on_term == 0


def test_what_others_wait_for_comes_to_an_end():
    def ends(name, command=("/bin/migrate",), **pod):
        config = ContainerConfig(name=name, attempt=0, image="i", command=command)
        return program(config, pod).exits_after

    steps = [{"name": "copy"}, {"name": "proxy", "restartPolicy": "Always"}]
    spec = {"initContainers": steps, "containers": [{"name": "main"}]}
    assert ends("copy", spec=spec) == 0
    assert ends("copy", ("sleep", "5"), spec=spec) == 5
    assert ends("proxy", spec=spec) is ends("main", spec=spec) is None
    assert ends("main", spec=spec, metadata={"ownerReferences": [{"kind": "Job"}]}) == 0


async def test_pods_run_on_fake_nodes_and_go_again(config):
    async with control_plane(config, 2) as parts, joined(*parts) as api:
        made = await api.create(DEPLOYMENT, deployment(replicas=4))
        pods = await seen(
            api, POD, lambda found: len(found) == 4 and all(map(ready, found.values()))
        )
        assert {get(pod, "spec.nodeName") for pod in pods.values()} == {"fake-1", "fake-2"}
        assert len({get(pod, "status.podIP") for pod in pods.values()}) == 4
        await api.delete(DEPLOYMENT, made)
        await seen(api, POD, lambda found: not found)


def ready(pod):
    conditions = get(pod, "status.conditions") or ()
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


async def test_a_pod_that_was_there_before_its_node_runs_once_it_joins(config):
    async with control_plane(config, 1) as parts:
        api = parts[0].cluster(ADMIN)
        await seen(api, SERVICEACCOUNT, lambda found: "default" in found)
        spec = {"nodeName": "fake-1", "containers": [{"name": "c", "image": "i"}]}
        meta = {"name": "early", "namespace": "default"}
        await api.create(POD, {"metadata": meta, "spec": spec})
        async with joined(*parts):
            await seen(api, POD, lambda found: ready(found["early"]))


async def test_every_fake_node_is_ready_and_has_a_lease(config):
    async with control_plane(config, 3) as parts, joined(*parts) as api:
        nodes = (await api.list(NODE, Selection())).items
    assert [node["metadata"]["name"] for node in nodes] == names(3)
    assert all(ready(node) for node in nodes)
