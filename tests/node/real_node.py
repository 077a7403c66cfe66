"""A node of the tests' own: our containerd, bridge, volumes and translations, a fake cluster."""

import asyncio
import hashlib
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onggi.client.fake import FakeCluster
from onggi.controller.child import Child
from onggi.node import cni, containerd, leftovers, machine
from onggi.node.cgroups import PodCgroups
from onggi.node.configs import SandboxConfig
from onggi.node.configurer import PodConfigurer
from onggi.node.cri import CriRuntime
from onggi.node.downward import Surroundings
from onggi.node.ground import Ground, ground
from onggi.node.identity import stamped_container, stamped_sandbox
from onggi.node.layout import Layout
from onggi.node.parts import ContainerRequest
from onggi.node.volumes.pods import PodVolumes
from tests.node.agent_lab import Said
from tests.node.real_containerd import image_archive, is_possible

IMAGE = "localhost/box:1"
AROUND = Surroundings(host_ips=("192.0.2.1",), allocatable={"cpu": "2", "memory": "1Gi"})


@dataclass
class RealNode:
    layout: Layout
    child: Child
    runtime: CriRuntime
    cluster: FakeCluster
    volumes: PodVolumes
    configurer: PodConfigurer
    configs: dict[str, SandboxConfig] = field(default_factory=dict)

    async def start(self, pod: Mapping[str, Any]) -> tuple[str, str]:
        """Sandbox and first container of a pod, as the life cycle does it: their ids."""
        mounts = await self.volumes.mount(pod)
        config = stamped_sandbox(await self.configurer.sandbox_config(pod, 0), pod)
        sandbox = await self.runtime.run_sandbox(config)
        self.configs[sandbox] = config
        request = ContainerRequest(
            container=pod["spec"]["containers"][0],
            image_ref=IMAGE,
            restart_count=0,
            mounts=mounts,
            pod_ips=(await self.runtime.sandbox_status(sandbox)).ips,
        )
        wanted = await self.configurer.container_config(pod, request)
        wanted = stamped_container(wanted, pod, pod["spec"]["containers"][0])
        container = await self.runtime.create_container(sandbox, wanted, config)
        await self.runtime.start_container(container)
        return sandbox, container

    async def run(self, container: str, *command: str) -> str:
        answer = await self.runtime.exec_sync(container, command, 10)
        assert answer.exit_code == 0, answer
        return answer.stdout.decode()

    async def stop(self, sandbox: str, uid: str) -> None:
        await self.runtime.stop_sandbox(sandbox)
        await self.runtime.remove_sandbox(sandbox)
        await self.volumes.unmount(uid)


def layout_in(folder: Path) -> Layout:
    """An instance of its own for every folder, so that tests can run side by side."""
    name = f"onggi-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"
    return Layout(data=folder / "data", run=folder / "run", instance=name)


def network_of(layout: Layout) -> cni.Network:
    number = int(layout.instance.removeprefix("onggi-")[:4], 16)
    return cni.Network(subnet=f"10.{200 + number % 40}.{number >> 8}.0/24")


@asynccontextmanager
async def real_node(layout: Layout) -> AsyncIterator[RealNode]:
    """Ready to run pods; nothing of it is left afterwards."""
    assert is_possible()
    layout.data.mkdir(exist_ok=True)
    layout.run.mkdir(exist_ok=True)
    try:
        async with ground(layout, network_of(layout)) as ready:
            node = make(layout, ready)
            await load(layout, node.runtime)
            yield node
    finally:
        await leftovers.clean(layout)


def make(layout: Layout, ready: Ground) -> RealNode:
    runtime, cluster = ready.runtime, FakeCluster()
    volumes = PodVolumes(cluster, layout, lambda: AROUND, lambda: datetime.now(UTC))  # noqa: TID251
    facts = machine.node(layout, ("10.96.0.10",), "cluster.local")
    configurer = PodConfigurer(
        node=facts,
        cluster=cluster,
        runtime=runtime,
        cgroups=PodCgroups(layout.cgroup, facts.hierarchies),
        services=list,
        around=lambda: AROUND,
        recorder=Said(),
    )
    return RealNode(layout, ready.containerd, runtime, cluster, volumes, configurer)


async def load(layout: Layout, runtime: CriRuntime) -> None:
    """The images that tests need, unless a run before has loaded them."""
    for name in (containerd.PAUSE, IMAGE):
        if await runtime.image(name) is None:
            archive = layout.data / "image.tar"
            archive.write_bytes(image_archive(name))
            words = [
                "ctr",
                "-a",
                str(layout.socket),
                "-n",
                "k8s.io",
                "images",
                "import",
                "--digests",
            ]
            await asyncio.to_thread(
                subprocess.run, [*words, str(archive)], check=True, stdout=subprocess.DEVNULL
            )
            await runtime.images()
