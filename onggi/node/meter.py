"""Samples of what containers and the node use, taken when somebody asks.

Nothing is measured at rest. A rate needs two samples; the one before is kept, and asking
again within a second gives the same answer.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

from onggi.node.runtime import ContainerRuntime
from onggi.node.stats import NodeUse, Sample, rates

FRESH = timedelta(seconds=1)


class Meter:
    """``root`` is where the images and volumes lie."""

    def __init__(
        self, node: str, root: Path, runtime: ContainerRuntime, clock: Callable[[], datetime]
    ) -> None:
        self._node = node
        self._root = root
        self._runtime = runtime
        self._clock = clock
        self._last: Sample | None = None

    async def sample(self) -> Sample:
        now = self._clock()
        if self._last and now - self._last.node.at < FRESH:
            return self._last
        containers, node = await self._runtime.stats(), node_use(self._node, self._root, now)
        found = rates(self._before(), containers)
        if self._last:
            seconds = (now - self._last.node.at).total_seconds()
            found[""] = int((node.cpu_ns - self._last.node.cpu_ns) / seconds)
        self._last = Sample(node=node, containers=containers, nano_cores=found)
        return self._last

    def _before(self) -> dict[str, tuple[datetime, int]]:
        known = self._last.containers if self._last else ()
        return {s.container_id: (s.at, s.cpu_ns) for s in known}


def node_use(name: str, root: Path, now: datetime) -> NodeUse:
    times, memory, disk = psutil.cpu_times(), psutil.virtual_memory(), psutil.disk_usage(str(root))
    busy = sum(times) - times.idle - times.iowait - times.guest - times.guest_nice
    return NodeUse(
        name=name,
        at=now,
        booted=datetime.fromtimestamp(psutil.boot_time(), UTC),
        cpu_ns=int(busy * 1e9),
        memory_total=memory.total,
        memory_available=memory.available,
        memory_rss=memory.active,
        disk_capacity=disk.total,
        disk_available=disk.free,
    )
