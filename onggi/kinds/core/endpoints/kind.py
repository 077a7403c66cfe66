"""Endpoints (v1): deprecated upstream, still written for those who read it."""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import View
from onggi.kinds.addresses import joined
from onggi.kinds.cells import AGE, NAME, NONE, SHOWN, shortened

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


ENDPOINTS = Kind(
    group="",
    version="v1",
    name="Endpoints",
    plural="endpoints",
    schema="io.k8s.api.core.v1.Endpoints",
    short=("ep",),
    status=False,
    defaults=(Default("subsets[*].ports[*].protocol", "TCP"),),
    columns=(
        NAME,
        Column("Endpoints", shown, description="@io.k8s.api.core.v1.Endpoints.subsets"),
        AGE,
    ),
    deprecated=DEPRECATED,
)
