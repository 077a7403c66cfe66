"""Pods for tests: complete enough to be translated."""

from typing import Any

Pod = dict[str, Any]


def pod(container: Pod | None = None, **spec: Any) -> Pod:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "namespace": "shop",
            "uid": "0000-1111",
            "labels": {"app": "web", "tier": 'a"b'},
            "annotations": {"note": "x"},
        },
        "spec": {"containers": [{"name": "main", "image": "box", **(container or {})}], **spec},
    }


def main(of: Pod) -> Pod:
    return of["spec"]["containers"][0]


def service(name: str, namespace: str = "shop", **spec: Any) -> Pod:
    ports = [{"name": "http", "port": 80}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    return {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"clusterIP": "10.96.1.2", "ports": ports, **spec},
    }
