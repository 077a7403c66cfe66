"""Where a webhook or an extension server is, and how one of its Services is reached. Pure.

The server goes to an endpoint of the Service itself, as upstream does with
``--enable-aggregator-routing``: that needs no node's rules for the ClusterIP.
Source: ``k8s.io/apiserver/pkg/util/proxy/proxy.go`` (ResolveEndpoint, ResolveCluster).
"""

from base64 import b64decode
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from onggi.api.errors import NotFound, ServiceUnavailable
from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.apiserver.admission import Lookup
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.discovery.endpointslice.endpoints import of_port, usable

HTTPS = 443
SERVICE_NAME = "kubernetes.io/service-name"
ROUTED = ("", "ClusterIP", "NodePort", "LoadBalancer")

Address = tuple[str, int]


class Where(NamedTuple):
    """``host`` and ``port`` as the certificate and the ``Host`` header name them; ``service``
    is (namespace, name) where these are to be resolved. ``trust`` is PEM; empty: what the
    machine trusts."""

    host: str
    port: int
    path: str = ""
    service: tuple[str, str] | None = None
    trust: str = ""
    shown: str = ""  # scheme and authority as they were written

    @property
    def url(self) -> str:
        return f"{self.shown or f'https://{self.host}:{self.port}'}{self.path}"


def of_client_config(config: View) -> Where:
    """From a ``clientConfig`` that was checked: of a webhook, or of a conversion."""
    trust = decoded(config.get("caBundle") or "")
    if service := config.get("service"):
        return of_service(service, trust)
    parts = urlsplit(config.get("url") or "")
    shown = f"{parts.scheme}://{parts.netloc}"
    return Where(parts.hostname or "", parts.port or HTTPS, parts.path, None, trust, shown)


def of_service(service: View, trust: str) -> Where:
    namespace, name = service.get("namespace") or "", service.get("name") or ""
    path = service.get("path") or ""
    port = service.get("port") or HTTPS
    return Where(f"{name}.{namespace}.svc", port, path, (namespace, name), trust)


def decoded(bundle: str) -> str:
    return b64decode(bundle).decode("ascii", "replace") if bundle else ""


def addresses(lookup: Lookup, where: Where) -> Sequence[Address]:
    """All that may be connected to. Raises NotFound and ServiceUnavailable for a Service."""
    if where.service is None:
        return [(where.host, where.port)]
    namespace, name = where.service
    service = lookup.get(SERVICE, namespace, name)
    if service is None:
        raise NotFound("services", name)
    kind = get(service, "spec.type", "")
    if kind == "ExternalName":
        return [(get(service, "spec.externalName", ""), where.port)]
    if kind not in ROUTED:
        raise ServiceUnavailable(f"unsupported service type {quote(kind)}")
    port = service_port(service, where.port)
    found = endpoints(lookup, namespace, name, port)
    if not found:
        raise ServiceUnavailable(f"no endpoints available for service {quote(name)}")
    return found


def service_port(service: View, number: int) -> View:
    for port in get(service, "spec.ports") or ():
        if port.get("port") == number:
            found: View = port
            return found
    name = quote(service["metadata"]["name"])
    raise ServiceUnavailable(f"no service port {number} found for service {name}")


def endpoints(lookup: Lookup, namespace: str, name: str, port: View) -> Sequence[Address]:
    slices = [
        piece
        for piece in lookup.list(ENDPOINTSLICE, namespace)
        if get(piece, "metadata.labels", {}).get(SERVICE_NAME) == name
    ]
    found = of_port(slices, port.get("name") or "", port.get("protocol") or "TCP")
    return [(endpoint.ip, endpoint.port) for endpoint in usable(found)]
