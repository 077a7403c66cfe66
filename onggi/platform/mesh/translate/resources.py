"""What Envoy is given: resources by type and name, and what could not be given. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from onggi.api.objects import Object

CONFIG = "type.googleapis.com/envoy.config"
CLUSTER = f"{CONFIG}.cluster.v3.Cluster"
ENDPOINTS = f"{CONFIG}.endpoint.v3.ClusterLoadAssignment"
LISTENER = f"{CONFIG}.listener.v3.Listener"
ROUTES = f"{CONFIG}.route.v3.RouteConfiguration"
SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"  # noqa: S105

Named = Mapping[str, Object]  # name → resource
Resources = Mapping[str, Named]  # type → resources


class Problem(NamedTuple):
    """Why a part of an Ingress does not work: becomes an event."""

    namespace: str
    ingress: str
    reason: str
    message: str


@dataclass(frozen=True)
class Translation:
    """``backends`` says which clusters get their endpoints from which Service."""

    resources: Resources
    problems: tuple[Problem, ...] = ()
    backends: "Mapping[tuple[str, str], tuple[Backend, ...]]" = field(default_factory=dict)


class Backend(NamedTuple):
    """A port of a Service, and so one cluster."""

    namespace: str
    service: str
    port: int
    port_name: str = ""

    @property
    def cluster(self) -> str:
        return f"{self.namespace}/{self.service}/{self.port}"


def typed(name: str, **settings: object) -> Object:
    """A ``typed_config`` of an extension: ``name`` is its type without the common prefix."""
    return {"@type": f"type.googleapis.com/envoy.extensions.{name}", **settings}


def socket_address(address: str, port: int) -> Object:
    return {"socket_address": {"address": address, "port_value": port}}


ADS: Object = {"ads": {}, "resource_api_version": "V3"}
