"""From settings to a platform that serves, and back: the order of everything.

Every part is entered on one stack, so that it stops in the opposite order: the ingress
before the pods, the pods before containerd, everything before the state.
"""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from onggi import __version__
from onggi.apiserver.unusable import Unusable
from onggi.config import Config
from onggi.controller.child import ChildFailed
from onggi.instance import AlreadyRunning, Instance, announce, hold, record_file
from onggi.progress import Progress
from onggi.store import encryption
from onggi.store.compaction import keep_compacted
from onggi.store.sqlite import SqliteStore
from onggi.store.store import Corrupt
from onggi.up.clock import now
from onggi.up.control_plane import (
    ControlPlane,
    api_server,
    keep_certificates,
    write_kubeconfig,
)
from onggi.up.loops import Loops

log = logging.getLogger(__name__)

ENDINGS = {signal.SIGTERM: True, signal.SIGINT: True, signal.SIGUSR1: False}  # → stop the pods?
YOUNG = 20_000  # allocations between collections: the heap is large and hardly ever cyclic


class CannotStart(Exception):
    """Something that a user can mend; the text says what and how."""


def run(config: Config, progress: Progress) -> int:
    """The process's exit status. What a user can mend is told through ``progress``."""
    import uvloop

    gc.collect()
    gc.disable()  # until everything is in place: what a start makes stays
    gc.set_threshold(YOUNG, 50, 100)
    trouble, platform = "", Platform(config, progress)
    try:
        with hold(config):
            try:
                uvloop.run(platform.serve())
            finally:
                if config.node and not platform.has_started:
                    take_back(config)
    except* (AlreadyRunning, CannotStart, ChildFailed, Corrupt, OSError, Unusable) as group:
        trouble = "\n".join(explain(error) for error in leaves(group))
    if trouble:
        log.error("%s", trouble)
        progress.failed(trouble)
    return 1 if trouble else 0


def take_back(config: Config) -> None:
    """A start that failed leaves the host as ``onggi down`` does."""
    from onggi.teardown import stop_leftovers

    if os.geteuid() == 0:
        stop_leftovers(config, log.info)


def leaves(group: BaseExceptionGroup[Exception]) -> list[Exception]:
    """The exceptions themselves, whatever groups they came in."""
    found: list[Exception] = []
    for error in group.exceptions:
        found += leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def explain(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return f"{error.filename or 'the system'}: {error.strerror}"
    return str(error)


class Platform:
    """One life of the platform."""

    def __init__(self, config: Config, progress: Progress) -> None:
        self.config, self.step = config, progress
        self.stop_pods = True
        self.has_started = False
        self.children: dict[str, str] = {}
        self._ending = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        for sign in ENDINGS:
            loop.add_signal_handler(sign, self._end, sign)
        async with asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
            self._tasks, self._stack = tasks, stack
            await self._start()
            gc.freeze()
            gc.enable()
            self.has_started = True
            self.step.ready()
            await self._ending.wait()

    def _end(self, sign: signal.Signals) -> None:
        log.info("stopping: %s", sign.name)
        self.stop_pods = ENDINGS[sign]
        self._ending.set()

    async def _start(self) -> None:
        config = self.config
        if config.node:
            from onggi.up.with_node import NodeStart  # heavy: only where there is a node

            node = NodeStart(self)
            await node.before()
        with self.step("state"):
            seals = encryption.load(config.data / "pki" / "encryption.json")
            store = SqliteStore.open(config.data / "store" / "onggi.db", seals)
            self._stack.push_async_callback(store.close)
        with self.step("API server"):
            plane = await self.enter(api_server(config, store))
            write_kubeconfig(plane)
        with self.step("controllers and scheduler"):
            loops = Loops(plane, node.reads if config.node else ())
            await self.keep(loops.run())
            await loops.synced.wait()
        await self.keep(keep_compacted(store))
        await self.keep(keep_certificates(plane))
        if config.node:
            await node.after(plane, loops)
        elif config.fake_nodes:
            from onggi.up.fake_nodes import FakeNodes

            with self.step(f"fake nodes ({config.fake_nodes})"):
                fakes = FakeNodes(plane, loops)
                await self.keep(fakes.run())
                await fakes.ready()
        self._announce(plane)

    async def enter(self, part: Any) -> Any:
        """A part that is a context: left when the platform stops."""
        return await self._stack.enter_async_context(part)

    async def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """A part that runs for ever: ended when the platform stops; its failure ends all."""
        await self.enter(going_on(self._tasks, work))

    def at_the_end(self, work: Any) -> None:
        self._stack.push_async_callback(work)

    def _announce(self, plane: ControlPlane) -> None:
        instance = Instance(
            pid=os.getpid(),
            version=__version__,
            server=plane.url,
            started=now().timestamp(),
            children=self.children,
        )
        announce(self.config, instance)
        self._stack.callback(record_file(self.config).unlink, missing_ok=True)


@asynccontextmanager
async def going_on(
    tasks: asyncio.TaskGroup, work: Coroutine[Any, Any, None]
) -> AsyncIterator[None]:
    task = tasks.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
