"""What the machine is and has, for its Node object. Reads /proc; cheap enough for every 10 s."""

import os
import platform
import shutil
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Bytes. ``memory_available`` and ``disk_available`` change, the rest does not until a
    reboot."""

    hostname: str
    cpus: int
    memory: int
    memory_available: int
    swap: int
    disk: int
    disk_available: int
    inodes_free: float  # the part that is free, 1.0 where there is no limit
    pids: int
    pids_free: int
    machine_id: str = ""
    system_uuid: str = ""
    boot_id: str = ""
    kernel: str = ""
    os_image: str = ""
    architecture: str = "amd64"


ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386"}


def read(path: str) -> str:
    """Empty where the machine has no such file."""
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def meminfo(text: str) -> dict[str, int]:
    """``/proc/meminfo`` in bytes. Pure."""
    found = {}
    for line in text.splitlines():
        name, _, value = line.partition(":")
        number, _, unit = value.strip().partition(" ")
        found[name] = int(number) * (1024 if unit == "kB" else 1)
    return found


def os_image(release: str) -> str:
    """PRETTY_NAME of ``/etc/os-release``. Pure."""
    for line in release.splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip("\"'")
    return "Linux"


def read_facts(data: Path) -> Facts:
    """``data`` lies on the file system that pods and images are kept on."""
    machine = platform.uname()
    architecture = ARCHITECTURES.get(machine.machine, machine.machine)
    constant = Facts(
        hostname=machine.node.lower(),
        cpus=len(os.sched_getaffinity(0)),
        memory=0,
        memory_available=0,
        swap=0,
        disk=0,
        disk_available=0,
        inodes_free=1.0,
        pids=int(read("/proc/sys/kernel/pid_max") or 32768),
        pids_free=0,
        machine_id=read("/etc/machine-id") or read("/var/lib/dbus/machine-id"),
        system_uuid=read("/sys/class/dmi/id/product_uuid").lower(),
        boot_id=read("/proc/sys/kernel/random/boot_id"),
        kernel=machine.release,
        os_image=os_image(read("/etc/os-release")),
        architecture=architecture,
    )
    return refreshed(constant, data)


def refreshed(facts: Facts, data: Path) -> Facts:
    """With what changes read again."""
    memory, disk = meminfo(read("/proc/meminfo")), shutil.disk_usage(data)
    inodes = os.statvfs(data)
    running = int((read("/proc/loadavg").split() or ["", "", "", "0/0"])[3].partition("/")[2])
    return replace(
        facts,
        memory=memory.get("MemTotal", 0),
        memory_available=memory.get("MemAvailable", 0),
        swap=memory.get("SwapTotal", 0),
        disk=disk.total,
        disk_available=disk.free,
        inodes_free=inodes.f_favail / inodes.f_files if inodes.f_files else 1.0,
        pids_free=max(facts.pids - running, 0),
    )
