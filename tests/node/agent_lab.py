"""An agent over a runtime in memory and a fake cluster, in virtual time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from onggi.api.objects import Object, View, get
from onggi.apiserver import schemas
from onggi.client.fake import FakeCluster, loop_clock
from onggi.kinds.core.pod.kind import POD
from onggi.node.agent import Agent
from onggi.node.clock import Clock
from onggi.node.fake import FakeRuntime
from onggi.node.hollow import HollowConfigurer, HollowImages, HollowVolumes, hollow_means
from onggi.node.means import Means

NODE = "jar"


class NodeCluster(FakeCluster):
    """The fake cluster with the published schemas, so that it merges strategically."""

    def __init__(self, clock: Clock = loop_clock) -> None:
        super().__init__(clock, schemas.of)


@dataclass
class Said:
    """A recorder that keeps everything."""

    events: list[tuple[str, str, str, str]] = field(default_factory=list)

    def event(self, target, type, reason, message, field_path=""):
        self.events.append((type, reason, message, field_path))

    @property
    def reasons(self):
        return [reason for _, reason, _, _ in self.events]

    def messages(self, reason):
        return [message for _, r, message, _ in self.events if r == reason]


@dataclass
class Lab:
    cluster: NodeCluster
    runtime: FakeRuntime
    said: Said
    means: Means
    agent: Agent

    volumes: HollowVolumes
    images: HollowImages
    configurer: HollowConfigurer

    async def create(self, *containers: Object, name: str = "web", **spec) -> View:
        made = [{"name": f"c{i}", "image": "box", **c} for i, c in enumerate(containers or ({},))]
        meta = {"name": name, "namespace": "default"}
        pod = {"metadata": meta, "spec": {"nodeName": NODE, "containers": made, **spec}}
        return await self.cluster.create(POD, pod)

    async def change(self, name: str = "web", **spec) -> None:
        pod = await self.pod(name)
        await self.cluster.update(POD, {**pod, "spec": {**pod["spec"], **spec}})

    async def pod(self, name: str = "web") -> View:
        return await self.cluster.get(POD, "default", name)

    async def status(self, name: str = "web") -> View:
        return get(await self.pod(name), "status") or {}

    async def container(self, index: int = 0, name: str = "web") -> View:
        return (await self.status(name))["containerStatuses"][index]

    async def delete(self, name: str = "web", **options) -> None:
        await self.cluster.delete(POD, await self.pod(name), options)

    async def exists(self, name: str = "web") -> bool:
        return any(p["metadata"]["name"] == name for p in (await self.cluster.list(POD)).items)

    async def settle(self, seconds: float = 0.1) -> None:
        """Let virtual time pass."""
        await asyncio.sleep(seconds)

    def conditions(self, status: View) -> dict[str, str]:
        return {c["type"]: c["status"] for c in status["conditions"]}


def make(runtime: FakeRuntime, cluster: NodeCluster, said: Said, admit=None) -> Lab:
    means = hollow_means(cluster, runtime, said, loop_clock, "192.0.2.1")
    means = replace(means, volumes=HollowVolumes())
    parts = (means.volumes, means.images, means.configurer)
    return Lab(cluster, runtime, said, means, Agent(means, NODE, admit), *parts)


@asynccontextmanager
async def running(lab: Lab) -> AsyncIterator[Lab]:
    """The agent works inside; afterwards it is gone as if killed."""
    task = asyncio.ensure_future(lab.agent.run())
    await asyncio.wait(
        [task, asyncio.ensure_future(lab.agent.listed.wait())], return_when="FIRST_COMPLETED"
    )
    if task.done():
        task.result()
    try:
        yield lab
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await lab.means.checker.close()


@asynccontextmanager
async def lab(**options) -> AsyncIterator[Lab]:
    async with running(make(FakeRuntime(), NodeCluster(), Said(), **options)) as made:
        yield made


def state(status: View) -> str:
    """``running``, ``waiting:Reason``, ``terminated:Reason`` of a container's status."""
    ((word, what),) = status["state"].items()
    return f"{word}:{what['reason']}" if what.get("reason") else word
