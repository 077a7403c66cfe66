"""Pod networking: a bridge of Onggi's own, addresses handed out by the host-local plugin.

Neither hostPorts nor masquerading happen here: the proxy's nftables table does both. The
bridge is made at start, with its gateway address, so that the API server and DNS can listen
on it before there is a pod.

Everything that touches the kernel here blocks: use ``asyncio.to_thread``.
"""

import errno
import json
import re
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from onggi.node.layout import Layout

RESULTS = Path("/var/lib/cni/results")  # libcni's cache, whose place nobody can choose
LOOPBACK = "cni-loopback"  # the network that containerd gives every sandbox beside ours
LINKS = Path("/sys/class/net")
VERSION = "0.4.0"  # the newest that containernetworking-plugins 1.1 and containerd 1.6 share


@dataclass(frozen=True, kw_only=True)
class Network:
    """``subnet`` is this node's part of the pod network; its first address is the bridge's."""

    subnet: str
    mtu: int = 1500

    @property
    def gateway(self) -> str:
        return str(IPv4Network(self.subnet)[1])


def conflist(layout: Layout, network: Network) -> str:
    """The one configuration that containerd loads. Pure."""
    bridge = {
        "type": "bridge",
        "bridge": layout.bridge,
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "mtu": network.mtu,
        "ipam": {
            "type": "host-local",
            "dataDir": str(layout.ipam),
            "ranges": [[{"subnet": network.subnet, "gateway": network.gateway}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    whole = {"cniVersion": VERSION, "name": layout.instance, "plugins": [bridge]}
    return json.dumps(whole, indent=1) + "\n"


def prepare(layout: Layout, network: Network) -> None:
    """Write the configuration and make the bridge. Blocking; needs root."""
    layout.cni_config.mkdir(parents=True, exist_ok=True)
    (layout.cni_config / "10-onggi.conflist").write_text(conflist(layout, network))
    ensure_bridge(layout.bridge, network)


def ensure_bridge(name: str, network: Network) -> None:
    """Make the bridge if it is missing, up and with this address only: a start that failed
    may have left it with another."""
    address = f"{network.gateway}/{IPv4Network(network.subnet).prefixlen}"
    if not (LINKS / name).exists():
        ip("link", "add", name, "mtu", str(network.mtu), "type", "bridge")
    ip("link", "set", name, "up")
    if held := ip("-o", "-4", "address", "show", "dev", name):
        if f" {address} " in held and held.count(" inet ") == 1:
            return
        ip("address", "flush", "dev", name)
    ip("address", "add", address, "dev", name)


def remove_bridge(name: str) -> None:
    """May be repeated."""
    if (LINKS / name).exists():
        ip("link", "delete", name)


def ip(*arguments: str) -> str:
    """What the iproute2 program prints: 2 ms, where a netlink library costs 28 MB. OSError."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(errno.EIO, done.stderr.strip(), f"ip {' '.join(arguments)}")
    return done.stdout


def release_stale(layout: Layout, sandboxes: Collection[str]) -> list[str]:
    """Give back addresses of sandboxes that are gone; answers them. Blocking.

    A lease file is named by the address and begins with the sandbox's id.
    """
    folder = layout.ipam / layout.instance
    freed = []
    for lease in folder.glob("[0-9]*") if folder.exists() else ():
        if lease.read_text().split("\n")[0].strip() not in sandboxes:
            lease.unlink()
            freed.append(lease.name)
    for name, sandbox in results(layout):
        if sandbox not in sandboxes:
            for result in (name, f"{LOOPBACK}-{sandbox}-lo"):
                (RESULTS / result).unlink(missing_ok=True)
    return freed


def results(layout: Layout) -> list[tuple[str, str]]:
    """Our entries in libcni's cache, ``NETWORK-SANDBOX-INTERFACE``, each with its sandbox. Those
    of ``onggi-12ab`` are not those of ``onggi``."""
    if not RESULTS.exists():
        return []
    ours = re.compile(rf"{re.escape(layout.instance)}-([^-]+)-[^-]+")
    found = (ours.fullmatch(path.name) for path in RESULTS.iterdir())
    return [(match[0], match[1]) for match in found if match]
