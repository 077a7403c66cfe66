"""What a Service, or a pod with host ports, comes to in the firewall. Pure.

Flat maps hold almost everything, so that a change touches elements and no rules:

* ``services`` says which chain serves an address, protocol and port; ``nodeports`` the same
  for a port of the host itself.
* The chain ``n3`` picks one of three ``endpoints`` by a random number that is part of their
  key; ``p3`` does it for ``port_endpoints``. All Services with three endpoints share it.
* Session affinity needs a memory of clients, so it alone has chains and sets of its own.
* ``refused`` (nobody there: reject at once) and ``dropped`` (policy Local, but all endpoints
  are elsewhere) are looked up by the filter hooks.

``onggi.proxy.table`` has the hooks that look into these maps. Source of the semantics:
``k8s.io/kubernetes/pkg/proxy/nftables/proxier.go``.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, collapse_addresses

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_finished, is_host_network, is_sidecar
from onggi.kinds.discovery.endpointslice.endpoints import Endpoint, ipv4, local, of_port, usable
from onggi.proxy.ledger import CHAIN, PICK, SET, Item, Part

FOREIGN_LABEL = "service.kubernetes.io/service-proxy-name"  # somebody else's proxy serves it
PROTOCOLS = {"TCP": "tcp", "UDP": "udp", "SCTP": "sctp"}
AFFINITY_SECONDS = 10800


@dataclass(frozen=True)
class Place:
    """Where this proxy stands: its node, and the addresses that need no rules because
    something listens on them right here (the cluster's DNS)."""

    node: str
    served_here: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Door:
    """One way to a Service port. ``address`` is empty for a port of the host itself."""

    address: str
    protocol: str
    port: int
    outside: bool  # for clients outside of the cluster: externalTrafficPolicy holds

    @property
    def key(self) -> str:
        number = f"{self.protocol} . {self.port}"
        return f"{self.address} . {number}" if self.address else number


def service_part(service: View, slices: Sequence[View], place: Place) -> Part:
    """Nothing for headless and ExternalName Services, and for those of other proxies."""
    spec = service["spec"]
    addresses = cluster_addresses(spec)
    if not addresses or FOREIGN_LABEL in (service["metadata"].get("labels") or {}):
        return {}
    part: dict[Item, str] = {}
    for address in addresses:
        if address not in place.served_here:
            part[Item("vips", address)] = ""
    for port in spec.get("ports") or ():
        part |= port_part(service, port, slices, place)
    return part


def cluster_addresses(spec: View) -> list[str]:
    if spec.get("type") == "ExternalName":
        return []
    return ipv4(spec.get("clusterIPs") or [spec.get("clusterIP") or ""])


def port_part(service: View, port: View, slices: Sequence[View], place: Place) -> Part:
    protocol = port.get("protocol") or "TCP"
    endpoints = of_port(slices, port.get("name") or "", protocol)
    part: dict[Item, str] = {}
    for door in doors(service, port):
        if door.address not in place.served_here:
            part |= door_part(service, door, endpoints, place)
    return part


def doors(service: View, port: View) -> list[Door]:
    spec = service["spec"]
    protocol, number = PROTOCOLS[port.get("protocol") or "TCP"], port["port"]
    found = [Door(ip, protocol, number, outside=False) for ip in cluster_addresses(spec)]
    outside = [*(spec.get("externalIPs") or ()), *balancer_addresses(service)]
    found += [Door(ip, protocol, number, outside=True) for ip in dict.fromkeys(ipv4(outside))]
    if port.get("nodePort"):
        found.append(Door("", protocol, port["nodePort"], outside=True))
    return found


def balancer_addresses(service: View) -> list[str]:
    """What the load balancer's address is, where packets arrive with it (mode VIP)."""
    if service["spec"].get("type") != "LoadBalancer":
        return []
    ingress = get(service, "status.loadBalancer.ingress") or ()
    return [i["ip"] for i in ingress if i.get("ip") and i.get("ipMode", "VIP") == "VIP"]


def door_part(service: View, door: Door, endpoints: Sequence[Endpoint], place: Place) -> Part:
    spec = service["spec"]
    policy = spec.get("externalTrafficPolicy" if door.outside else "internalTrafficPolicy")
    at_home = policy == "Local"
    chosen = local(endpoints, place.node) if at_home else usable(endpoints)
    suffix = "" if door.address else "_ports"
    if not chosen:
        elsewhere = at_home and usable(endpoints)
        return {Item(("dropped" if elsewhere else "refused") + suffix, door.key): ""}
    part: dict[Item, str] = {}
    if at_home and door.outside:
        part[Item("kept" + suffix, door.key)] = ""
    for endpoint in chosen:
        part[Item("backends", endpoint.ip)] = ""
        part[Item("hairpin", f"{endpoint.ip} . {endpoint.ip}")] = ""
    if door.outside:
        part |= fenced(service, door)
    if spec.get("sessionAffinity") == "ClientIP":
        part |= sticky(service, door, chosen)
    else:
        part |= spread(door, [(e.ip, e.port) for e in chosen])
    return part


def fenced(service: View, door: Door) -> Part:
    """loadBalancerSourceRanges: only these sources may use a load balancer's address."""
    ranges = service["spec"].get("loadBalancerSourceRanges")
    if not ranges or door.address not in balancer_addresses(service):
        return {}
    networks = collapse_addresses(IPv4Network(r.strip()) for r in ranges if ":" not in r)
    allowed = {Item("allowed", f"{door.key} . {network}"): "" for network in networks}
    return {Item("fenced", door.key): "", **allowed}


def spread(door: Door, targets: Sequence[tuple[str, int]]) -> Part:
    """Every connection to one of the targets, by chance."""
    count, outer, inner, chain = len(targets), "services", "endpoints", "n"
    if not door.address:
        outer, inner, chain = "nodeports", "port_endpoints", "p"
    part = {Item(PICK, str(count)): "", Item(outer, door.key): f"goto {chain}{count}"}
    for number, (ip, port) in enumerate(targets):
        part[Item(inner, f"{number} . {door.key}")] = f"{ip} . {port}"
    return part


def sticky(service: View, door: Door, endpoints: Sequence[Endpoint]) -> Part:
    """A client keeps its endpoint until it has been away for the Service's timeout."""
    seconds = get(service, "spec.sessionAffinityConfig.clientIP.timeoutSeconds", AFFINITY_SECONDS)
    uid = f"{service['metadata'].get('namespace')}/{service['metadata']['name']}"
    main = "a" + digest(uid, door.key)
    part: dict[Item, str] = {}
    known, choices = [], []
    for number, endpoint in enumerate(endpoints):
        target = f"{endpoint.ip}:{endpoint.port}"
        name = "e" + digest(uid, door.key, target, str(seconds))
        part[Item(SET, name)] = (
            f"type ipv4_addr; size 65535; flags dynamic,timeout; timeout {int(seconds)}s;"
        )
        part[Item(CHAIN, name)] = (
            f"update @{name} {{ ip saddr }}\nmeta l4proto {door.protocol} dnat to {target}"
        )
        known.append(f"ip saddr @{name} goto {name}")
        choices.append(f"{number} : goto {name}")
    pick = f"numgen random mod {len(choices)} vmap {{ {', '.join(choices)} }}"
    part[Item(CHAIN, main)] = "\n".join([*known, pick])
    part[Item("services" if door.address else "nodeports", door.key)] = f"goto {main}"
    return part


def digest(*words: str) -> str:
    """A short name that follows from the words."""
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def pod_part(pod: View, place: Place) -> Part:
    """The host ports of a pod that runs here with an address of its own."""
    address = get(pod, "status.podIP")
    here = get(pod, "spec.nodeName") == place.node
    if not address or not here or is_host_network(pod) or is_finished(pod) or not ipv4([address]):
        return {}
    part: dict[Item, str] = {}
    for port in mapped_ports(pod):
        outside = ipv4([port.get("hostIP") or ""])
        host = outside[0] if outside and outside[0] != "0.0.0.0" else ""  # noqa: S104
        protocol = PROTOCOLS[port.get("protocol") or "TCP"]
        door = Door(host, protocol, port["hostPort"], outside=True)
        part |= spread(door, [(address, port["containerPort"])])
        part[Item("backends", address)] = ""
        part[Item("hairpin", f"{address} . {address}")] = ""
        part[Item("kept" if host else "kept_ports", door.key)] = ""
    return part


def mapped_ports(pod: View) -> Iterable[View]:
    spec = pod["spec"]
    sidecars = [c for c in spec.get("initContainers") or () if is_sidecar(c)]
    for container in [*sidecars, *(spec.get("containers") or ())]:
        for port in container.get("ports") or ():
            if port.get("hostPort"):
                yield port
