"""EndpointSlice (discovery.k8s.io/v1): where a Service's connections may go."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    immutable,
    invalid,
    not_supported,
    required,
)
from onggi.api.kind import Column, Default, Kind
from onggi.api.meta import check_labels
from onggi.api.objects import View
from onggi.kinds.addresses import check_address, check_reachable, is_ipv6
from onggi.kinds.cells import AGE, NAME, SHOWN, shortened
from onggi.kinds.checks import PROTOCOLS, choice, named, node_name, too_many

SLICE = "@io.k8s.api.discovery.v1.EndpointSlice"
TYPES = ("FQDN", "IPv4", "IPv6")
MAX_ENDPOINTS, MAX_ADDRESSES, MAX_PORTS, MAX_TOPOLOGY, MAX_HINTS = 1000, 100, 20000, 16, 8
UNSET = "<unset>"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ``pkg/apis/discovery/validation/validation.go``."""
    kind = new.get("addressType") or ""
    yield from choice("addressType", kind, TYPES)
    if old is not None and kind != (old.get("addressType") or ""):
        yield immutable("addressType", kind)
    endpoints = new.get("endpoints") or ()
    if len(endpoints) > MAX_ENDPOINTS:
        yield too_many("endpoints", len(endpoints), MAX_ENDPOINTS)
        return
    for index, endpoint in enumerate(endpoints):
        yield from check_endpoint(endpoint, kind, f"endpoints[{index}]")
    yield from check_ports(new.get("ports") or (), "ports")


def check_endpoint(endpoint: View, kind: str, path: str) -> Iterator[FieldError]:
    addresses = endpoint.get("addresses") or ()
    if not addresses:
        yield required(f"{path}.addresses", "must contain at least 1 address")
    elif len(addresses) > MAX_ADDRESSES:
        yield too_many(f"{path}.addresses", len(addresses), MAX_ADDRESSES)
    for index, address in enumerate(addresses):
        yield from check_typed(address, kind, f"{path}.addresses[{index}]")
    if (node := endpoint.get("nodeName")) is not None:
        yield from named(f"{path}.nodeName", node, node_name)
    topology = endpoint.get("deprecatedTopology") or {}
    if len(topology) > MAX_TOPOLOGY:
        yield too_many(f"{path}.deprecatedTopology", len(topology), MAX_TOPOLOGY)
    yield from check_labels(topology, f"{path}.deprecatedTopology")
    if (hostname := endpoint.get("hostname")) is not None:
        yield from named(f"{path}.hostname", hostname, names.dns_label)
    for field in ("forZones", "forNodes"):
        hints = (endpoint.get("hints") or {}).get(field) or ()
        yield from check_hints(hints, f"{path}.hints.{field}")


def check_typed(address: str, kind: str, path: str) -> Iterator[FieldError]:
    if kind == "FQDN":
        yield from check_domain(address, path)
        return
    if kind not in ("IPv4", "IPv6"):
        return
    if list(check_address(address, path)) or is_ipv6(address) != (kind == "IPv6"):
        yield invalid(path, address, f"must be a valid {kind} address")
    yield from check_reachable(address, path)


def check_domain(address: str, path: str) -> Iterator[FieldError]:
    """A fully qualified name: two labels at least."""
    if not address:
        yield required(path)
        return
    name = address.removesuffix(".")
    if errors := list(named(path, name, names.dns_subdomain)):
        yield from errors
    elif name.count(".") < 1:
        yield invalid(path, name, "should be a domain with at least two segments separated by dots")


def check_hints(hints: Sequence[View], path: str) -> Iterator[FieldError]:
    if len(hints) > MAX_HINTS:
        yield too_many(path, len(hints), MAX_HINTS)
        return
    seen: set[str] = set()
    for index, hint in enumerate(hints):
        at, name = f"{path}[{index}].name", hint.get("name") or ""
        if name in seen:
            yield duplicate(f"{path}[{index}]", name)
        seen.add(name)
        yield from named(at, name, names.dns_label)


def check_ports(ports: Sequence[View], path: str) -> Iterator[FieldError]:
    if len(ports) > MAX_PORTS:
        yield too_many(path, len(ports), MAX_PORTS)
        return
    seen: set[str] = set()
    for index, port in enumerate(ports):
        at, name = f"{path}[{index}]", port.get("name") or ""
        if name:
            yield from named(f"{at}.name", name, names.dns_label)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name)
        protocol = port.get("protocol")
        if protocol is None:
            yield required(f"{at}.protocol")
        elif protocol not in PROTOCOLS:
            yield not_supported(f"{at}.protocol", protocol, PROTOCOLS)
        if (application := port.get("appProtocol")) is not None:
            yield from named(f"{at}.appProtocol", application, names.qualified_name)


def ports(slice: View, now: datetime) -> str:
    texts = [port_text(port) for port in slice.get("ports") or ()]
    return shortened(texts, empty=UNSET)


def port_text(port: View) -> str:
    return str(port["port"]) if port.get("port") is not None else port.get("name") or "*"


def endpoints(slice: View, now: datetime) -> str:
    listed: list[str] = []
    count = 0
    for endpoint in slice.get("endpoints") or ():
        addresses = endpoint.get("addresses") or ()
        count += len(addresses)
        listed += addresses[: max(0, SHOWN - len(listed))]
    return shortened(listed, count, UNSET)


ENDPOINTSLICE = Kind(
    group="discovery.k8s.io",
    version="v1",
    name="EndpointSlice",
    plural="endpointslices",
    schema="io.k8s.api.discovery.v1.EndpointSlice",
    status=False,
    defaults=(Default("ports[*].name", ""), Default("ports[*].protocol", "TCP")),
    rules=(check,),
    columns=(
        NAME,
        Column("AddressType", "addressType", description=f"{SLICE}.addressType"),
        Column("Ports", ports, description=f"{SLICE}.ports"),
        Column("Endpoints", endpoints, description=f"{SLICE}.endpoints"),
        AGE,
    ),
)
