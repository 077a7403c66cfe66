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
from onggi.node.layout import Layout
from onggi.node.machine import abilities

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ground:
    runtime: CriRuntime
    containerd: Child


@asynccontextmanager
async def ground(layout: Layout, network: Network) -> AsyncIterator[Ground]:
    """Ready to run pods inside the block. Raises NoContainerd, ChildFailed.

    Leaving it stops containerd; its pods go on, unless ``shutdown.stop_all`` came before.
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
