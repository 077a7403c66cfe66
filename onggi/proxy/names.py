"""Who is called what in the cluster: the answer to a DNS question, as data. Pure.

Source: the "Kubernetes DNS-Based Service Discovery" specification, version 1.1.0, and where
it leaves room, what CoreDNS does (plugin ``kubernetes``, ``pods insecure``). Names are lower
case and without the final dot. A name that exists without a record of the wanted type is
"no data"; one that does not exist, nor anything below it, is NXDOMAIN.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import NamedTuple

from onggi.api.objects import View, get
from onggi.api.plan import World
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE

VERSION = "1.1.0"  # of the specification, as dns-version says
SERVICE_NAME = "kubernetes.io/service-name"
PROTOCOLS = ("tcp", "udp", "sctp")


@dataclass(frozen=True, kw_only=True)
class Zone:
    """``address`` is where the zone is served; ``networks`` are those of pods and services,
    whose reverse names nobody else knows; ``ttl`` in seconds."""

    domain: str = "cluster.local"
    address: str = "10.96.0.10"
    networks: tuple[str, ...] = ("10.244.0.0/16", "10.96.0.0/16")
    ttl: int = 5


class Record(NamedTuple):
    """``data`` in the form of a zone file, names with their final dot."""

    name: str
    type: str
    data: str


@dataclass(frozen=True)
class Answer:
    """``alias`` is a name outside of the zone that the answer goes on at (ExternalName)."""

    records: Sequence[Record] = ()
    additional: Sequence[Record] = ()
    exists: bool = True
    alias: str = ""


NXDOMAIN, NO_DATA = Answer(exists=False), Answer()


class Port(NamedTuple):
    name: str
    protocol: str
    number: int


class Target(NamedTuple):
    """An endpoint of a headless Service, and its name below the Service's."""

    host: str
    address: str
    ports: tuple[Port, ...]


def resolve(world: World, zone: Zone, name: str, type: str) -> Answer | None:
    """None: the name is none of ours."""
    if name == zone.domain:
        return apex(zone, type)
    below = name.removesuffix("." + zone.domain)
    if below != name:
        return within(world, zone, below.split("."), type)
    return None


def apex(zone: Zone, type: str) -> Answer:
    server = f"ns.dns.{zone.domain}"
    if type == "NS":
        glue = addressed(server, [zone.address], "A")
        return Answer((Record(zone.domain, "NS", f"{server}."),), glue)
    return NO_DATA  # the SOA is in the authority section of every such answer


def within(world: World, zone: Zone, labels: Sequence[str], type: str) -> Answer:
    name = ".".join([*labels, zone.domain])
    match labels:
        case ["dns-version"]:
            return only(Record(name, "TXT", f'"{VERSION}"'), type)
        case ["ns", "dns"]:
            return Answer(addressed(name, [zone.address], type))
        case ["dns" | "svc" | "pod"]:
            return NO_DATA
        case [namespace, "svc" | "pod"]:
            return NO_DATA if has_namespace(world, namespace) else NXDOMAIN
        case [address, namespace, "pod"]:
            return of_pod(world, name, (namespace, address), type)
        case [*prefix, service, namespace, "svc"]:
            found = world.get(SERVICE, namespace, service)
            return of_service(world, zone, found, prefix, type) if found else NXDOMAIN
    return NXDOMAIN


def only(record: Record, type: str) -> Answer:
    return Answer((record,)) if record.type == type else NO_DATA


def addressed(name: str, addresses: Iterable[str], type: str) -> list[Record]:
    """A or AAAA records for those addresses that are of this type."""
    return [Record(name, type, a) for a in addresses if type == ("AAAA" if ":" in a else "A")]


def has_namespace(world: World, name: str) -> bool:
    return world.get(NAMESPACE, "", name) is not None


def of_pod(world: World, name: str, pod: tuple[str, str], type: str) -> Answer:
    """``10-244-0-5.default.pod``: any address; whether a pod has it is not asked."""
    namespace, dashed = pod
    try:
        address = str(ip_address(dashed.replace("-", ".") if dashed.count("-") == 3 else ""))
    except ValueError:
        return NXDOMAIN
    if not has_namespace(world, namespace):
        return NXDOMAIN
    return Answer(addressed(name, [address], type))


def of_service(world: World, zone: Zone, service: View, prefix: Sequence[str], type: str) -> Answer:
    meta = service["metadata"]
    own = f"{meta['name']}.{meta['namespace']}.svc.{zone.domain}"
    if get(service, "spec.type") == "ExternalName":
        return (
            Answer(alias=service["spec"]["externalName"].rstrip(".").lower())
            if not prefix
            else NXDOMAIN
        )
    ports, targets = ports_of(service), targets_of(world, service)
    match prefix:
        case []:
            return itself(service, own, targets, type)
        case [port, protocol] if port.startswith("_") and protocol.startswith("_"):
            wanted = (port[1:], protocol[1:])
            return pointed(service, own, wanted, (ports, targets), type)
        case [protocol] if protocol.startswith("_"):
            return NO_DATA if any(p.protocol == protocol[1:] for p in ports) else NXDOMAIN
        case [host]:
            chosen = [t.address for t in targets if t.host == host]
            return Answer(addressed(".".join([host, own]), chosen, type)) if chosen else NXDOMAIN
    return NXDOMAIN


def is_headless(service: View) -> bool:
    return get(service, "spec.clusterIP") == "None"


def cluster_ips(service: View) -> list[str]:
    spec = service["spec"]
    addresses = spec.get("clusterIPs") or [spec.get("clusterIP")]
    return [a for a in addresses if a and a != "None"]


def itself(service: View, own: str, targets: Sequence[Target], type: str) -> Answer:
    """A headless Service without endpoints does not exist, as CoreDNS sees it."""
    if type == "SRV":
        return pointed(service, own, None, (ports_of(service), targets), type)
    if not is_headless(service):
        return Answer(addressed(own, cluster_ips(service), type))
    addresses = dict.fromkeys(t.address for t in targets)
    return Answer(addressed(own, addresses, type)) if targets else NXDOMAIN


def pointed(
    service: View,
    own: str,
    wanted: tuple[str, str] | None,
    known: tuple[Sequence[Port], Sequence[Target]],
    type: str,
) -> Answer:
    """SRV records: of one port (name, protocol) or of all."""
    ports, targets = known
    asked = own if wanted is None else f"_{wanted[0]}._{wanted[1]}.{own}"
    if is_headless(service):
        places = [(p, f"{t.host}.{own}", [t.address]) for t in targets for p in t.ports]
    else:
        places = [(p, own, cluster_ips(service)) for p in ports]
    places = [x for x in places if wanted is None or (x[0].name, x[0].protocol) == wanted]
    if not places:
        return NXDOMAIN if wanted is not None or is_headless(service) else NO_DATA
    if type != "SRV":
        return NO_DATA
    weight = max(1, 100 // len(places))
    found = [Record(asked, "SRV", f"0 {weight} {p.number} {host}.") for p, host, _ in places]
    glue = [r for _, host, ips in places for t in ("A", "AAAA") for r in addressed(host, ips, t)]
    return Answer(found, list(dict.fromkeys(glue)))


def ports_of(holder: View) -> list[Port]:
    return [
        Port(p.get("name") or "", (p.get("protocol") or "TCP").lower(), p["port"])
        for p in holder.get("ports") or get(holder, "spec.ports") or ()
        if p.get("port")
    ]


def targets_of(world: World, service: View) -> list[Target]:
    """The ready endpoints. (publishNotReadyAddresses makes the slices call them all ready.)"""
    meta = service["metadata"]
    slices = world.select(ENDPOINTSLICE, meta["namespace"], {SERVICE_NAME: meta["name"]})
    return [target for piece in slices for target in targets_in(piece)]


def targets_in(piece: View) -> Iterator[Target]:
    ports = tuple(ports_of(piece))
    for endpoint in piece.get("endpoints") or ():
        if (endpoint.get("conditions") or {}).get("ready") is False:
            continue
        for address in endpoint["addresses"][:1]:
            host = endpoint.get("hostname") or dashed(address)
            yield Target(host.lower(), address, ports)


def dashed(address: str) -> str:
    return address.replace(".", "-").replace(":", "-")


def reverse(name: str) -> IPv4Address | None:
    """The address that ``5.0.244.10.in-addr.arpa`` asks about."""
    digits = name.removesuffix(".in-addr.arpa")
    try:
        return IPv4Address(".".join(reversed(digits.split(".")))) if digits != name else None
    except ValueError:
        return None


def is_ours(zone: Zone, address: IPv4Address) -> bool:
    return any(address in IPv4Network(network) for network in zone.networks)


class Reverse:
    """Which names an address has: those of Services, and of endpoints of headless ones."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._names: dict[str, dict[str, None]] = {}
        self._of: dict[tuple[str, ...], list[tuple[str, str]]] = {}

    def put_service(self, namespace: str, name: str, service: View | None) -> None:
        own = f"{name}.{namespace}.svc.{self._zone.domain}"
        pairs = [(ip, own) for ip in cluster_ips(service)] if service else []
        self._put(("service", namespace, name), pairs)

    def put_slice(self, namespace: str, name: str, piece: View | None) -> None:
        """Endpoints with a hostname, and all of a headless Service."""
        pairs = []
        meta = piece["metadata"] if piece else {}
        labels = meta.get("labels") or {}
        headless = "service.kubernetes.io/headless" in labels
        for endpoint in (piece or {}).get("endpoints") or ():
            if endpoint.get("hostname") or headless:
                address = endpoint["addresses"][0]
                host = endpoint.get("hostname") or dashed(address)
                service = f"{labels.get(SERVICE_NAME)}.{namespace}.svc.{self._zone.domain}"
                pairs.append((address, f"{host}.{service}"))
        self._put(("slice", namespace, name), pairs)

    def answer(self, name: str, type: str) -> Answer | None:
        """None: not an address of the cluster."""
        address = reverse(name)
        if address is None:
            return None
        names = list(self._names.get(str(address), ()))
        if not names:
            return NXDOMAIN if is_ours(self._zone, address) else None
        if type != "PTR":
            return NO_DATA
        services = [n for n in names if n.count(".") == self._zone.domain.count(".") + 3]
        return Answer([Record(name, "PTR", f"{n}.") for n in services[:1] or names])

    def _put(self, owner: tuple[str, ...], pairs: list[tuple[str, str]]) -> None:
        for address, name in self._of.pop(owner, ()):
            self._names.get(address, {}).pop(name, None)
            if not self._names.get(address):
                self._names.pop(address, None)
        for address, name in pairs:
            self._names.setdefault(address, {})[name] = None
        if pairs:
            self._of[owner] = pairs
