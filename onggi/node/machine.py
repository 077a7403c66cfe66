"""What this machine offers, found out rather than assumed."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from onggi.node.cgroups import Hierarchies, hierarchies
from onggi.node.configs import Dns
from onggi.node.facts import read
from onggi.node.layout import Layout
from onggi.node.security import Confinement
from onggi.node.translate import Node
from onggi.node.translate_dns import Resolvers, parse_resolv_conf
from onggi.node.translate_resources import Machine

CAP_SYS_RESOURCE = 24
RESOLVED = Path("/run/systemd/resolve/resolv.conf")  # beside the stub on 127.0.0.53


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What a container runtime here may do. ``oom_below`` is lowering an oom_score_adj."""

    oom_below: bool
    apparmor: bool
    hugetlb: bool


def abilities() -> Abilities:
    return Abilities(
        oom_below=has_capability(Path("/proc/self/status").read_text(), CAP_SYS_RESOURCE),
        apparmor=read("/sys/module/apparmor/parameters/enabled").startswith("Y"),
        hugetlb="hugetlb" in controllers(),
    )


def has_capability(status: str, number: int) -> bool:
    """Read from the text of ``/proc/self/status``. Pure."""
    line = next(line for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(line.split()[1], 16) >> number & 1)


def cgroups() -> Hierarchies:
    return hierarchies(Path("/proc/self/mounts").read_text(errors="surrogateescape"))


def controllers() -> set[str]:
    """What containers can be limited by on this machine."""
    found = cgroups()
    if found.v1:
        return set(found.v1)
    return set(read(f"{found.v2}/cgroup.controllers").split()) if found.v2 else set()


def memory() -> int:
    """Bytes of RAM."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def host_dns() -> Dns:
    """The host's resolvers; those behind systemd's stub, which a pod cannot reach."""
    found = parse_resolv_conf(read("/etc/resolv.conf"))
    if is_stub(found.servers) and RESOLVED.exists():
        return parse_resolv_conf(RESOLVED.read_text())
    return found


def is_stub(servers: Iterable[str]) -> bool:
    return all(server.startswith("127.") for server in servers)


def node(layout: Layout, cluster_dns: tuple[str, ...], domain: str) -> Node:
    """Everything that translations need of this machine."""
    found = cgroups()
    return Node(
        layout=layout,
        machine=Machine(memory=memory(), unified=found.unified),
        resolvers=Resolvers(cluster=cluster_dns, domain=domain, host=host_dns()),
        confinement=Confinement(seccomp_root=layout.seccomp, apparmor=abilities().apparmor),
        hierarchies=found,
    )
