"""What this machine has: gathered once, judged by ``onggi.checks``.

psutil and ctypes are imported where they are asked, as every start would wait for them.
"""

import errno
import os
import platform
import re
import shutil
import socket
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from onggi.checks import DNS_PORT, PROGRAMS, SYSCTLS, Facts

CGROUPS = Path("/sys/fs/cgroup")
IP_FREEBIND = 15  # linux/in.h
BRIDGE_FILTER = "net.bridge.bridge-nf-call-iptables"


def gather(data: Path, ports: Iterable[tuple[str, int]], *, node: bool) -> Facts:
    """Facts for a node, or the few that an API server alone needs. Ports as (address, port)."""
    taken = {port: holder(address, port) for address, port in ports}
    free, memory = disk_free(data), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if not node:
        return Facts(ports=taken, disk_free=free, memory=memory)
    mode, controllers = cgroups()
    return Facts(
        root=os.geteuid() == 0,
        system=platform.system(),
        kernel=kernel(),
        cgroup=mode,
        controllers=controllers,
        filesystems=frozenset(Path("/proc/filesystems").read_text().split()),
        sysctls={name: sysctl(name) for name in (*SYSCTLS, BRIDGE_FILTER)},
        programs={name: is_there(name) for name in PROGRAMS},
        nftables=nftables_work(),
        ports=taken,
        disk_free=free,
        memory=memory,
    )


def kernel() -> tuple[int, int]:
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def cgroups() -> tuple[str, frozenset[str]]:
    """v2 (one tree), hybrid (v1 controllers, v2 beside), v1 or none; and the controllers."""
    unified = CGROUPS / "cgroup.controllers"
    if unified.exists():
        return "v2", frozenset(unified.read_text().split())
    names = [p.name for p in CGROUPS.iterdir() if p.is_dir()] if CGROUPS.exists() else []
    mode = "hybrid" if "unified" in names else "v1" if "memory" in names else "none"
    return mode, frozenset(part for name in names for part in name.split(","))


def sysctl(name: str) -> int | None:
    path = Path("/proc/sys", *name.split("."))
    return int(path.read_text()) if path.exists() else None


def is_there(program: str) -> bool:
    if ".so" in program:
        import ctypes.util

        return ctypes.util.find_library(program.removeprefix("lib").split(".so")[0]) is not None
    return shutil.which(program) is not None


def nftables_work() -> bool:
    """Whether the kernel answers; where the program is missing, that is said elsewhere."""
    nft = shutil.which("nft")
    if nft is None or os.geteuid() != 0:
        return True
    return subprocess.run([nft, "list", "tables"], capture_output=True, check=False).returncode == 0


def disk_free(path: Path) -> int:
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def holder(address: str, port: int) -> str:
    """Why no server could listen there: ``in use by nginx (pid 7)``; empty if one could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if port == DNS_PORT:  # its address comes to the host with DNS itself
            probe.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            return f"in use by {owner(port)}" if taken else f"on {address}: {error.strerror}"
    return ""


def owner(port: int) -> str:
    """The program that listens on a port, as far as we may see."""
    import psutil

    for connection in psutil.net_connections("tcp"):
        local = connection.laddr
        if local and local.port == port and connection.status == psutil.CONN_LISTEN:
            name = psutil.Process(connection.pid).name() if connection.pid else "another program"
            return f"{name} (pid {connection.pid})"
    return "another program"


def ports_of(pid: int) -> set[int]:
    """Where a process listens."""
    import psutil

    connections = psutil.Process(pid).net_connections("tcp")
    return {c.laddr.port for c in connections if c.status == psutil.CONN_LISTEN}


def networks() -> Mapping[str, list[str]]:
    """Interface → its IPv4 networks, as 10.0.0.1/255.255.255.0."""
    import psutil

    return {
        name: [f"{a.address}/{a.netmask}" for a in addresses if a.family == socket.AF_INET]
        for name, addresses in psutil.net_if_addrs().items()
    }


def primary_address() -> str:
    """The address with which this host speaks to others; empty where it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; RFC 5737's address for documents
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
    return address
