"""Endpoints (v1): deprecated upstream, still written for those who read it."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import FieldError, required
from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import View
from onggi.kinds.addresses import check_address, check_reachable, joined
from onggi.kinds.cells import AGE, NAME, NONE, SHOWN, shortened
from onggi.kinds.checks import PROTOCOLS, choice, named, node_name, port_number

DEPRECATED = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"


def shown(endpoints: View, now: datetime) -> str:
    """Up to three ``address:port``; addresses alone where there are no ports."""
    listed, count = [], 0
    for text in texts(endpoints):
        count += 1
        if count <= SHOWN:
            listed.append(text)
    return shortened(listed, count, "" if endpoints.get("subsets") else NONE)


def texts(endpoints: View) -> Iterator[str]:
    for subset in endpoints.get("subsets") or ():
        addresses = subset.get("addresses") or ()
        if not subset.get("ports"):
            yield from (address.get("ip", "") for address in addresses)
        for port in subset.get("ports") or ():
            yield from (joined(a.get("ip", ""), port.get("port", 0)) for a in addresses)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    """Source: ValidateEndpoints."""
    for index, subset in enumerate(new.get("subsets") or ()):
        at = f"subsets[{index}]"
        if not subset.get("addresses") and not subset.get("notReadyAddresses"):
            yield required(at, "must specify `addresses` or `notReadyAddresses`")
        for field in ("addresses", "notReadyAddresses"):
            for place, address in enumerate(subset.get(field) or ()):
                yield from check_endpoint(address, f"{at}.{field}[{place}]")
        ports = subset.get("ports") or ()
        for place, port in enumerate(ports):
            yield from check_port(port, f"{at}.ports[{place}]", alone=len(ports) == 1)


def check_endpoint(address: View, path: str) -> Iterator[FieldError]:
    yield from check_address(address.get("ip") or "", f"{path}.ip")
    if address.get("hostname"):
        yield from named(f"{path}.hostname", address["hostname"], names.dns_label)
    if (node := address.get("nodeName")) is not None:
        yield from named(f"{path}.nodeName", node, node_name)
    yield from check_reachable(address.get("ip") or "", f"{path}.ip")


def check_port(port: View, path: str, *, alone: bool) -> Iterator[FieldError]:
    if port.get("name"):
        yield from named(f"{path}.name", port["name"], names.dns_label)
    elif not alone:
        yield required(f"{path}.name")
    yield from port_number(f"{path}.port", port.get("port") or 0)
    yield from choice(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
    if (protocol := port.get("appProtocol")) is not None:
        yield from named(f"{path}.appProtocol", protocol, names.qualified_name)


ENDPOINTS = Kind(
    group="",
    version="v1",
    name="Endpoints",
    plural="endpoints",
    schema="io.k8s.api.core.v1.Endpoints",
    short=("ep",),
    status=False,
    defaults=(Default("subsets[*].ports[*].protocol", "TCP"),),
    rules=(check,),
    columns=(
        NAME,
        Column("Endpoints", shown, description="@io.k8s.api.core.v1.Endpoints.subsets"),
        AGE,
    ),
    deprecated=DEPRECATED,
)
