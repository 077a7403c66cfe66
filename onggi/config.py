"""Every setting, as frozen dataclasses built once at the edge; nobody else reads the environment.

What a user chooses at the first ``onggi up`` is kept in ``DATA/config.json``, so that a later
``up`` without options is the same instance. Two instances differ in their data directory,
and from that in everything that the host shares: bridge, nftables table, cgroup, networks.
"""

import hashlib
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

HOME = Path("/var/lib/onggi")
CLUSTER_DOMAIN = "cluster.local"


class BadSetting(ValueError):
    """A setting that cannot work. The text says which, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """One instance. Addresses are texts, as they are shown and stored."""

    data: Path = HOME
    node: bool = True  # containers, proxy, DNS, ingress; without: API, controllers, scheduler
    node_name: str = ""
    listen: tuple[str, ...] = ("127.0.0.1",)
    api_port: int = 6443
    http_port: int = 80
    https_port: int = 443
    pod_network: str = "10.244.0.0/16"
    service_network: str = "10.96.0.0/16"
    node_ports: tuple[int, int] = (30000, 32767)
    fake_nodes: int = 0

    @property
    def name(self) -> str:
        """``onggi``, or ``onggi-`` and four characters that follow from the data directory."""
        if self.data == HOME:
            return "onggi"
        return f"onggi-{hashlib.sha256(str(self.data).encode()).hexdigest()[:4]}"

    @property
    def run(self) -> Path:
        """Sockets and process records: gone after a reboot where the host's /run is used."""
        return Path("/run/onggi") if self.data == HOME else self.data / "run"

    @property
    def bridge(self) -> str:
        return f"{self.name}0"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def kubeconfig(self) -> Path:
        return self.data / "kubeconfig"

    @property
    def node_network(self) -> str:
        """The part of the pod network that this node hands out (/24, as upstream's default)."""
        network = IPv4Network(self.pod_network)
        return str(next(network.subnets(new_prefix=24))) if network.prefixlen < 24 else str(network)

    @property
    def gateway(self) -> str:
        """The bridge's address: where pods reach the API server and DNS on this node."""
        return str(IPv4Network(self.node_network)[1])

    @property
    def api_service(self) -> str:
        return str(IPv4Network(self.service_network)[1])

    @property
    def dns_service(self) -> str:
        return str(IPv4Network(self.service_network)[10])


STORED = tuple(f.name for f in fields(Config) if f.name != "data")
RANGES = {"api_port": (1, 65535), "http_port": (0, 65535), "https_port": (0, 65535)}


def load(data: Path) -> Config:
    """The instance in ``data``, with the settings of its last start."""
    stored = data / "config.json"
    config = Config(data=data.resolve())
    if not stored.exists():
        return config
    try:
        values = json.loads(stored.read_text())
        return replace(config, **{k: as_stored(values[k]) for k in STORED if k in values})
    except (ValueError, TypeError) as error:
        raise BadSetting(f"{stored} is damaged ({error}); mend or delete it.") from error


def save(config: Config) -> None:
    path = config.data / "config.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({name: getattr(config, name) for name in STORED}, indent=1) + "\n")
    fresh.replace(path)


def as_stored(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def changed(config: Config, options: Mapping[str, Any]) -> Config:
    """``config`` with the options that were given (not None); raises BadSetting."""
    given = {key: value for key, value in options.items() if value is not None}
    result = replace(config, **given)
    for name, (low, high) in RANGES.items():
        if not low <= getattr(result, name) <= high:
            raise BadSetting(f"{name.replace('_', '-')} must lie between {low} and {high}.")
    for address in result.listen:
        try:
            IPv4Address(address)
        except ValueError as error:
            raise BadSetting(f"--listen {address}: not an IPv4 address of this host.") from error
    return result if result.node_name else replace(result, node_name=host_name())


def host_name() -> str:
    """The node's name: the host's, in the form that an object name may have."""
    name = socket.gethostname().split(".")[0].lower()
    cleaned = "".join(c if c.isalnum() or c == "-" else "-" for c in name).strip("-")
    return cleaned[:63] or "node"


def with_free_networks(config: Config, taken: Iterable[IPv4Network]) -> Config:
    """Networks that nothing on this host uses, tried from the usual ones downwards."""
    used = list(taken)
    for step in range(64):
        pods, services = (
            IPv4Network(f"10.{244 - step}.0.0/16"),
            IPv4Network(f"10.{96 + step}.0.0/16"),
        )
        if not any(net.overlaps(mine) for net in used for mine in (pods, services)):
            return replace(config, pod_network=str(pods), service_network=str(services))
    raise BadSetting("no free network for pods: give --pod-network and --service-network.")
