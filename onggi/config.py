"""Every setting, as frozen dataclasses built once at the edge; nobody else reads the environment.

What a user chooses at the first ``onggi up`` is kept in ``DATA/config.json``, so that a later
``up`` without options is the same instance. Two instances differ in their data directory,
and from that in everything that the host shares: bridge, nftables table, cgroup, networks.
"""

import hashlib
import json
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from onggi.api import names

HOME = Path("/var/lib/onggi")
CLUSTER_DOMAIN = "cluster.local"
ANYWHERE = "0.0.0.0"  # noqa: S104  (every address of this host: only where a user asks)


class BadSetting(ValueError):
    """A setting that cannot work. The text says which, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """One instance. Addresses are texts, as they are shown and stored."""

    data: Path = HOME
    node: bool = True  # containers, proxy, DNS, ingress; without: API, controllers, scheduler
    fake_nodes: int = 0  # nodes without containers behind them: never beside a real one
    node_name: str = ""
    listen: tuple[str, ...] = ("127.0.0.1",)
    api_port: int = 6443
    http_port: int = 80
    https_port: int = 443
    pod_network: str = "10.244.0.0/16"
    service_network: str = "10.96.0.0/16"
    node_ports: tuple[int, int] = (30000, 32767)
    account_secrets: bool = True  # a Secret with a token for each service account
    authentication: str = ""  # a file that names OpenID Connect providers; empty: none
    audit_policy: str = ""  # a file; empty: no audit log

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
    def everywhere(self) -> bool:
        return ANYWHERE in self.listen

    @property
    def address(self) -> str:
        """Where a client on this host reaches what listens."""
        return "127.0.0.1" if self.everywhere else self.listen[0]

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
PORTS = {
    "api_port": ("--port", 1),
    "http_port": ("--http-port", 0),
    "https_port": ("--https-port", 0),
}
NETWORKS = {"pod_network": "--pod-network", "service_network": "--service-network"}
MOST_FAKE_NODES = 5000  # as upstream's own limit of a cluster
LONGEST_PREFIX = 28  # the tenth address of a service network is the DNS server's


def load(data: Path) -> Config:
    """The instance in ``data``, with the settings of its last start."""
    stored = data / "config.json"
    config = Config(data=data.resolve())
    if not stored.exists():
        return config
    try:
        return replace(config, **dict(settings(json.loads(stored.read_text()))))
    except (ValueError, TypeError) as error:
        raise BadSetting(f"{stored} is damaged ({error}); mend or delete it.") from error


def save(config: Config) -> None:
    path = config.data / "config.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({name: getattr(config, name) for name in STORED}, indent=1) + "\n")
    fresh.replace(path)


def is_own(data: Path) -> bool:
    """Whether an instance may live there: uninstalling deletes the whole directory."""
    there = {path.name for path in data.iterdir()} if data.exists() else set()
    return not there or "config.json" in there or {"lock", "pki"} <= there


def settings(values: Any) -> Iterator[tuple[str, Any]]:
    """What a stored document says. Raises TypeError where it is of another shape."""
    if not isinstance(values, dict):
        raise TypeError("it is no JSON object")
    if not values.keys() & set(STORED):
        raise TypeError("it holds no setting of Onggi")
    for known in fields(Config):
        if known.name not in STORED or known.name not in values:
            continue
        value = values[known.name]
        value = tuple(value) if isinstance(value, list) else value
        if type(value) is not type(known.default):
            raise TypeError(f"{known.name} may not be {values[known.name]!r}")
        yield known.name, value


def changed(config: Config, options: Mapping[str, Any]) -> Config:
    """``config`` with the options that were given (not None); raises BadSetting."""
    given = {key: value for key, value in options.items() if value is not None}
    result = replace(config, **given)
    if not result.node_name:
        result = replace(result, node_name=host_name())
    for text in trouble(result):
        raise BadSetting(text)
    return result


def trouble(config: Config) -> Iterator[str]:
    """What cannot work: which option, and what would do."""
    for name, (option, low) in PORTS.items():
        if not low <= getattr(config, name) <= 65535:
            yield f"{option} must lie between {low} and 65535."
    for address in config.listen:
        if not is_address(address):
            yield f"--listen {address}: not an IPv4 address of this host."
    if not 0 <= config.fake_nodes <= MOST_FAKE_NODES:
        yield f"--fake-nodes must lie between 0 and {MOST_FAKE_NODES}."
    if config.fake_nodes and config.node:
        yield "--fake-nodes needs --no-node: pods would land where nothing runs them."
    if names.dns_subdomain(config.node_name):
        yield f"--node-name {config.node_name!r}: lower-case letters, digits, '-' and '.' only."
    yield from network_trouble(config)


def network_trouble(config: Config) -> Iterator[str]:
    for name, option in NETWORKS.items():
        text = getattr(config, name)
        try:
            network = IPv4Network(text)
        except ValueError as error:
            yield f"{option} {text}: {error}. For example: {getattr(Config, name)}"
            return
        if network.prefixlen > LONGEST_PREFIX:
            yield f"{option} {text} is too small: /{LONGEST_PREFIX} at least."
    if IPv4Network(config.pod_network).overlaps(IPv4Network(config.service_network)):
        yield "--pod-network and --service-network overlap."


def is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def host_name() -> str:
    """The node's name: the host's, in the form that an object name may have."""
    name = socket.gethostname().split(".")[0].lower()
    cleaned = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    return cleaned[:63].strip("-") or "node"


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
