"""``emptyDir``: scratch space that lives as long as the pod, on disk or in memory.

Source: ``pkg/volume/emptydir/empty_dir.go``.
"""

import asyncio

from onggi.api.objects import View, get
from onggi.api.quantity import parse, spelled
from onggi.node.downward import Surroundings
from onggi.node.mounting import is_mount_point, tmpfs
from onggi.node.parts import VolumeMounted
from onggi.node.volumes.atomic import group_owned
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    medium = ask.source.get("medium") or ""
    if medium not in ("", "Memory"):
        raise VolumeError(f"unknown storage medium {medium!r}")
    size = memory_size(ask.pod, ask.source, means.around()) if medium else 0
    await asyncio.to_thread(make, ask, size, medium == "Memory")
    return VolumeMounted(str(ask.path))


def make(ask: Ask, size: int, memory: bool) -> None:
    ready = is_mount_point(ask.path) if memory else ask.path.exists()
    if ready:
        return  # the pod's files: their owners are the pod's affair by now
    ask.path.mkdir(parents=True, exist_ok=True)
    if memory:
        tmpfs(ask.path, f"size={size}" if size else "")
    ask.path.chmod(0o777)
    group_owned(ask.path, ask.group, readonly=False)


def memory_size(pod: View, source: View, around: Surroundings) -> int:
    """The least of the volume's limit, the pod's and the node's memory; 0 leaves it open."""
    bounds = [size_of(source.get("sizeLimit")), size_of(around.allocatable.get("memory"))]
    limits = [size_of(get(c, "resources.limits.memory")) for c in get(pod, "spec.containers") or ()]
    if all(limits):
        bounds.append(sum(limits))
    return min((b for b in bounds if b), default=0)


def size_of(quantity: object) -> int:
    return parse(spelled(quantity)).value() if quantity else 0


PLUGIN = Plugin("kubernetes.io/empty-dir", setup)
