"""Small Services and EndpointSlices for the proxy's tests."""

from typing import Any

from onggi.api.objects import Object


def service(name: str = "web", ip: str = "10.96.0.7", ports: Any = None, **spec: Any) -> Object:
    meta = {"namespace": "default", "name": name, "uid": f"uid-{name}"}
    status = spec.pop("status", {})
    ports = ports or [{"port": 80, "protocol": "TCP"}]
    body = {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ports": ports, **spec}
    return {
        "apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": body, "status": status,
    }  # fmt: skip


def endpoint(ip: str, **more: Any) -> Object:
    """``ready``, ``serving``, ``terminating`` are conditions; ``hostname``, ``node`` as named."""
    conditions = {k: more[k] for k in ("ready", "serving", "terminating") if k in more}
    made: Object = {"addresses": [ip], "conditions": conditions, "nodeName": more.get("node", "me")}
    if "hostname" in more:
        made["hostname"] = more["hostname"]
    return made


def endpoints(*members: Object, service: str = "web", ports: Any = None, name: str = "") -> Object:
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "namespace": "default",
            "name": name or f"{service}-1",
            "labels": {"kubernetes.io/service-name": service},
        },
        "addressType": "IPv4",
        "endpoints": list(members),
        "ports": ports or [{"name": "", "port": 8080, "protocol": "TCP"}],
    }
