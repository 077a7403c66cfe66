"""A whole node with real containers: the agent, containerd, volumes, translations."""

import asyncio
from contextlib import aclosing, asynccontextmanager, suppress
from statistics import median

import pytest
import pytest_asyncio

from onggi.kinds.core.pod.kind import POD
from onggi.node.agent import Agent
from onggi.node.cgroups import PodCgroups
from onggi.node.checks import Checker
from onggi.node.clock import wall_clock
from onggi.node.images import PodImages
from onggi.node.machine import cgroups
from onggi.node.means import Means
from tests.node.agent_lab import NODE, NodeCluster, Said, state
from tests.node.real_containerd import is_possible
from tests.node.real_node import IMAGE, layout_in, real_node

pytestmark = [
    pytest.mark.containers,
    pytest.mark.skipif(not is_possible(), reason="needs root, containerd, runc, busybox-static"),
]

LISTENS = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]


class Node:
    """What a test asks of the running agent."""

    def __init__(self, cluster: NodeCluster, agent: Agent, said: Said, runtime) -> None:
        self.cluster, self.agent, self.said, self.runtime = cluster, agent, said, runtime

    async def create(self, name: str, *command: str, container=None, **spec):
        main = {"name": "main", "image": IMAGE, "command": list(command), **(container or {})}
        spec = {"nodeName": NODE, "containers": [main], "enableServiceLinks": False, **spec}
        pod = {"metadata": {"name": name, "namespace": "default"}, "spec": spec}
        return await self.cluster.create(POD, pod)

    async def status(self, name: str):
        return (await self.cluster.get(POD, "default", name)).get("status", {})

    async def until(self, name: str, told) -> dict:
        """The status as soon as ``told(status)``."""
        status: dict = {}
        async with asyncio.timeout(30), aclosing(self.cluster.watch(POD)) as events:
            async for event in events:
                if event.object["metadata"]["name"] == name and event.type != "DELETED":
                    status = event.object.get("status") or {}
                    if told(status):
                        break
        return status

    async def running(self, name: str) -> dict:
        return await self.until(name, lambda status: status.get("phase") == "Running")

    async def ended(self, name: str) -> dict:
        return await self.until(name, lambda s: s.get("phase") in ("Succeeded", "Failed"))

    async def delete(self, name: str, **options) -> None:
        """Returns when the pod is gone."""
        async with asyncio.timeout(40), aclosing(self.cluster.watch(POD)) as events:
            pod = await anext(e.object async for e in events if named(e.object, name))
            await self.cluster.delete(POD, pod, options)
            async for event in events:
                if event.type == "DELETED" and named(event.object, name):
                    break

    async def idle(self) -> None:
        """Returns when nothing is left of any pod."""
        async with asyncio.timeout(40):
            while self.agent.all():  # noqa: ASYNC110 (nobody tells the end of a worker)
                await asyncio.sleep(0.02)
        assert await self.runtime.sandboxes() == []
        assert await self.runtime.containers() == []


def named(pod, name: str) -> bool:
    return pod["metadata"]["name"] == name


def first(status) -> dict:
    return status.get("containerStatuses", [{}])[0]


def means_of(real, cluster, said) -> Means:
    images = PodImages(real.runtime, cluster, said, wall_clock)
    return Means(
        cluster=cluster,
        runtime=real.runtime,
        volumes=real.volumes,
        images=images,
        configurer=real.configurer,
        cgroups=PodCgroups(real.layout.cgroup, cgroups()),
        recorder=said,
        clock=wall_clock,
        checker=Checker(real.runtime),
        host_ips=lambda: ("192.0.2.1",),
    )


@asynccontextmanager
async def agent_of(real, cluster):
    """Cancelled at the end, as if killed."""
    said = Said()
    means = means_of(real, cluster, said)
    agent = Agent(means, NODE)
    task = asyncio.ensure_future(agent.run())
    try:
        await agent.listed.wait()
        yield Node(cluster, agent, said, real.runtime)
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await means.checker.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(tmp_path_factory):
    async with real_node(layout_in(tmp_path_factory.mktemp("node"))) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def node(real):
    cluster = NodeCluster(wall_clock)
    async with agent_of(real, cluster) as made:
        yield made
        for pod in (await cluster.list(POD)).items:
            await made.delete(pod["metadata"]["name"], gracePeriodSeconds=1)
        await made.idle()


pytestmark.append(pytest.mark.asyncio(loop_scope="module"))


async def test_a_pod_runs_and_goes(node, real):
    pod = await node.create("web", *LISTENS)
    status = await node.running("web")
    shown = status["containerStatuses"][0]
    assert state(shown) == "running"
    assert shown["containerID"].startswith("containerd://")
    assert status["podIP"] == status["podIPs"][0]["ip"]
    assert node.said.reasons == ["Pulled", "Created", "Started"]
    await node.delete("web", gracePeriodSeconds=5)
    assert not real.layout.pod(pod["metadata"]["uid"]).exists()


async def test_what_the_agent_adds_to_the_runtimes_own_time_is_little(node, real):
    """Measured in turns, since the machine may be busy: its own 150 ms are then more."""
    loop = asyncio.get_running_loop()
    agents, runtimes = [], []
    for number in range(5):
        began = loop.time()
        await node.create(f"p{number}", *LISTENS)
        await node.running(f"p{number}")
        agents.append(loop.time() - began)
        await node.delete(f"p{number}")
        await node.idle()
        began = loop.time()
        sandbox, _ = await real.start(plain(f"raw-{number}"))
        runtimes.append(loop.time() - began)
        await real.stop(sandbox, f"raw-{number}")
    assert median(agents) < 2 * median(runtimes) + 0.1


def plain(name: str):
    main = {"name": "main", "image": IMAGE, "command": LISTENS}
    metadata = {"name": name, "namespace": "default", "uid": name}
    spec = {"containers": [main], "enableServiceLinks": False}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


async def test_an_exit_is_told_with_its_last_words(node):
    await node.create(
        "job", "sh", "-c", "echo -n so > /dev/termination-log; exit 3", restartPolicy="Never"
    )
    status = await node.ended("job")
    ended = status["containerStatuses"][0]["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"], ended["message"]) == (3, "Error", "so")


async def test_the_last_words_may_come_from_the_log(node):
    policy = {"terminationMessagePolicy": "FallbackToLogsOnError"}
    await node.create(
        "job", "sh", "-c", "echo broken; exit 1", container=policy, restartPolicy="Never"
    )
    status = await node.ended("job")
    assert status["containerStatuses"][0]["state"]["terminated"]["message"] == "broken\n"


async def test_a_crash_is_followed_by_a_restart(node):
    await node.create("bad", "sh", "-c", "exit 1")
    status = await node.until(
        "bad",
        lambda s: (
            "containerStatuses" in s
            and state(s["containerStatuses"][0]) == "waiting:CrashLoopBackOff"
        ),
    )
    assert status["containerStatuses"][0]["restartCount"] == 1


async def test_readiness_is_probed_over_the_network(node):
    serve = ["sh", "-c", "mkdir -p /tmp/w; echo hi > /tmp/w/index.html; httpd -f -p 8080 -h /tmp/w"]
    probe = {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 1}
    ports = [{"name": "http", "containerPort": 8080}]
    await node.create("web", *serve, container={"readinessProbe": probe, "ports": ports})
    await node.until("web", lambda s: first(s).get("ready"))


async def test_liveness_is_probed_by_a_command(node):
    probe = {"exec": {"command": ["cat", "/tmp/ok"]}, "periodSeconds": 1, "failureThreshold": 1}
    line = "touch /tmp/ok; sleep 2; rm /tmp/ok; sleep 1000"
    container = {"livenessProbe": {**probe, "initialDelaySeconds": 1}}
    await node.create("web", "sh", "-c", line, container=container, terminationGracePeriodSeconds=1)
    await node.until(
        "web", lambda s: s.get("containerStatuses", [{}])[0].get("restartCount", 0) >= 1
    )
    assert node.said.messages("Unhealthy")[0].startswith("Liveness probe failed: cat: can't open")


async def test_running_containers_are_adopted(node, real):
    await node.create("web", *LISTENS)
    before = await node.running("web")
    async with agent_of(real, node.cluster) as other:
        await asyncio.sleep(0.5)
        assert (await node.status("web"))["containerStatuses"] == before["containerStatuses"]
        assert other.said.events == []


async def test_init_containers_share_volumes_with_what_follows(node):
    mount = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    init = {"name": "init", "image": IMAGE, "command": ["sh", "-c", "echo hi > /v/f"], **mount}
    await node.create(
        "job",
        "sh",
        "-c",
        "cat /v/f > /dev/termination-log",
        container=mount,
        initContainers=[init],
        volumes=[{"name": "v", "emptyDir": {}}],
        restartPolicy="Never",
    )
    status = await node.ended("job")
    assert status["containerStatuses"][0]["state"]["terminated"]["message"] == "hi\n"


async def test_twenty_pods_at_once(node):
    for number in range(20):
        await node.create(f"p{number}", *LISTENS)
    for number in range(20):
        await node.running(f"p{number}")
