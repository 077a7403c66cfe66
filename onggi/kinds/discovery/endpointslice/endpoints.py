"""Which endpoints of a Service get traffic. Pure.

Source: ``k8s.io/kubernetes/pkg/proxy/topology.go`` (CategorizeEndpoints): the ready ones;
where there is none, those that are terminating and still serving.
"""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

from onggi.api.objects import View


class Endpoint(NamedTuple):
    """One address and port behind a Service port."""

    ip: str
    port: int
    node: str
    ready: bool
    serving: bool
    terminating: bool


def of_port(slices: Iterable[View], port_name: str, protocol: str) -> list[Endpoint]:
    """Every IPv4 endpoint of the port with this name, each address once, in a steady order."""
    found: dict[tuple[str, int], Endpoint] = {}
    for piece in slices:
        if piece.get("addressType") != "IPv4":
            continue
        for number in numbers(piece, port_name, protocol):
            for endpoint in piece.get("endpoints") or ():
                if not ipv4(endpoint.get("addresses") or ()):
                    continue
                one = read(endpoint, number)
                known = found.get((one.ip, number))
                if known is None or (one.ready and not known.ready):
                    found[one.ip, number] = one
    return [found[key] for key in sorted(found)]


def numbers(piece: View, port_name: str, protocol: str) -> Iterator[int]:
    for port in piece.get("ports") or ():
        same = (port.get("name") or "") == port_name
        if same and (port.get("protocol") or "TCP") == protocol and port.get("port"):
            yield port["port"]


def read(endpoint: View, port: int) -> Endpoint:
    """Conditions that nobody wrote mean: ready, serving like ready, not terminating."""
    conditions = endpoint.get("conditions") or {}
    ready = conditions.get("ready")
    ready = True if ready is None else ready
    serving = conditions.get("serving")
    return Endpoint(
        ipv4(endpoint["addresses"])[0],
        port,
        endpoint.get("nodeName") or "",
        ready=ready,
        serving=ready if serving is None else serving,
        terminating=bool(conditions.get("terminating")),
    )


def usable(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    ready = [e for e in endpoints if e.ready]
    return ready or [e for e in endpoints if e.serving and e.terminating]


def local(endpoints: Sequence[Endpoint], node: str) -> list[Endpoint]:
    """Those on this node; usable ones are chosen among them alone."""
    return usable([e for e in endpoints if e.node == node])


def ipv4(addresses: Iterable[str]) -> list[str]:
    """The IPv4 addresses among them, in their normal form."""
    found = []
    for text in addresses:
        try:
            found.append(str(IPv4Address(text)))
        except AddressValueError:
            continue
    return found
