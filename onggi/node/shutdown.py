"""Stops every pod of this machine in order, for when the platform itself goes down.

Their objects stay: the next start finds them and runs them again.
"""

import asyncio
from collections.abc import Awaitable

from onggi.node.identity import POD_GRACE
from onggi.node.runtime import Container, ContainerRuntime, ContainerState, RuntimeFailure


async def stop_all(runtime: ContainerRuntime, patience: float = 30.0) -> int:
    """Each container has its pod's grace, but no more than ``patience`` seconds; answers how
    many were running. The agent must not run meanwhile: it would start them again."""
    running = [c for c in await runtime.containers() if c.state is ContainerState.RUNNING]
    async with asyncio.TaskGroup() as group:
        for container in running:
            group.create_task(stop(runtime, container, patience))
    async with asyncio.TaskGroup() as group:
        for sandbox in await runtime.sandboxes():
            group.create_task(forgive(runtime.stop_sandbox(sandbox.id)))
    return len(running)


async def stop(runtime: ContainerRuntime, container: Container, patience: float) -> None:
    grace = container.annotations.get(POD_GRACE, "")
    seconds = min(float(grace) if grace.isdigit() else patience, patience)
    await forgive(runtime.stop_container(container.id, seconds))


async def forgive(call: Awaitable[None]) -> None:
    """What cannot be stopped well is stopped by whoever cleans up after us."""
    try:
        await call
    except RuntimeFailure:
        return
