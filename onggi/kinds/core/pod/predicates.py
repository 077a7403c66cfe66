"""What everybody asks of a pod: is it ready, over, on its way out? Pure, and safe on any pod.

Controllers, scheduler, node and proxy decide by these, so that they can never disagree.
Source: ``k8s.io/kubernetes/pkg/api/v1/pod/util.go`` and ``pkg/controller/controller_utils.go``.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from onggi.api.objects import View, get, is_going

UNREACHABLE = "NodeLost"  # status.reason of a pod whose node is gone


def condition(pod: View, type: str) -> View | None:
    """The condition of ``status.conditions`` with this type."""
    conditions = get(pod, "status.conditions") or ()
    return next((c for c in conditions if c.get("type") == type), None)


def has_condition(pod: View, type: str, status: str = "True") -> bool:
    found = condition(pod, type)
    return found is not None and found.get("status") == status


def is_ready(pod: View) -> bool:
    """Condition Ready is True. (Serving endpoints also ask ``is_terminating``.)"""
    return has_condition(pod, "Ready")


def ready_since(pod: View) -> datetime | None:
    """When the pod became ready; None while it is not, or where nobody wrote the time down."""
    found = condition(pod, "Ready")
    if found is None or found.get("status") != "True" or not found.get("lastTransitionTime"):
        return None
    return datetime.fromisoformat(found["lastTransitionTime"])


def is_available(pod: View, min_ready_seconds: int, now: datetime) -> bool:
    """Ready for at least ``min_ready_seconds``."""
    if not is_ready(pod):
        return False
    if not min_ready_seconds:
        return True
    since = ready_since(pod)
    return since is not None and since + timedelta(seconds=min_ready_seconds) <= now


def available_at(pod: View, min_ready_seconds: int) -> datetime | None:
    """When a ready pod becomes available (maybe in the past); None while it is not ready."""
    since = ready_since(pod)
    return since + timedelta(seconds=min_ready_seconds) if since else None


def is_scheduled(pod: View) -> bool:
    """The pod has a node."""
    return bool(get(pod, "spec.nodeName"))


def is_terminating(pod: View) -> bool:
    """Deletion has begun; the pod may still be running and even serving."""
    return is_going(pod)


def is_finished(pod: View) -> bool:
    """Succeeded or Failed: no container of it will ever run again."""
    return get(pod, "status.phase") in ("Succeeded", "Failed")


def is_active(pod: View) -> bool:
    """Counts as a replica: neither finished nor on its way out."""
    return not is_finished(pod) and not is_terminating(pod)


def is_host_network(pod: View) -> bool:
    return bool(get(pod, "spec.hostNetwork"))


def is_sidecar(container: View) -> bool:
    """An init container that keeps running beside the others (``restartPolicy: Always``)."""
    return container.get("restartPolicy") == "Always"


def has_started(pod: View) -> bool:
    """Every ordinary container has started, as their startup probes say."""
    statuses = get(pod, "status.containerStatuses") or ()
    return bool(statuses) and all(s.get("started") for s in statuses)


def containers(pod: View) -> Iterator[View]:
    """Init, ordinary and ephemeral containers of a pod or of a pod template, in this order."""
    spec = pod.get("spec") or {}
    for field in ("initContainers", "containers", "ephemeralContainers"):
        yield from spec.get(field) or ()


def container_status(pod: View, name: str) -> View | None:
    """The status of any of the pod's containers."""
    status = pod.get("status") or {}
    for field in ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"):
        for found in status.get(field) or ():
            if found.get("name") == name:
                return found
    return None


def restarts(pod: View) -> int:
    """How often the ordinary containers and the sidecars have been started again."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    sidecars = {c["name"] for c in spec.get("initContainers") or () if is_sidecar(c)}
    counted = [s for s in status.get("initContainerStatuses") or () if s.get("name") in sidecars]
    counted += status.get("containerStatuses") or ()
    return sum(s.get("restartCount", 0) for s in counted)


def host_ports(pod: View) -> set[tuple[str, str, int]]:
    """Every (host IP, protocol, port) that the pod takes of its node.

    As the scheduler counts them: ordinary containers and sidecars; an empty address is 0.0.0.0.
    """
    spec = pod.get("spec") or {}
    takers = [c for c in spec.get("initContainers") or () if is_sidecar(c)]
    takers += spec.get("containers") or ()
    return {
        (port.get("hostIP") or "0.0.0.0", port.get("protocol") or "TCP", port["hostPort"])  # noqa: S104
        for container in takers
        for port in container.get("ports") or ()
        if port.get("hostPort")
    }
