"""``onggi up --no-node --fake-nodes N``: nodes that say of every pod that it runs.

Each is the whole node agent over a runtime in memory (``onggi.node.hollow``): a way to try what
the control plane does with a thousand nodes, and to run tests that want a node but nothing of
its containers. All of them follow the pods through the one cache of the controllers.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from itertools import cycle

from onggi.api.objects import View, get
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.node import admission
from onggi.node.agent import Agent
from onggi.node.configs import ContainerConfig
from onggi.node.events import NodeEvents
from onggi.node.facts import Facts
from onggi.node.fake import FakeRuntime, Program, read_program
from onggi.node.heartbeat import Heartbeat
from onggi.node.hollow import hollow_means
from onggi.node.identity import POD_NAME, POD_NAMESPACE
from onggi.node.node_status import Health, Setting
from onggi.node.reflect import Sink
from onggi.node.restart import init_containers, sidecars
from onggi.up import users
from onggi.up.clock import now
from onggi.up.control_plane import ControlPlane
from onggi.up.loops import Loops

GIB = 1 << 30
JOINING = 32  # at the same time
MACHINE = Facts(
    hostname="fake",
    cpus=32,
    memory=128 * GIB,
    memory_available=120 * GIB,
    swap=0,
    disk=1024 * GIB,
    disk_available=1000 * GIB,
    inodes_free=1.0,
    pids=1 << 22,
    pids_free=1 << 22,
    kernel="0",
    os_image="none: a fake node",
)


def names(count: int) -> list[str]:
    """``fake-001``: as wide as the last one needs."""
    width = len(str(count))
    return [f"fake-{number:0{width}}" for number in range(1, count + 1)]


def program(config: ContainerConfig, pod: View | None = None) -> Program:
    """Whatever runs obeys SIGTERM at once, and what others wait for comes to an end."""
    found = read_program(config)
    if found.exits_after is None and found.on_term is None and is_awaited(pod or {}, config.name):
        found = replace(found, exits_after=0.0)
    return found if found.on_term is not None else replace(found, on_term=0)


def is_awaited(pod: View, container: str) -> bool:
    """A step before the pod's own containers, or a Job's work: these end, whatever they are."""
    if any(one["name"] == container for one in init_containers(pod)):
        return container not in {one["name"] for one in sidecars(pod)}
    return any(owner["kind"] == "Job" for owner in get(pod, "metadata.ownerReferences", ()))


class Pods:
    """The cache's pods, told to the node that each is bound to."""

    def __init__(self, loops: Loops) -> None:
        self._caches = loops.runtime.caches
        self._sinks: dict[str, Sink] = {}
        self._caches.listen(self._changed, (POD,))

    async def follow(self, node: str, sink: Sink) -> None:
        """For ever."""
        pods = self._caches.all(POD)
        sink.replace([pod for pod in pods if get(pod, "spec.nodeName") == node])
        self._sinks[node] = sink
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            del self._sinks[node]

    def _changed(self, kind: object, before: View | None, after: View | None) -> None:
        pod = after or before or {}
        sink = self._sinks.get(get(pod, "spec.nodeName") or "")
        if sink is None:
            return
        if after is None:
            sink.remove(pod)
        else:
            sink.put(after)


class FakeNode:
    """One node; ``run`` for ever."""

    def __init__(self, name: str, plane: ControlPlane, loops: Loops, more: "Shared") -> None:
        self.name = name
        self._pods, self._caches = more.pods, loops.runtime.caches
        cluster = plane.cluster(users.node(name))
        events = NodeEvents(loops.runtime.recorder, name)
        runtime = FakeRuntime(programs=self._program, addresses=more.addresses, clock=now)
        runtime.log = False
        address = next(more.addresses)
        self._means = hollow_means(cluster, runtime, events, now, address)
        setting = Setting(name=name, addresses=[address])
        self._heartbeat = Heartbeat(cluster, setting, lambda: MACHINE, health, now, events)
        self.agent = Agent(self._means, name, self._admit, self._follow)

    async def run(self, joining: asyncio.Semaphore) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                async with joining:
                    group.create_task(self._heartbeat.run())
                    await self._heartbeat.registered.wait()
                group.create_task(self.agent.run())
        finally:
            await self._means.checker.close()

    def _program(self, config: ContainerConfig) -> Program:
        namespace, name = config.labels[POD_NAMESPACE], config.labels[POD_NAME]
        return program(config, self._caches.get(POD, namespace, name))

    async def _follow(self, sink: Sink) -> None:
        await self._pods.follow(self.name, sink)

    def _admit(self, pod: View, others: Sequence[View]) -> admission.Refusal | None:
        node = self._caches.get(NODE, "", self.name) or self._heartbeat.node
        return admission.admit(pod, others, node)


class Shared:
    """What the nodes have in common. Addresses come from the pods' network, and come again
    when all were given."""

    def __init__(self, network: str, loops: Loops) -> None:
        self.pods = Pods(loops)
        self.addresses: Iterator[str] = (str(ip) for ip in cycle(IPv4Network(network).hosts()))


class FakeNodes:
    """All of them; ``ready`` once each has joined."""

    def __init__(self, plane: ControlPlane, loops: Loops) -> None:
        config = plane.config
        shared = Shared(config.pod_network, loops)
        self._nodes = [FakeNode(n, plane, loops, shared) for n in names(config.fake_nodes)]

    async def run(self) -> None:
        joining = asyncio.Semaphore(JOINING)
        async with asyncio.TaskGroup() as group:
            for node in self._nodes:
                group.create_task(node.run(joining))

    async def ready(self) -> None:
        for node in self._nodes:
            await node.agent.listed.wait()


async def health() -> Health:
    return Health(runtime="fake://1")
