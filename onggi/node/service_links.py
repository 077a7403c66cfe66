"""The variables by which a pod finds services (``REDIS_SERVICE_HOST``…). Pure.

Source: ``pkg/kubelet/envvars/envvars.go`` and getServiceEnvVarMap in ``kubelet_pods.go``.
"""

from collections.abc import Iterable

from onggi.api.objects import View, get

Variables = dict[str, str]


def service_links(services: Iterable[View], namespace: str, *, enabled: bool) -> Variables:
    """Of the services in the pod's namespace, if enabled; of ``default/kubernetes`` always."""
    chosen: dict[str, View] = {}
    for service in services:
        name, place = service["metadata"]["name"], service["metadata"].get("namespace", "")
        if get(service, "spec.clusterIP") in (None, "", "None"):
            continue
        if place == "default" and name == "kubernetes":
            chosen.setdefault(name, service)
        elif place == namespace and enabled:
            chosen[name] = service
    return {k: v for name in sorted(chosen) for k, v in variables(chosen[name]).items()}


def variables(service: View) -> Variables:
    name = variable_name(service["metadata"]["name"])
    address, ports = service["spec"]["clusterIP"], service["spec"].get("ports") or ()
    found = {f"{name}_SERVICE_HOST": address}
    if ports:
        found[f"{name}_SERVICE_PORT"] = str(ports[0]["port"])
        found[f"{name}_PORT"] = url(address, ports[0])
    for port in ports:
        if port.get("name"):
            found[f"{name}_SERVICE_PORT_{variable_name(port['name'])}"] = str(port["port"])
        found |= docker_links(name, address, port)
    return found


def docker_links(name: str, address: str, port: View) -> Variables:
    protocol = port.get("protocol") or "TCP"
    prefix = f"{name}_PORT_{port['port']}_{protocol.upper()}"
    return {
        prefix: url(address, port),
        f"{prefix}_PROTO": protocol.lower(),
        f"{prefix}_PORT": str(port["port"]),
        f"{prefix}_ADDR": address,
    }


def url(address: str, port: View) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{(port.get('protocol') or 'TCP').lower()}://{host}:{port['port']}"


def variable_name(name: str) -> str:
    return name.replace("-", "_").upper()
