"""What an instance could leave on the host: a picture before, a picture after, the difference.

On a machine of its own the two must be equal. Where other instances run at the same time,
what comes and goes by *their* names is not ours to judge; whatever bears our name always is.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from tests.e2e.platform import Platform

Picture = Mapping[str, frozenset[str]]

CGROUPS = Path("/sys/fs/cgroup")
FOLDERS = ("/run", "/etc/cni", "/var/lib/cni", "/var/lib/containerd", "/opt/cni", "/opt/containerd")
RESTLESS = re.compile(
    r"^kernel\.(random|ns_last_pid|pty\.nr|sched_|perf_|spl)|^fs\.(dentry|inode|file-nr|aio-nr|quota)"
    r"|^net\.netfilter\.nf_conntrack_(count|max|buckets)|^net\.ipv[46]\.(conf|neigh)\.(?!all|default)"
    r"|nf_log|^vm\.|^net\.mptcp|^net\.ipv4\.(tcp_fastopen_key|route)|stable_secret"
)
STRANGERS = re.compile(
    r"onggi|cni-|veth|containerd|runc|forward|bridge-nf|/pods/|netns|10\.\d+\.\d+\.\d+|box"
)
SESSIONS = re.compile(r"user\.slice|system\.slice|/[0-9a-f]{32}$")
SHARED = (Path("/var/lib/cni/results"), Path("/var/lib/cni/networks"))
SETTLES_WITHIN = 10.0  # seconds; the kernel takes network namespaces away behind our back


def shown(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def mounts() -> Iterator[str]:
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        yield line.split()[4]


def network_namespaces() -> Iterator[str]:
    for folder in (Path("/run/netns"), Path("/var/run/netns")):
        if folder.exists():
            yield from (path.name for path in folder.iterdir())


def tables() -> Iterator[str]:
    """Each nftables table with all that is in it, counters aside."""
    for table in shown("nft", "list", "tables").splitlines():
        text = shown("nft", "list", *table.split())
        yield re.sub(r"packets \d+ bytes \d+", "", text)


def links() -> Iterator[str]:
    for link in json.loads(shown("ip", "-j", "link")):
        yield f"{link['ifname']} of {link.get('master', 'none')}"


def addresses() -> Iterator[str]:
    for link in json.loads(shown("ip", "-j", "address")):
        for address in link["addr_info"]:
            yield f"{link['ifname']} {address['local']}/{address['prefixlen']}"


def routes() -> Iterator[str]:
    yield from shown("ip", "route", "show", "table", "all").splitlines()
    yield from shown("ip", "rule").splitlines()


def cgroups() -> Iterator[str]:
    """But for those of logins and commands, which come and go on any machine."""
    for folder in CGROUPS.glob("**/"):
        if not SESSIONS.search(name := str(folder.relative_to(CGROUPS))):
            yield name


def sysctls() -> Iterator[str]:
    done = subprocess.run(["sysctl", "-a"], capture_output=True, text=True, check=False)
    yield from (line for line in done.stdout.splitlines() if not RESTLESS.search(line))


def files() -> Iterator[str]:
    """libcni's folders, not what is in them, go with whichever instance is the last there."""
    for folder in FOLDERS:
        yield from (str(path) for path in Path(folder).glob("**/*") if path not in SHARED)


def pids() -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            yield int(entry.name)


def containerds() -> Iterator[str]:
    """Others that are at work on this machine: then much comes and goes."""
    for pid in pids():
        with suppress(OSError):
            if Path("/proc", str(pid), "comm").read_text() == "containerd\n":
                yield str(pid)


CROWD = "containerd of somebody else"
LOOKS: Mapping[str, Callable[[], Iterator[str]]] = {
    "mount": mounts,
    "network namespace": network_namespaces,
    "nftables table": tables,
    "link": links,
    "address": addresses,
    "route": routes,
    "cgroup": cgroups,
    "sysctl": sysctls,
    "file": files,
    CROWD: containerds,
}


def picture() -> Picture:
    return {what: frozenset(look()) for what, look in LOOKS.items()}


def processes(platform: Platform) -> list[str]:
    """Every process that bears this instance's directory or name."""
    return [text for pid in pids() if (text := of(platform, pid))]


def of(platform: Platform, pid: int) -> str:
    """The command line, if process ``pid`` belongs to the instance; else empty."""
    proc, name = Path("/proc", str(pid)), instance_name(platform)
    with suppress(OSError):
        command = (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        if "pytest" in command:
            return ""
        said = command + (proc / "cgroup").read_text()
        held = (path.readlink() for path in (proc / "fd").iterdir())
        if any(mark in said for mark in (str(platform.data), f"/{name}")) or any(
            path.is_relative_to(platform.data) for path in held
        ):
            return f"{pid} {command}"
    return ""


def instance_name(platform: Platform) -> str:
    from onggi.config import Config

    return Config(data=platform.data).name


def left_over(before: Picture, platform: Platform) -> dict[str, list[str]]:
    """What is there that was not, and what is gone that was there; empty if all is as before."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while (found := difference(before, platform)) and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


def difference(before: Picture, platform: Platform) -> dict[str, list[str]]:
    after, own = picture(), own_marks(platform)
    crowded = bool(before[CROWD] or after[CROWD])
    found: dict[str, list[str]] = {"process": processes(platform)}
    for what in before.keys() - {CROWD}:
        was = before[what]
        changed = [f"new: {x}" for x in after[what] - was] + [
            f"gone: {x}" for x in was - after[what]
        ]
        if crowded:
            changed = [x for x in changed if not STRANGERS.search(x) or any(m in x for m in own)]
        found[what] = sorted(changed)
    found["data"] = [str(platform.data)] if platform.data.exists() else []
    return {what: things for what, things in found.items() if things}


def own_marks(platform: Platform) -> tuple[str, ...]:
    return (str(platform.data), instance_name(platform))
