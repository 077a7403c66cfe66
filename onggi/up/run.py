"""From settings to a platform that serves, and back: the order of everything."""

import asyncio
import gc
import logging
import os
import signal
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from onggi import __version__
from onggi.config import Config
from onggi.controller.child import ChildFailed
from onggi.instance import AlreadyRunning, Instance, announce, hold, record_file
from onggi.progress import Progress
from onggi.store.compaction import keep_compacted
from onggi.store.sqlite import SqliteStore
from onggi.store.store import Corrupt
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


def run(config: Config, progress: Progress) -> int:
    """The process's exit status. What a user can mend is told through ``progress``."""
    import uvloop

    gc.set_threshold(YOUNG, 50, 100)
    trouble = ""
    try:
        with hold(config):
            uvloop.run(Platform(config, progress).serve())
    except* (AlreadyRunning, ChildFailed, Corrupt, OSError) as group:
        trouble = "\n".join(explain(error) for error in leaves(group))
    if trouble:
        log.error("%s", trouble)
        progress.failed(trouble)
    return 1 if trouble else 0


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
        self.config, self.progress = config, progress
        self.stop_pods = True
        self._ending = asyncio.Event()

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        for sign in ENDINGS:
            loop.add_signal_handler(sign, self._end, sign)
        async with asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
            background = [*await self._start(stack, tasks)]
            gc.collect()
            gc.freeze()
            self.progress.ready()
            await self._ending.wait()
            for task in background:
                task.cancel()

    def _end(self, sign: signal.Signals) -> None:
        log.info("stopping: %s", sign.name)
        self.stop_pods = ENDINGS[sign]
        self._ending.set()

    async def _start(
        self, stack: AsyncExitStack, tasks: asyncio.TaskGroup
    ) -> list[asyncio.Task[None]]:
        config, step = self.config, self.progress
        with step("state"):
            store = SqliteStore.open(config.data / "store" / "onggi.db")
            stack.push_async_callback(store.close)
        with step("API server"):
            plane = await stack.enter_async_context(api_server(config, store))
            write_kubeconfig(plane)
        with step("controllers and scheduler"):
            loops = Loops(plane)
            background = [tasks.create_task(loops.run())]
            await loops.synced.wait()
        background.append(tasks.create_task(keep_compacted(store)))
        background.append(tasks.create_task(keep_certificates(plane)))
        self._announce(stack, plane)
        return background

    def _announce(self, stack: AsyncExitStack, plane: ControlPlane) -> None:
        started = datetime.now(UTC).timestamp()  # noqa: TID251
        announce(
            self.config,
            Instance(pid=os.getpid(), version=__version__, server=plane.url, started=started),
        )
        stack.callback(record_file(self.config).unlink, missing_ok=True)
