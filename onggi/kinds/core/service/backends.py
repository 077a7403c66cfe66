"""Which pods stand behind a Service, on which ports: what Endpoints and EndpointSlices share.

Sources: ``k8s.io/endpointslice/util``, ``pkg/api/v1/pod`` (FindPort),
``pkg/controller/endpoint/trigger_time_tracker.go``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from onggi.api.objects import Object, View, get
from onggi.api.plan import Wake, World
from onggi.api.times import parse, stamp
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import condition, is_finished, is_sidecar, is_terminating
from onggi.kinds.core.service.kind import SERVICE

HEADLESS = "service.kubernetes.io/headless"
TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time"


def has_backends(service: View) -> bool:
    """Its endpoints are ours to write: others are written by hand, or there are none."""
    spec = service["spec"]
    return spec.get("selector") is not None and spec.get("type") != "ExternalName"


def is_headless(service: View) -> bool:
    return get(service, "spec.clusterIP") in (None, "", "None")


def publishes_all(service: View) -> bool:
    """Pods that are not ready count too."""
    return bool(get(service, "spec.publishNotReadyAddresses"))


def pods_behind(service: View, world: World) -> Sequence[View]:
    """Every pod that the selector means, whatever its state."""
    meta = service["metadata"]
    return world.select(POD, meta["namespace"], service["spec"]["selector"])


def may_serve(pod: View, *, terminating: bool) -> bool:
    """Has an address and is not over; ``terminating`` pods count if wanted."""
    has_address = get(pod, "status.podIP") or get(pod, "status.podIPs")
    return bool(has_address) and not is_finished(pod) and (terminating or not is_terminating(pod))


def addresses(pod: View) -> list[str]:
    ips = [entry["ip"] for entry in get(pod, "status.podIPs") or ()]
    return ips or [ip for ip in [get(pod, "status.podIP")] if ip]


def ports(service: View, pod: View) -> list[Object]:
    """The Service's ports as this pod serves them; a named one that it lacks is left out."""
    found = []
    for port in get(service, "spec.ports") or ():
        number = target_port(port, pod)
        if number:
            entry = {"name": port.get("name", ""), "port": number}
            entry["protocol"] = port.get("protocol", "TCP")
            if port.get("appProtocol"):
                entry["appProtocol"] = port["appProtocol"]
            found.append(entry)
    return found


def target_port(port: View, pod: View) -> int | None:
    """The number behind ``targetPort``, which may be a container port's name."""
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    sidecars = [c for c in get(pod, "spec.initContainers") or () if is_sidecar(c)]
    for container in [*(get(pod, "spec.containers") or ()), *sidecars]:
        for offered in container.get("ports") or ():
            same_protocol = offered.get("protocol", "TCP") == port.get("protocol", "TCP")
            if offered.get("name") == target and same_protocol:
                return offered["containerPort"]
    return None


def reference(pod: View) -> Object:
    """``targetRef``."""
    meta = pod["metadata"]
    return {
        "kind": "Pod",
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
    }


def hostname(pod: View, service: View) -> str | None:
    """Its DNS name under a headless Service, if it has one there."""
    spec = pod["spec"]
    own = spec.get("hostname") and spec.get("subdomain") == service["metadata"]["name"]
    return spec["hostname"] if own else None


def trigger_time(service: View, pods: Iterable[View], before: View | None) -> str | None:
    """When the change began that is being published, for latency measurements.

    The earliest change of readiness since the one that ``before``'s annotation tells (the
    latest, where it tells none), or the Service's creation. Upstream keeps the times in memory.
    """
    if before is None:
        return get(service, "metadata.creationTimestamp")
    known = (get(before, "metadata.annotations") or {}).get(TRIGGER_TIME)
    since = parse(known or get(service, "metadata.creationTimestamp"))
    changes = [at for pod in pods if (at := readiness_changed(pod)) and at > since]
    if not changes:
        return None
    return stamp(min(changes) if known else max(changes))


def readiness_changed(pod: View) -> datetime | None:
    found = condition(pod, "Ready")
    text = found and found.get("lastTransitionTime")
    return parse(text) if text else None


def serving(changed: View, world: World) -> list[Wake]:
    """A Map: the Services whose selector means a pod."""
    labels = get(changed, "metadata.labels") or {}
    namespace = changed["metadata"]["namespace"]
    return [
        (namespace, service["metadata"]["name"])
        for service in world.all(SERVICE, namespace)
        if has_backends(service) and service["spec"]["selector"].items() <= labels.items()
    ]
