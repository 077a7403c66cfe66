"""Services as Envoy clusters, EndpointSlices as their endpoints. Pure.

Endpoints are pods, not the Service's address, so that Envoy knows whom it talks to: it can
try another one, and stops using one the moment that is told to. A terminating endpoint is
left out altogether (see ``onggi.platform.mesh.ingress`` for why not DRAINING).
"""

from collections.abc import Sequence

from onggi.api.objects import Object, View, get
from onggi.api.plan import World
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.discovery.endpointslice.endpoints import of_port, usable
from onggi.platform.mesh.translate.resources import ADS, Backend, socket_address, typed

SERVICE_NAME = "kubernetes.io/service-name"
CONNECT_TIMEOUT = "2s"
IDLE = "15s"  # an unused connection is closed before Tomcat (20 s) and most others close it
MANY = 1_000_000  # Envoy's circuit breakers trip at 1024 by default, retries at 3
HTTP2 = ("kubernetes.io/h2c", "grpc", "h2c")
TLS = ("https", "HTTPS")


def cluster(backend: Backend, service: View) -> Object:
    """``appProtocol`` says whether the pods speak HTTP/2 or TLS."""
    protocol = app_protocol(backend, service)
    made: Object = {
        "name": backend.cluster,
        "connect_timeout": CONNECT_TIMEOUT,
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}, "update_merge_window": "0s"},
        "circuit_breakers": {"thresholds": [limits()]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http_options(protocol)
        },
        **found_by(backend, service),
        **balanced(service),
    }
    if protocol in TLS:
        context = typed(
            "transport_sockets.tls.v3.UpstreamTlsContext",
            sni=f"{backend.service}.{backend.namespace}.svc",
        )
        made["transport_socket"] = {"name": "tls", "typed_config": context}
    return made


def app_protocol(backend: Backend, service: View) -> str:
    ports = get(service, "spec.ports") or ()
    return next((p.get("appProtocol") or "" for p in ports if p["port"] == backend.port), "")


def limits() -> Object:
    names = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
    return dict.fromkeys(names, MANY)


def http_options(protocol: str) -> Object:
    version = "http2_protocol_options" if protocol in HTTP2 else "http_protocol_options"
    return typed(
        "upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config={version: {}},
        common_http_protocol_options={"idle_timeout": IDLE},
    )


def found_by(backend: Backend, service: View) -> Object:
    """An ExternalName is looked up in DNS, everything else comes over EDS."""
    if not is_external(service):
        return {"type": "EDS", "eds_cluster_config": {"eds_config": ADS}}
    name = service["spec"]["externalName"]
    return {
        "type": "STRICT_DNS",
        "dns_lookup_family": "V4_PREFERRED",
        "load_assignment": assignment(backend.cluster, [(name, backend.port)]),
    }


def is_external(service: View) -> bool:
    return get(service, "spec.type") == "ExternalName"


def balanced(service: View) -> Object:
    if get(service, "spec.sessionAffinity") == "ClientIP":
        return {"lb_policy": "MAGLEV"}
    return {"lb_policy": "LEAST_REQUEST"}


def endpoints(world: World, backend: Backend) -> Object:
    """The ready endpoints; where there is none, those that are leaving but still serve."""
    labels = {SERVICE_NAME: backend.service}
    slices = world.select(ENDPOINTSLICE, backend.namespace, labels)
    found = usable(of_port(slices, backend.port_name, "TCP"))
    return assignment(backend.cluster, [(e.ip, e.port) for e in found])


def assignment(name: str, targets: Sequence[tuple[str, int]]) -> Object:
    members = [{"endpoint": {"address": socket_address(ip, port)}} for ip, port in targets]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": members}] if members else []}


def find(world: World, namespace: str, reference: View) -> Backend | str:
    """The Service port that an Ingress backend means, or what is wrong with it."""
    name, wanted = reference["name"], reference.get("port") or {}
    service = world.get(SERVICE, namespace, name)
    if service is None:
        return f'service "{namespace}/{name}" not found'
    number, text = wanted.get("number"), wanted.get("name")
    for port in get(service, "spec.ports") or ():
        if port["port"] == number or (text and port.get("name") == text):
            return Backend(namespace, name, port["port"], port.get("name") or "")
    if is_external(service) and number:
        return Backend(namespace, name, number)
    return f'service "{namespace}/{name}" has no port {text or number}'
