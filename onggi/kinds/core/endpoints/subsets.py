"""Addresses and ports packed as Endpoints have them: each set of addresses once. Pure.

Source: ``pkg/api/v1/endpoints/util.go`` (RepackSubsets), ``truncateEndpoints`` in
``pkg/controller/endpoint/endpoints_controller.go``. Upstream orders by hashes; here ports and
addresses are in their natural order.
"""

from collections.abc import Iterable
from typing import NamedTuple

from onggi.api.objects import Object, View

CAPACITY = 1000  # addresses in one Endpoints object

AddressKey = tuple[str, str]  # (IP, uid of the target)
PortKey = tuple[str, int, str, str]


class Place(NamedTuple):
    """One address on one port (None: a headless Service without ports)."""

    address: Object
    port: Object | None
    ready: bool


def repack(places: Iterable[Place]) -> list[Object]:
    """Subsets; where an address is said to be ready and not ready on a port, it is not."""
    addresses: dict[AddressKey, Object] = {}
    ports: dict[PortKey, Object | None] = {}
    on_port: dict[PortKey, dict[AddressKey, bool]] = {}
    for place in places:
        key, port = address_key(place.address), port_key(place.port)
        addresses.setdefault(key, place.address)
        ports[port] = place.port
        states = on_port.setdefault(port, {})
        states[key] = states.get(key, True) and place.ready
    by_hosts: dict[tuple[tuple[AddressKey, bool], ...], list[PortKey]] = {}
    for port, states in on_port.items():
        by_hosts.setdefault(tuple(sorted(states.items())), []).append(port)
    subsets = [
        subset(
            [addresses[key] for key, ready in hosts if ready],
            [addresses[key] for key, ready in hosts if not ready],
            [entry for port in sorted(keys) if (entry := ports[port])],
        )
        for hosts, keys in by_hosts.items()
    ]
    return sorted(subsets, key=order)


def subset(ready: list[Object], not_ready: list[Object], ports: list[Object]) -> Object:
    whole = {"addresses": ready, "notReadyAddresses": not_ready, "ports": ports}
    return {key: value for key, value in whole.items() if value}


def address_key(address: View) -> AddressKey:
    return address["ip"], (address.get("targetRef") or {}).get("uid", "")


def port_key(port: View | None) -> PortKey:
    if port is None:
        return ("", -1, "", "")
    return (
        port.get("name", ""),
        port["port"],
        port.get("protocol", "TCP"),
        port.get("appProtocol", ""),
    )


def order(subset: View) -> list[PortKey]:
    return [port_key(port) for port in subset.get("ports") or ()]


def truncate(subsets: list[Object]) -> list[Object] | None:
    """At most CAPACITY addresses, ready ones first, each subset its share; None: all fit."""
    ready, not_ready = count(subsets, "addresses"), count(subsets, "notReadyAddresses")
    if ready + not_ready <= CAPACITY:
        return None
    if ready > CAPACITY:
        only = [{k: v for k, v in s.items() if k != "notReadyAddresses"} for s in subsets]
        return shares(only, "addresses", CAPACITY, ready)
    return shares(subsets, "notReadyAddresses", CAPACITY - ready, not_ready)


def shares(subsets: list[Object], field: str, most: int, total: int) -> list[Object]:
    left, result = most, []
    for each in subsets:
        size = len(each.get(field, ()))
        share = min(left, -(-size * most // total))
        left -= min(share, size)
        cut = {**each, field: each.get(field, [])[:share]}
        result.append({key: value for key, value in cut.items() if value})
    return result


def count(subsets: Iterable[View], field: str) -> int:
    return sum(len(each.get(field, ())) for each in subsets)
