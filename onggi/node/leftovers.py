"""Takes away what an instance leaves in the kernel: processes, mounts, networks, cgroups.

For ``onggi down`` after the pods were stopped in order (then there is next to nothing to do),
and for ``uninstall`` after a crash. Everything is recognised by the instance's own paths and
names, so that nothing of anybody else's is touched. Files below ``data`` stay.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from onggi.controller.child import Process, birth, gone
from onggi.node import cni
from onggi.node.cgroups import PodCgroups
from onggi.node.layout import Layout
from onggi.node.machine import cgroups
from onggi.node.mounting import unmount_inside

SHIM_SOCKETS = Path("/run/containerd/s")  # built into the shim, whatever its containerd's state
PATIENCE = 10.0


async def clean(layout: Layout) -> list[str]:
    """Kill, unmount and remove; answers what was found, in words. May be repeated."""
    found = [*await kill(in_cgroup(layout), "container process")]
    found += await kill(shims(layout), "containerd shim")
    found += await kill(daemons(layout), "containerd")
    await asyncio.to_thread(remove, layout)
    return found


def remove(layout: Layout) -> None:
    sockets = shim_sockets(layout)
    for folder in (layout.run, layout.pods, layout.containerd_root):
        unmount_inside(folder)
    for socket in sockets:
        socket.unlink(missing_ok=True)
    cni.release_stale(layout, ())
    cni.remove_bridge(layout.bridge)
    PodCgroups(layout.cgroup, cgroups()).remove_all()
    remove_empty(SHIM_SOCKETS, SHIM_SOCKETS.parent, cni.RESULTS, cni.RESULTS.parent)


def remove_empty(*folders: Path) -> None:
    """Folders that were made by the way, if nobody else uses them."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def in_cgroup(layout: Layout) -> set[int]:
    """Every process in one of our cgroups."""
    found: set[int] = set()
    for hierarchy in cgroups().all:
        for folder, _, _ in os.walk(hierarchy / layout.cgroup.lstrip("/")):
            with contextlib.suppress(OSError):
                found |= {int(pid) for pid in Path(folder, "cgroup.procs").read_text().split()}
    return found


def shims(layout: Layout) -> set[int]:
    """Shims know the socket of their containerd."""
    return {
        pid
        for pid, words in commands()
        if Path(words[0]).name.startswith("containerd-shim") and str(layout.socket) in words
    }


def daemons(layout: Layout) -> set[int]:
    config = str(layout.containerd_config)
    return {pid for pid, words in commands() if words[1:] == ["--config", config]}


def commands() -> Iterable[tuple[int, list[str]]]:
    """(pid, command line) of every process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                yield int(entry.name), words[:-1] or [""]


def shim_sockets(layout: Layout) -> list[Path]:
    """As the shims wrote them down; only where shims keep theirs."""
    addresses = layout.containerd_state.glob("io.containerd.runtime.v2.task/*/*/address")
    paths = [Path(file.read_text().strip().removeprefix("unix://")) for file in addresses]
    return [path for path in paths if path.parent == SHIM_SOCKETS]


async def kill(pids: set[int], what: str) -> list[str]:
    """SIGKILL, and wait until each is gone."""
    processes = [Process(pid, birth(pid)) for pid in pids if pid != os.getpid()]
    living = [process for process in processes if process.born]
    for process in living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        for process in living:
            await gone(process)
    return [f"{what} {process.pid}" for process in living]
