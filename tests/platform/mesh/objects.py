"""Small Ingresses, and caches that hold them."""

from typing import Any

from onggi.api.objects import Object
from onggi.controller.cache import Caches
from onggi.kinds.core.service import SERVICE
from onggi.kinds.discovery.endpointslice import ENDPOINTSLICE
from onggi.kinds.networking.ingress import INGRESS
from onggi.kinds.networking.ingressclass import INGRESSCLASS
from tests.caching import caches_of

READS = (INGRESS, INGRESSCLASS, SERVICE, ENDPOINTSLICE)


def backend(service: str = "web", port: int | str = 80) -> Object:
    key = "number" if isinstance(port, int) else "name"
    return {"service": {"name": service, "port": {key: port}}}


def path(text: str = "/", service: str = "web", type: str = "Prefix", port: Any = 80) -> Object:
    return {"path": text, "pathType": type, "backend": backend(service, port)}


def ingress(name: str = "web", *rules: Object, created: int = 1, **spec: Any) -> Object:
    body: Object = {"ingressClassName": "onggi", **spec}
    if rules:
        body["rules"] = list(rules)
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "namespace": "default",
            "name": name,
            "uid": f"uid-{name}",
            "creationTimestamp": f"2026-01-01T00:00:{created:02}Z",
        },
        "spec": body,
    }


def rule(host: str = "", *paths: Object) -> Object:
    http = {"http": {"paths": list(paths or [path()])}}
    return {"host": host, **http} if host else http


def service(name: str = "web", **spec: Any) -> Object:
    ports = spec.pop("ports", [{"name": "http", "port": 80, "protocol": "TCP"}])
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": "default", "name": name, "uid": f"uid-{name}"},
        "spec": {"clusterIP": "10.96.0.7", "type": "ClusterIP", "ports": ports, **spec},
    }


def piece(name: str, *targets: tuple[str, int], **conditions: bool) -> Object:
    """An EndpointSlice: all targets on the port of the first."""
    members = [{"addresses": [ip], "conditions": conditions} for ip, _ in targets]
    port = targets[0][1] if targets else 8080
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "namespace": "default",
            "name": f"{name}-1",
            "labels": {"kubernetes.io/service-name": name},
        },
        "addressType": "IPv4",
        "endpoints": members,
        "ports": [{"name": "http", "port": port, "protocol": "TCP"}],
    }


def filled(*objects: Object) -> Caches:
    caches = caches_of(READS)
    kinds = {kind.name: kind for kind in READS}
    for obj in objects:
        caches.put(kinds[obj["kind"]], obj)
    return caches
