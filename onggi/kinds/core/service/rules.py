"""What a Service may say, and what of it may change.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateService, ValidateServiceUpdate,
ValidateServiceClusterIPsRelatedFields). The cluster is single-stack IPv4.
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from onggi.api.meta import check_labels
from onggi.api.objects import View, get
from onggi.kinds.addresses import check_address, check_network, check_reachable
from onggi.kinds.checks import PROTOCOLS, choice, named, port_number, port_reference
from onggi.kinds.core.service.families import check_addresses, check_changes
from onggi.kinds.core.service.prepare import (
    BALANCER,
    EXTERNAL,
    is_external,
    is_headless,
    needs_health_port,
)

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
POLICIES = ("Cluster", "Local")
DISTRIBUTIONS = ("PreferClose", "PreferSameNode", "PreferSameZone")
AFFINITY_LIMIT = 86400
ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'"
HEALTH_PORT = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if old is not None:
        yield from check_changes(spec, old.get("spec") or {})
        yield from check_balancer_change(spec, old.get("spec") or {})
    yield from check_type(spec)
    yield from check_ports(spec)
    yield from check_labels(spec.get("selector") or {}, "spec.selector")
    yield from check_affinity(spec)
    yield from check_addresses(spec)
    for index, address in enumerate(spec.get("externalIPs") or ()):
        at = f"spec.externalIPs[{index}]"
        errors = list(check_address(address, at))
        yield from errors or check_reachable(address, at)
    yield from check_balancer(new, spec)
    yield from check_traffic(spec)


def check_type(spec: View) -> Iterator[FieldError]:
    kind = spec.get("type") or ""
    if not spec.get("ports") and not is_headless(spec) and kind != EXTERNAL:
        yield required("spec.ports")
    if is_headless(spec) and kind in (BALANCER, "NodePort"):
        detail = f"may not be set to 'None' for {kind} services"
        yield invalid("spec.clusterIPs[0]", "None", detail)
    if kind == EXTERNAL:
        for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(field):
                yield forbidden(f"spec.{field}", "may not be set for ExternalName services")
        name = (spec.get("externalName") or "").removesuffix(".")
        if name:
            yield from named("spec.externalName", name, names.dns_subdomain)
        else:
            yield required("spec.externalName")
    yield from choice("spec.type", kind, TYPES)


def check_ports(spec: View) -> Iterator[FieldError]:
    ports: Sequence[View] = spec.get("ports") or ()
    seen_names: set[str] = set()
    seen_node: set[tuple[object, object]] = set()
    seen: set[tuple[object, object]] = set()
    for index, port in enumerate(ports):
        at = f"spec.ports[{index}]"
        yield from check_port(port, at)
        name = port.get("name") or ""
        if not name and len(ports) > 1:
            yield required(f"{at}.name")
        elif name:
            yield from named(f"{at}.name", name, names.dns_label)
            if name in seen_names:
                yield duplicate(f"{at}.name", name)
        seen_names.add(name)
        if node := port.get("nodePort"):
            if spec.get("type") == "ClusterIP":
                yield forbidden(f"{at}.nodePort", "may not be used when `type` is 'ClusterIP'")
            if (port.get("protocol"), node) in seen_node:
                yield duplicate(f"{at}.nodePort", node)
            seen_node.add((port.get("protocol"), node))
        pair = (port.get("protocol"), port.get("port"))
        if pair in seen:
            yield duplicate(at, {"protocol": pair[0], "port": pair[1]})
        seen.add(pair)


def check_port(port: View, path: str) -> Iterator[FieldError]:
    yield from port_number(f"{path}.port", port.get("port") or 0)
    yield from choice(f"{path}.protocol", port.get("protocol"), PROTOCOLS)
    yield from port_reference(f"{path}.targetPort", port.get("targetPort"))
    if (protocol := port.get("appProtocol")) is not None:
        yield from named(f"{path}.appProtocol", protocol, names.qualified_name)


def check_affinity(spec: View) -> Iterator[FieldError]:
    affinity, config = spec.get("sessionAffinity") or "", spec.get("sessionAffinityConfig")
    yield from choice("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    path = "spec.sessionAffinityConfig"
    if affinity == "None" and config is not None:
        yield forbidden(path, "must not be set when session affinity is None")
    if affinity != "ClientIP":
        return
    seconds = get(config or {}, "clientIP.timeoutSeconds")
    at = f"{path}.clientIP.timeoutSeconds"
    if seconds is None:
        yield required(at, "when session affinity type is ClientIP")
    elif not 0 < seconds <= AFFINITY_LIMIT:
        yield invalid(at, seconds, f"must be greater than 0 and less than {AFFINITY_LIMIT}")


def check_balancer(service: View, spec: View) -> Iterator[FieldError]:
    """Fields of load balancers, which make no sense for other types."""
    balances = spec.get("type") == BALANCER
    yield from check_sources(service, spec, balances=balances)
    allocate = spec.get("allocateLoadBalancerNodePorts")
    if allocate is not None and not balances:
        yield forbidden("spec.allocateLoadBalancerNodePorts", ONLY_BALANCERS)
    elif allocate is None and balances:
        yield required("allocateLoadBalancerNodePorts")
    if (kind := spec.get("loadBalancerClass")) is None:
        return
    if balances:
        yield from named("spec.loadBalancerClass", kind, names.qualified_name)
    else:
        yield forbidden("spec.loadBalancerClass", ONLY_BALANCERS)


def check_sources(service: View, spec: View, *, balances: bool) -> Iterator[FieldError]:
    ranges = spec.get("loadBalancerSourceRanges") or ()
    annotation = (get(service, "metadata.annotations") or {}).get(SOURCE_RANGES)
    if ranges:
        path = "spec.LoadBalancerSourceRanges"
        if not balances:
            yield forbidden(path, ONLY_BALANCERS)
        for index, text in enumerate(ranges):
            yield from check_network(text.strip(), f"{path}[{index}]")
    elif annotation is not None:
        path = f"metadata.annotations[{SOURCE_RANGES}]"
        if not balances:
            yield forbidden(path, ONLY_BALANCERS)
        for text in annotation.strip().split(",") if annotation.strip() else ():
            yield from check_network(text.strip(), path)


def check_balancer_change(spec: View, before: View) -> Iterator[FieldError]:
    if not spec.get("type") == before.get("type") == BALANCER:
        return
    kind = spec.get("loadBalancerClass")
    if kind != before.get("loadBalancerClass"):
        yield invalid("spec.loadBalancerClass", kind, "may not change once set")
    port, earlier = spec.get("healthCheckNodePort"), before.get("healthCheckNodePort")
    if needs_health_port(spec) and needs_health_port(before) and port != earlier:
        yield forbidden("spec.healthCheckNodePort", "field is immutable")


def check_traffic(spec: View) -> Iterator[FieldError]:
    external = spec.get("externalTrafficPolicy") or ""
    at = "spec.externalTrafficPolicy"
    if is_external(spec):
        yield from choice(at, external, POLICIES)
    elif external:
        yield invalid(at, external, "may only be set for externally-accessible services")
    yield from check_health_port(spec)
    internal = spec.get("internalTrafficPolicy")
    at = "spec.internalTrafficPolicy"
    if internal is None:
        if spec.get("type") in ("NodePort", BALANCER, "ClusterIP"):
            yield required(at)
    elif internal not in POLICIES:
        yield not_supported(at, internal, POLICIES)
    spread = spec.get("trafficDistribution")
    if spread is not None and spread not in DISTRIBUTIONS:
        yield not_supported("spec.trafficDistribution", spread, DISTRIBUTIONS)


def check_health_port(spec: View) -> Iterator[FieldError]:
    port = spec.get("healthCheckNodePort") or 0
    if needs_health_port(spec):
        if not port:
            yield required("spec.healthCheckNodePort")
        else:
            yield from port_number("spec.healthCheckNodePort", port)
    elif port:
        yield invalid("spec.healthCheckNodePort", port, HEALTH_PORT)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    points = get(new, "status.loadBalancer.ingress") or ()
    path = "status.loadBalancer.ingress"
    if points and get(new, "spec.type") != BALANCER:
        yield forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    for index, point in enumerate(points):
        at, mode = f"{path}[{index}]", point.get("ipMode")
        yield from check_point(point, at)
        if mode is None:
            if point.get("ip"):
                yield required(f"{at}.ipMode", "must be specified when `ip` is set")
        elif not point.get("ip"):
            yield forbidden(f"{at}.ipMode", "may not be specified when `ip` is not set")
        elif mode not in ("Proxy", "VIP"):
            yield not_supported(f"{at}.ipMode", mode, ("Proxy", "VIP"))


def check_point(point: View, path: str) -> Iterator[FieldError]:
    """An ingress point of a load balancer; an Ingress has them too."""
    if point.get("ip"):
        yield from check_address(point["ip"], f"{path}.ip")
    if hostname := point.get("hostname"):
        yield from named(f"{path}.hostname", hostname, names.dns_subdomain)
        if not list(check_address(hostname, path)):
            yield invalid(f"{path}.hostname", hostname, "must be a DNS name, not an IP address")
