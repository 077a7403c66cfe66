"""Keeps container logs small: 10 MiB in a file, five files for a container, two containers.

Sources: ``pkg/kubelet/logs/container_log_manager.go``, ``kuberuntime_gc.go``. Sizes are looked
at every ten seconds (one ``stat`` a log; being told of every line would cost more); the
runtime is only asked when a log has to be rotated. Logs go with their pod.
"""

import asyncio
import gzip
import itertools
import logging
import os
import shutil
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path

from onggi.node.layout import Layout
from onggi.node.runtime import ContainerRuntime, ContainerState, RuntimeFailure

log = logging.getLogger(__name__)

SIZE = 10 << 20  # bytes
FILES = 5  # the current one included
INTERVAL = 10.0  # seconds
PRUNING = 6  # every so many intervals
KEPT = 2  # attempts: the present one and the one before


class LogKeeper:
    """``run`` belongs in a TaskGroup.

    ``pods`` answers the uids of all pods of this node, or None while they are not known yet.
    """

    def __init__(
        self,
        layout: Layout,
        runtime: ContainerRuntime,
        pods: Callable[[], Collection[str] | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._layout = layout
        self._runtime = runtime
        self._pods = pods
        self._clock = clock

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        for turn in itertools.count():
            await asyncio.sleep(INTERVAL)
            try:
                await self.rotate_all()
                if turn % PRUNING == 0 and (pods := self._pods()) is not None:
                    await asyncio.to_thread(prune, self._layout.logs, frozenset(pods))
            except (RuntimeFailure, OSError) as error:
                log.warning("keeping logs: %s", error)

    async def rotate_all(self) -> None:
        large = await asyncio.to_thread(too_large, self._layout.logs, SIZE)
        if not large:
            return
        for path, container_id in (await self._writers()).items():
            if path in large:
                await self._rotate(path, container_id)

    async def _writers(self) -> dict[Path, str]:
        """Running containers by their log."""
        found = {}
        for container in await self._runtime.containers():
            if container.state is ContainerState.RUNNING:
                status = await self._runtime.container_status(container.id)
                found[Path(status.log_path)] = container.id
        return found

    async def _rotate(self, path: Path, container_id: str) -> None:
        moved = path.with_name(f"{path.name}.{self._clock():%Y%m%d-%H%M%S}")
        await asyncio.to_thread(move_away, path, moved)
        try:
            await self._runtime.reopen_log(container_id)
        except RuntimeFailure:
            os.rename(moved, path)  # it is still written to under its old name
            raise


def too_large(folder: Path, size: int) -> set[Path]:
    """Current logs (``N.log``) above ``size`` bytes."""
    return {path for path in folder.glob("*/*/*.log") if path.stat().st_size > size}


def rotated(path: Path) -> list[Path]:
    """Earlier parts of a log, the oldest first."""
    return sorted(path.parent.glob(f"{path.name}.*"))


def move_away(path: Path, to: Path) -> None:
    make_room(path)
    path.rename(to)


def make_room(path: Path) -> None:
    """Delete the oldest parts and compress the others."""
    parts = [part for part in rotated(path) if part.suffix != ".tmp"]
    for part in parts[: max(0, len(parts) - (FILES - 2))]:
        part.unlink()
    for part in parts[max(0, len(parts) - (FILES - 2)) :]:
        if part.suffix != ".gz":
            compress(part)


def compress(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.tmp")
    with path.open("rb") as source, gzip.open(fresh, "wb", 6) as target:
        shutil.copyfileobj(source, target)
    fresh.rename(path.with_name(f"{path.name}.gz"))
    path.unlink()


def prune(folder: Path, pods: Collection[str]) -> None:
    """Remove the logs of pods that are gone, and all but the last two of each container."""
    for pod in folder.iterdir() if folder.exists() else ():
        if pod.name.rpartition("_")[2] not in pods:
            shutil.rmtree(pod)
            continue
        for container in pod.iterdir():
            for path in superseded(container):
                for part in (*rotated(path), path):
                    part.unlink(missing_ok=True)


def superseded(container: Path) -> list[Path]:
    """The logs of attempts before the last two."""
    logs = [path for path in container.glob("*.log") if path.stem.isdecimal()]
    return sorted(logs, key=lambda path: int(path.stem))[:-KEPT]
