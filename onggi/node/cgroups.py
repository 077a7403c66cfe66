"""The pods' cgroups: ``/onggi[/burstable|/besteffort]/podUID``, on cgroup v1, v2 and hybrid.

The runtime makes the containers' groups inside; it never removes the parents, and it sets no
limit on them. So the agent makes a pod's group with the sum of its limits and removes it.
"""

import asyncio
import contextlib
import errno
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onggi.api.objects import View
from onggi.node.configs import Resources
from onggi.node.layout import component
from onggi.node.translate_resources import pod_resources, qos

TIERS = {"Guaranteed": "", "Burstable": "/burstable", "BestEffort": "/besteffort"}
ROOT = Path("/sys/fs/cgroup")
WANTED_V2 = ("cpu", "memory", "pids", "cpuset", "io")


def pod_cgroup(root: str, tier: str, uid: str) -> str:
    """Relative to every hierarchy, as CRI's ``cgroup_parent`` wants it."""
    return f"{root}{TIERS[tier]}/pod{component(uid)}"


@dataclass(frozen=True)
class Hierarchies:
    """Where groups are made: each mounted v1 controller, or the one of v2."""

    v1: Mapping[str, Path]
    v2: Path | None

    @property
    def unified(self) -> bool:
        return not self.v1

    @property
    def all(self) -> Sequence[Path]:
        return [*dict.fromkeys(self.v1.values()), *([self.v2] if self.v2 else [])]


def hierarchies(mounts: str) -> Hierarchies:
    """Read from the text of ``/proc/self/mounts``. Pure."""
    v1: dict[str, Path] = {}
    v2 = None
    for line in mounts.splitlines():
        _, where, kind, options, *_ = line.split()
        if kind == "cgroup2":
            v2 = v2 or Path(where)
        elif kind == "cgroup":
            named = [o for o in options.split(",") if o.startswith("name=")]
            parts = named or [p for p in Path(where).name.split(",") if p in options.split(",")]
            v1 |= {part: Path(where) for part in parts}
    return Hierarchies(v1, v2)


def settings_v1(resources: Resources) -> list[tuple[str, str, str]]:
    """(controller, file, value). Pure."""
    found = [("cpu", "cpu.shares", str(resources.cpu_shares))]
    if resources.cpu_quota:
        found.append(("cpu", "cpu.cfs_period_us", str(resources.cpu_period)))
    found.append(("cpu", "cpu.cfs_quota_us", str(resources.cpu_quota or -1)))
    if resources.memory_limit:
        found.append(("memory", "memory.limit_in_bytes", str(resources.memory_limit)))
    return found


def settings_v2(resources: Resources) -> list[tuple[str, str]]:
    """(file, value). The conversion of shares to a weight is runc's. Pure."""
    weight = 1 + ((resources.cpu_shares - 2) * 9999) // 262142
    quota = str(resources.cpu_quota) if resources.cpu_quota else "max"
    return [
        ("cpu.weight", str(weight)),
        ("cpu.max", f"{quota} {resources.cpu_period}"),
        ("memory.max", str(resources.memory_limit or "max")),
    ]


class PodCgroups:
    """Makes and removes them. ``root`` is ``/onggi``."""

    def __init__(self, root: str, found: Hierarchies) -> None:
        self.root = root
        self.found = found

    async def ensure(self, pod: View) -> None:
        """Make the pod's group and bound it; may be repeated."""
        group = pod_cgroup(self.root, qos(pod), pod["metadata"]["uid"])
        await asyncio.to_thread(self._ensure, group, pod_resources(pod))

    def _ensure(self, group: str, resources: Resources) -> None:
        for controller, file, value in settings_v1(resources):
            if controller in self.found.v1:
                write(directory(self.found.v1[controller], group) / file, value)
        if self.found.unified and self.found.v2:
            make_v2(self.found.v2, group)
            for file, value in settings_v2(resources):
                write(directory(self.found.v2, group) / file, value)

    async def remove(self, pod_uid: str) -> None:
        """With all groups inside; processes that still live in them make it stay."""
        groups = [pod_cgroup(self.root, tier, pod_uid) for tier in TIERS]
        await asyncio.to_thread(self._remove, groups)

    def _remove(self, groups: Sequence[str]) -> None:
        for hierarchy in self.found.all:
            for group in groups:
                remove_tree(hierarchy / group.lstrip("/"))

    def remove_all(self) -> None:
        """The instance's whole tree."""
        self._remove([self.root])


def directory(hierarchy: Path, group: str) -> Path:
    path = hierarchy / group.lstrip("/")
    path.mkdir(parents=True, exist_ok=True)
    return path


def make_v2(hierarchy: Path, group: str) -> None:
    """On v2 every ancestor has to hand its controllers down."""
    path = hierarchy
    for part in group.strip("/").split("/"):
        offered = (path / "cgroup.controllers").read_text().split()
        enabled = " ".join(f"+{name}" for name in WANTED_V2 if name in offered)
        write(path / "cgroup.subtree_control", enabled)
        path = path / part
        path.mkdir(exist_ok=True)


def write(path: Path, value: str) -> None:
    """A controller that this kernel lacks has no file; a limit below the use is not taken."""
    with contextlib.suppress(FileNotFoundError):
        try:
            path.write_text(value)
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.EOPNOTSUPP):
                raise


def remove_tree(path: Path) -> None:
    """rmdir from the leaves up: a cgroup's files cannot be deleted one by one."""
    for folder, _, _ in os.walk(path, topdown=False):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in (errno.EBUSY, errno.ENOTEMPTY):
                raise
