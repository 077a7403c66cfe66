"""Images that nobody needs go when the disk fills up.

Source: ``pkg/kubelet/images/image_gc_manager.go`` (85 % starts, 80 % ends, 2 minutes minimum
age). What goes is decided by a pure function; a slow timer performs it.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from onggi.node.runtime import ContainerRuntime, Image, RuntimeFailure

log = logging.getLogger(__name__)

INTERVAL = 300.0  # seconds
HIGH, LOW = 0.85, 0.80
MINIMUM_AGE = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Disk:
    """Bytes of the file system that holds the images."""

    capacity: int
    available: int

    def excess(self) -> int:
        """How much to free now: nothing below 85 % of use, else down to 80 %."""
        used = self.capacity - self.available
        return max(0, used - int(self.capacity * LOW)) if used >= self.capacity * HIGH else 0


def unneeded(
    images: Sequence[Image], in_use: frozenset[str], used: Mapping[str, datetime], now: datetime
) -> list[Image]:
    """Images that may go, those that were longest unused first. Pure.

    ``used`` has the time of last need, or of first sight, of every image. An image named
    ``localhost/…`` was built or imported here: there is no registry to have it back from.
    """
    free = [
        image
        for image in images
        if not image.pinned
        and not any(tag.startswith("localhost/") for tag in image.repo_tags)
        and not in_use & {image.id, *image.repo_tags, *image.repo_digests}
        and now - used[image.id] >= MINIMUM_AGE
    ]
    return sorted(free, key=lambda image: used[image.id])


class Collector:
    """``run`` belongs in a TaskGroup. ``used`` is shared with ``images.PodImages``."""

    def __init__(
        self,
        runtime: ContainerRuntime,
        root: Path,
        clock: Callable[[], datetime],
        used: dict[str, datetime],
    ) -> None:
        self._runtime = runtime
        self._root = root
        self._clock = clock
        self._used = used

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        while True:
            await asyncio.sleep(INTERVAL)
            try:
                await self.collect_images()
            except RuntimeFailure as error:
                log.warning("collecting images: %s", error)

    async def collect_images(self) -> int:
        """Free what is too much; answers the bytes that could not be freed."""
        disk = await asyncio.to_thread(disk_of, self._root)
        images, now = await self._runtime.images(), self._clock()
        for image in images:
            self._used.setdefault(image.id, now)
        excess = disk.excess()
        if not excess:
            return 0
        for image in unneeded(images, await self._in_use(), self._used, now):
            if excess <= 0:
                break
            log.info("removing image %s to free %d bytes", image.id, image.size)
            await self._runtime.remove_image(image.id)
            self._used.pop(image.id, None)
            excess -= image.size
        return max(excess, 0)

    async def _in_use(self) -> frozenset[str]:
        containers = await self._runtime.containers()
        return frozenset(name for c in containers for name in (c.image, c.image_ref))


def disk_of(path: Path) -> Disk:
    found = os.statvfs(path)
    return Disk(capacity=found.f_blocks * found.f_frsize, available=found.f_bavail * found.f_frsize)
