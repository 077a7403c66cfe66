"""What pods stand on: bridge, containerd, addresses. Up in the right order, and down again."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from onggi.controller.child import Child
from onggi.node import cni, containerd
from onggi.node.cni import Network
from onggi.node.cri import CriRuntime
from onggi.node.identity import POD_GRACE
from onggi.node.layout import Layout
from onggi.node.machine import abilities
from onggi.node.runtime import Container, ContainerRuntime, ContainerState, RuntimeFailure

log = logging.getLogger(__name__)

LONGEST_GRACE = 30.0  # seconds that a container has when the whole platform stops


@dataclass(frozen=True)
class Ground:
    runtime: CriRuntime
    containerd: Child


@asynccontextmanager
async def ground(layout: Layout, network: Network) -> AsyncIterator[Ground]:
    """Ready to run pods inside the block. Raises NoContainerd, ChildFailed.

    Leaving it stops containerd; its pods go on, unless ``stop_pods`` came before.
    """
    options = containerd.find_programs(layout.data)
    await asyncio.to_thread(cni.prepare, layout, network)
    async with containerd.running(layout, options, abilities()) as child:
        runtime = CriRuntime(str(layout.socket))
        try:
            known = {sandbox.id for sandbox in await runtime.sandboxes()}
            freed = await asyncio.to_thread(cni.release_stale, layout, known)
            if freed:
                log.info("addresses of pods that are gone were free to use again: %s", freed)
            yield Ground(runtime, child)
        finally:
            await runtime.close()


async def stop_pods(runtime: ContainerRuntime) -> None:
    """End everything, gracefully: each container gets its grace, but no more than 30 s."""
    async with asyncio.TaskGroup() as tasks:
        for container in await runtime.containers():
            if container.state is ContainerState.RUNNING:
                tasks.create_task(stop(runtime, container))
    async with asyncio.TaskGroup() as tasks:
        for sandbox in await runtime.sandboxes():
            tasks.create_task(remove(runtime, sandbox.id))


async def stop(runtime: ContainerRuntime, container: Container) -> None:
    grace = float(container.annotations.get(POD_GRACE, LONGEST_GRACE))
    try:
        await runtime.stop_container(container.id, min(grace, LONGEST_GRACE))
    except RuntimeFailure as error:
        log.warning("container %s: %s", container.name, error)


async def remove(runtime: ContainerRuntime, sandbox_id: str) -> None:
    try:
        await runtime.stop_sandbox(sandbox_id)
        await runtime.remove_sandbox(sandbox_id)
    except RuntimeFailure as error:
        log.warning("sandbox %s: %s", sandbox_id, error)
