"""Where a proxied request goes: ``…/services/https:web:443/proxy/…`` and the like. Pure.

Nothing but pods is reached through the API server: the addresses of a service count only where
they are a pod's own, and loopback and link-local addresses never do.
Sources: ``pkg/registry/core/{service/storage,pod,node}`` (ResourceLocation),
``k8s.io/apimachinery/pkg/util/net`` (SplitSchemeNamePort).
"""

from collections.abc import Callable, Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple

from onggi.api.errors import BadRequest, ServiceUnavailable
from onggi.api.objects import View, get

SCHEMES = ("", "http", "https")


class Asked(NamedTuple):
    """``name``, ``name:port`` or ``scheme:name:port``."""

    scheme: str
    name: str
    port: str


class Location(NamedTuple):
    """``port`` is empty for the scheme's own."""

    scheme: str
    host: str
    port: str

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host


PodOf = Callable[[str, str], View | None]  # (namespace, name)


def asked(text: str, kind: str) -> Asked:
    """Raises BadRequest. ``kind`` is for the message: pod, service, node."""
    parts = text.split(":")
    if len(parts) <= 2:
        parts = ["", *parts, ""][:3]
    if len(parts) != 3 or not parts[1] or parts[0] not in SCHEMES:
        raise BadRequest(f'invalid {kind} request "{text}"')
    return Asked(*parts)


def is_reachable(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return not (
        found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified
    )


def of_pod(pod: View, wanted: Asked) -> Location:
    """Without a port it is the first that a container declares."""
    ports = [p for c in get(pod, "spec.containers", ()) for p in c.get("ports") or ()]
    port = wanted.port or (str(ports[0]["containerPort"]) if ports else "")
    address = get(pod, "status.podIP", "")
    if not is_reachable(address):
        raise BadRequest("address not allowed")
    return Location(wanted.scheme or "http", address, port)


def of_node(node: View, wanted: Asked) -> Location:
    """A port of the node other than the kubelet's."""
    found = {a["type"]: a["address"] for a in get(node, "status.addresses", ())}
    address = found.get("InternalIP", "")
    if not is_reachable(address):
        raise BadRequest("address not allowed")
    return Location(wanted.scheme or "http", address, wanted.port)


def port_name(service: View, wanted: Asked) -> str:
    """Endpoints know ports by name; a number is one of the service's."""
    if not wanted.port.isdigit():
        return wanted.port
    for port in get(service, "spec.ports", ()):
        if port["port"] == int(wanted.port):
            name: str = port.get("name", "")
            return name
    raise ServiceUnavailable(
        f'no service port {int(wanted.port)} found for service "{wanted.name}"'
    )


def of_service(slices: Iterable[View], port: str, wanted: Asked, pod_of: PodOf) -> list[Location]:
    """Every place that may be asked; empty where there is none."""
    scheme = wanted.scheme or "http"
    return [
        Location(scheme, address, str(number))
        for found in slices
        for number in numbers(found, port)
        for address in ready(found, pod_of)
    ]


def numbers(found: View, name: str) -> Iterator[int]:
    for port in found.get("ports") or ():
        if port.get("name", "") == name and port.get("port"):
            yield port["port"]


def ready(found: View, pod_of: PodOf) -> Iterator[str]:
    """The addresses of a slice that are ready, and the very addresses of its pods."""
    for endpoint in found.get("endpoints") or ():
        target = endpoint.get("targetRef") or {}
        if (endpoint.get("conditions") or {}).get("ready") is False or target.get("kind") != "Pod":
            continue
        pod = pod_of(found["metadata"]["namespace"], target.get("name", ""))
        own = [ip["ip"] for ip in get(pod, "status.podIPs", ())] if pod else []
        yield from (a for a in endpoint["addresses"] if a in own and is_reachable(a))
