"""A Service's defaults, and what the server infers from the fields that hang together.

``clusterIP`` and ``clusterIPs``, node ports and types are one thing said twice or three times:
clients that know only one of them, or send again what they once sent, are understood.
Sources: ``pkg/apis/core/v1/defaults.go``, ``pkg/registry/core/service`` (strategy.go;
normalizeClusterIPs, patchAllocatedValues and initIPFamilyFields in ``storage``). The cluster
is single-stack IPv4. Addresses and ports are allocated after this.
"""

from typing import Any

from onggi.api.objects import Object, View, clone_value
from onggi.kinds.fill import fill_absent, fill_zero, items

EXTERNAL, BALANCER = "ExternalName", "LoadBalancer"
AFFINITY_SECONDS = 10800


def default(service: Object) -> None:
    spec = service.setdefault("spec", {})
    fill_zero(spec, {"sessionAffinity": "None", "type": "ClusterIP"})
    default_affinity(spec)
    for port in items(spec, "ports"):
        fill_zero(port, {"protocol": "TCP"})
        if port.get("port"):
            fill_zero(port, {"targetPort": port["port"]})
    if is_external(spec):
        fill_zero(spec, {"externalTrafficPolicy": "Cluster"})
    if spec["type"] != EXTERNAL:
        fill_absent(spec, {"internalTrafficPolicy": "Cluster"})
    if spec["type"] == BALANCER:
        fill_absent(spec, {"allocateLoadBalancerNodePorts": True})
    balancer = (service.get("status") or {}).get("loadBalancer") or {}
    for point in items(balancer, "ingress"):
        if spec["type"] == BALANCER and point.get("ip"):
            fill_absent(point, {"ipMode": "VIP"})


def default_affinity(spec: Object) -> None:
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        config = spec.get("sessionAffinityConfig") or {}
        if (config.get("clientIP") or {}).get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": AFFINITY_SECONDS}}


def prepare(service: Object, old: View | None) -> None:
    spec = service["spec"]
    if old is None:
        service["status"] = {"loadBalancer": {}}
        if spec.get("clusterIP") and not spec.get("clusterIPs"):
            spec["clusterIPs"] = [spec["clusterIP"]]
    else:
        before = old["spec"]
        keep_allocated(spec, before)
        settle_addresses(spec, before)
        drop_unneeded(spec, before)
        if spec.get("type") != BALANCER:
            service["status"] = {**(service.get("status") or {}), "loadBalancer": {}}
    choose_families(spec)


def keep_allocated(spec: Object, before: View) -> None:
    """What the server gave once stays, where the client leaves it out."""
    if needs_address(before) and needs_address(spec):
        for field in ("clusterIP", "clusterIPs"):
            if not spec.get(field) and before.get(field):
                spec[field] = clone_value(before[field])
    if needs_node_port(before) and needs_node_port(spec):
        keep_node_ports(spec, before)
    if needs_health_port(before) and needs_health_port(spec) and before.get("healthCheckNodePort"):
        fill_zero(spec, {"healthCheckNodePort": before["healthCheckNodePort"]})


def keep_node_ports(spec: Object, before: View) -> None:
    """By the ports' names, unless another port has taken the number."""
    taken = node_ports(before) & node_ports(spec)
    by_name = {port.get("name", ""): port.get("nodePort") for port in before.get("ports") or ()}
    for port in items(spec, "ports"):
        number = by_name.get(port.get("name", ""))
        if not port.get("nodePort") and number and number not in taken:
            port["nodePort"] = number


def settle_addresses(spec: Object, before: View) -> None:
    """A client that changes only ``clusterIP`` means ``clusterIPs`` too."""
    one, many = spec.get("clusterIP") or "", spec.get("clusterIPs") or []
    old_one, old_many = before.get("clusterIP") or "", before.get("clusterIPs") or []
    if old_many and not many and one == old_one:
        spec["clusterIPs"] = list(old_many)
    if one == old_one or many != old_many:
        return
    if one:
        spec["clusterIPs"] = [one]
    else:
        spec.pop("clusterIPs", None)


def drop_unneeded(spec: Object, before: View) -> None:
    """What a new type has no use for goes, unless the client changed it as well."""
    if needs_address(before) and not needs_address(spec):
        drop_addresses(spec, before)
    released = needs_node_port(before) and not needs_node_port(spec)
    if released and node_ports(spec) <= node_ports(before):
        for port in items(spec, "ports"):
            port.pop("nodePort", None)
    if needs_health_port(before) and not needs_health_port(spec):
        drop_same(spec, before, "healthCheckNodePort")
    if before.get("type") == BALANCER != spec.get("type"):
        drop_same(spec, before, "allocateLoadBalancerNodePorts")
        drop_same(spec, before, "loadBalancerClass")
    if is_external(before) and not is_external(spec):
        drop_same(spec, before, "externalTrafficPolicy")


def drop_addresses(spec: Object, before: View) -> None:
    if all(spec.get(f) == before.get(f) for f in ("clusterIP", "clusterIPs")):
        spec.pop("clusterIP", None)
        spec.pop("clusterIPs", None)
    drop_same(spec, before, "ipFamilies")
    drop_same(spec, before, "ipFamilyPolicy")


def drop_same(spec: Object, before: View, field: str) -> None:
    if spec.get(field) == before.get(field):
        spec.pop(field, None)


def choose_families(spec: Object) -> None:
    """One family is all there is; headless without a selector is left to its endpoints."""
    if not needs_address(spec):
        return
    if is_headless(spec) and not spec.get("selector"):
        fill_absent(spec, {"ipFamilyPolicy": "RequireDualStack"})
        fill_zero(spec, {"ipFamilies": ["IPv4"]})
        if spec["ipFamilyPolicy"] != "SingleStack" and len(spec["ipFamilies"]) == 1:
            other = "IPv6" if spec["ipFamilies"] == ["IPv4"] else "IPv4"
            spec["ipFamilies"].append(other)
        return
    fill_absent(spec, {"ipFamilyPolicy": "SingleStack"})
    fill_zero(spec, {"ipFamilies": ["IPv4"]})


def needs_address(spec: View) -> bool:
    return spec.get("type") != EXTERNAL


def needs_node_port(spec: View) -> bool:
    return spec.get("type") in ("NodePort", BALANCER)


def needs_health_port(spec: View) -> bool:
    return spec.get("type") == BALANCER and spec.get("externalTrafficPolicy") == "Local"


def is_headless(spec: View) -> bool:
    return list(spec.get("clusterIPs") or ()) == ["None"]


def is_external(spec: View) -> bool:
    """Reachable from outside of the cluster (``ExternallyAccessible``)."""
    if needs_node_port(spec):
        return True
    return spec.get("type") == "ClusterIP" and bool(spec.get("externalIPs"))


def node_ports(spec: View) -> set[Any]:
    return {port["nodePort"] for port in spec.get("ports") or () if port.get("nodePort")}
