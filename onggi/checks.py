"""What a machine needs to run Onggi, decided from facts: one line each, and how to mend it.

Pure: ``onggi/facts.py`` gathers what is judged here. ``onggi doctor`` shows all of it,
``onggi up`` stops at the first failure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

GIB = 1 << 30
INSTALL = "apt-get install --no-install-recommends {}"


class Finding(NamedTuple):
    """``level`` is ok, warn or fail; ``mend`` is what to do, empty where all is well."""

    level: str
    subject: str
    text: str
    mend: str = ""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was seen. Sizes in bytes; ``programs`` maps a path or name to whether it is there."""

    root: bool = True
    system: str = "Linux"
    kernel: tuple[int, int] = (6, 1)
    cgroup: str = "v2"  # v1, v2, hybrid or none
    controllers: frozenset[str] = frozenset()
    filesystems: frozenset[str] = frozenset()
    sysctls: Mapping[str, int | None] = field(default_factory=dict)
    programs: Mapping[str, bool] = field(default_factory=dict)
    nftables: bool = True
    ports: Mapping[int, str] = field(default_factory=dict)  # port → why not, "" if free
    disk_free: int = 10 * GIB
    memory: int = 4 * GIB


PROGRAMS = {
    "containerd": "containerd",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "libnftables.so.1": "libnftables1",
    "conntrack": "conntrack",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
}
OPTIONAL = {
    "conntrack": "without it, UDP clients of a pod that went may wait for a timeout",
    "mmdebstrap": "needed by `onggi image build` only",
}
SYSCTLS = {  # below these a node of some fifty pods runs dry
    "fs.inotify.max_user_instances": 512,
    "fs.inotify.max_user_watches": 65536,
}
DNS_PORT = 53
ANOTHER_PORT = "stop it, or choose another port or address (onggi up --help)"
ANOTHER_DNS = (
    "stop it: it listens on every address, or is another instance with our service network "
    "(else give --service-network)"
)
CONTROLLERS = ("cpu", "memory", "pids")


def platform(facts: Facts) -> Iterator[Finding]:
    if facts.system != "Linux":
        yield Finding("fail", "system", f"{facts.system} runs no containers", "use --no-node here")
        return
    version = ".".join(map(str, facts.kernel))
    if facts.kernel < (5, 10):
        yield Finding("fail", "kernel", f"{version} is too old", "5.10 or later (Debian 12: 6.1)")
    else:
        yield Finding("ok", "kernel", version)


def rights(facts: Facts) -> Iterator[Finding]:
    if facts.root:
        yield Finding("ok", "rights", "root")
    else:
        yield Finding("fail", "rights", "containers need root", "run as root, or use --no-node")


def cgroups(facts: Facts) -> Iterator[Finding]:
    missing = [c for c in CONTROLLERS if c not in facts.controllers]
    if facts.cgroup == "none":
        yield Finding("fail", "cgroups", "not mounted", "mount -t cgroup2 none /sys/fs/cgroup")
    elif missing:
        yield Finding(
            "warn",
            "cgroups",
            f"{facts.cgroup}, without {', '.join(missing)}: such limits are not enforced",
            "boot with cgroup_enable=memory, or enable the controller in cgroup.subtree_control",
        )
    else:
        yield Finding("ok", "cgroups", facts.cgroup)


def kernel_features(facts: Facts) -> Iterator[Finding]:
    if "overlay" in facts.filesystems:
        yield Finding("ok", "overlayfs", "there")
    else:
        yield Finding("fail", "overlayfs", "the kernel has none", "modprobe overlay")
    if facts.nftables:
        yield Finding("ok", "nftables", "there")
    else:
        yield Finding("fail", "nftables", "the kernel refuses tables", "modprobe nf_tables")
    if facts.sysctls.get("net.bridge.bridge-nf-call-iptables") is None:
        yield Finding(
            "warn",
            "br_netfilter",
            "missing: a pod cannot reach a service that leads to a pod on the same node",
            "modprobe br_netfilter",
        )
    else:
        yield Finding("ok", "br_netfilter", "there")


def programs(facts: Facts) -> Iterator[Finding]:
    for program, package in PROGRAMS.items():
        if facts.programs.get(program):
            yield Finding("ok", package, "installed")
        elif program in OPTIONAL:
            yield Finding("warn", package, OPTIONAL[program], INSTALL.format(package))
        else:
            yield Finding("fail", package, "not installed", INSTALL.format(package))


def limits(facts: Facts) -> Iterator[Finding]:
    for name, least in SYSCTLS.items():
        value = facts.sysctls.get(name)
        if value is not None and value < least:
            yield Finding("warn", name, f"{value} is low", f"sysctl -w {name}={least}")
        else:
            yield Finding("ok", name, str(value))


def ports(facts: Facts) -> Iterator[Finding]:
    for port, trouble in facts.ports.items():
        if trouble:
            mend = ANOTHER_DNS if port == DNS_PORT else ANOTHER_PORT
            yield Finding("fail", f"port {port}", trouble, mend)
        else:
            yield Finding("ok", f"port {port}", "free")


def room(facts: Facts) -> Iterator[Finding]:
    text = f"{facts.disk_free / GIB:.1f} GiB free"
    if facts.disk_free < GIB // 4:
        yield Finding("fail", "disk", text, "make room: state and images need at least 0.25 GiB")
    elif facts.disk_free < 2 * GIB:
        yield Finding("warn", "disk", text, "images will be removed early; 2 GiB are comfortable")
    else:
        yield Finding("ok", "disk", text)
    low = facts.memory < GIB
    text = f"{facts.memory / GIB:.1f} GiB"
    yield Finding("warn" if low else "ok", "memory", text, "1 GiB or more" if low else "")


Check = Callable[[Facts], Iterator[Finding]]
NODE: Sequence[Check] = (
    platform,
    rights,
    cgroups,
    kernel_features,
    programs,
    limits,
    ports,
    room,
)
NO_NODE: Sequence[Check] = (ports, room)


def examine(facts: Facts, checks: Sequence[Check] = NODE) -> list[Finding]:
    return [finding for check in checks for finding in check(facts)]
