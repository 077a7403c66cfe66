"""What one object counts for in a quota. Pure.

    usage("pods", pod)["requests.cpu"]       charged(quota, "pods", pod)
    tracked("count/deployments.apps") == "deployments.apps"

Sources: ``pkg/quota/v1/evaluator/core/{pods,services,persistent_volume_claims,registry}.go``,
``k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api import quantity, times
from onggi.api.objects import View, get
from onggi.api.quantity import Quantity
from onggi.kinds.core.pod.resources import HUGE_PAGES, Resources, amounts, limits, requests
from onggi.kinds.core.pod.rules.resources import is_extended, is_native
from onggi.kinds.core.resourcequota.scopes import matches, selectors

ONE, NOTHING = quantity.of(1), quantity.of(0)
COUNT = "count/"
COMPUTE = ("cpu", "memory", "ephemeral-storage")
OF_PODS = {
    "pods", *COMPUTE, *(f"requests.{name}" for name in COMPUTE),
    *(f"limits.{name}" for name in COMPUTE),
}  # fmt: skip
OF_SERVICES = {"services", "services.nodeports", "services.loadbalancers"}
OF_CLAIMS = ("persistentvolumeclaims", "requests.storage")
BY_CLASS = ".storageclass.storage.k8s.io/"
OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
COUNTED = {"configmaps", "resourcequotas", "replicationcontrollers", "secrets"}
NEVER_COUNTED = {"events", "events.events.k8s.io"}
OVER = ("Failed", "Succeeded")
# A quota on these asks every container to state them: a mistake that upstream keeps.
STATED = {"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"}


class Quota(NamedTuple):
    """A ResourceQuota, read once; ``names`` in ``hard`` by the resource that counts for them."""

    name: str
    hard: Resources
    selectors: list[View]
    names: Mapping[str, frozenset[str]]


def quota_of(obj: View) -> Quota:
    hard = amounts(get(obj, "spec.hard"))
    names = {resource: frozenset(n for n in hard if tracked(n) == resource)
             for resource in {tracked(name) for name in hard} - {""}}  # fmt: skip
    return Quota(obj["metadata"]["name"], hard, selectors(obj), names)


def tracked(name: str) -> str:
    """Whose objects count for this name in ``hard``; empty where nothing does."""
    if name.startswith(COUNT):
        resource = name.removeprefix(COUNT)
        return "" if resource in NEVER_COUNTED else resource
    if name in COUNTED:
        return name
    if name in OF_SERVICES:
        return "services"
    if name in OF_CLAIMS or name.partition(BY_CLASS)[2] in OF_CLAIMS:
        return "persistentvolumeclaims"
    huge = name.startswith((HUGE_PAGES, f"requests.{HUGE_PAGES}"))
    device = name.startswith("requests.") and not is_native(name)
    return "pods" if name in OF_PODS or huge or device else ""


def charged(quota: Quota, resource: str, obj: View, over: bool = False) -> Resources:
    """What the object takes from the quota; ``over``: a pod whose time to end is past."""
    names = quota.names.get(resource)
    if not names or not matches(quota.selectors, resource, obj):
        return {}
    return {name: used for name, used in usage(resource, obj, over).items() if name in names}


def usage(resource: str, obj: View, over: bool = False) -> Resources:
    found: Resources = {COUNT + resource: ONE}
    match resource:
        case "pods":
            found |= {} if over or is_over(obj) else of_pod(obj)
        case "services":
            found |= of_service(obj)
        case "persistentvolumeclaims":
            found |= of_claim(obj)
        case name if name in COUNTED:
            found[name] = ONE
    return found


def is_over(pod: View) -> bool:
    return get(pod, "status.phase") in OVER


def ends(pod: View) -> datetime | None:
    """When a pod that is being deleted counts no more, should nobody take it away."""
    meta = pod["metadata"]
    at, grace = meta.get("deletionTimestamp"), meta.get("deletionGracePeriodSeconds")
    if at is None or grace is None:
        return None
    return times.parse(at) + timedelta(seconds=grace)


def of_pod(pod: View) -> Resources:
    return {"pods": ONE, **compute(requests(pod), limits(pod))}


def compute(requests: Mapping[str, Quantity], limits: Mapping[str, Quantity]) -> Resources:
    found: Resources = {}
    for name, amount in requests.items():
        if name in COMPUTE or name.startswith(HUGE_PAGES):
            found[name] = found[f"requests.{name}"] = amount
        elif is_extended(name):
            found[f"requests.{name}"] = amount
    for name in COMPUTE:
        if name in limits:
            found[f"limits.{name}"] = limits[name]
    return found


def of_service(service: View) -> Resources:
    spec = service.get("spec") or {}
    type, ports = spec.get("type"), spec.get("ports") or ()
    balanced = type == "LoadBalancer"
    if balanced and spec.get("allocateLoadBalancerNodePorts") is False:
        ports = [port for port in ports if port.get("nodePort")]
    opened = len(ports) if balanced or type == "NodePort" else 0
    return {
        "services": ONE,
        "services.nodeports": quantity.of(opened),
        "services.loadbalancers": ONE if balanced else NOTHING,
    }


def of_claim(claim: View) -> Resources:
    found = {"persistentvolumeclaims": ONE}
    asked = amounts(get(claim, "spec.resources.requests")).get("storage")
    if asked is not None:
        whole = quantity.of(asked.value(), asked.format)
        found["requests.storage"] = asked if whole == asked else whole
    annotations = get(claim, "metadata.annotations") or {}
    chosen = annotations.get(OLD_CLASS, get(claim, "spec.storageClassName"))
    if chosen:
        found |= {f"{chosen}{BY_CLASS}{name}": amount for name, amount in found.items()}
    return found


def unstated(names: Iterable[str], pod: View) -> str:
    """``limits.cpu for: a,b; limits.memory for: a``: what a quota wants containers to state."""
    wanted = STATED.intersection(names)
    if not wanted or get(pod, "spec.resources.requests") or get(pod, "spec.resources.limits"):
        return ""
    missing: dict[str, set[str]] = {}
    for container in holders(pod):
        stated = compute(
            amounts(get(container, "resources.requests")),
            amounts(get(container, "resources.limits")),
        )
        for name in wanted - {*stated}:
            missing.setdefault(name, set()).add(container.get("name") or "")
    return "; ".join(
        sorted(f"{name} for: {','.join(sorted(where))}" for name, where in missing.items())
    )


def holders(pod: View) -> list[View]:
    spec = pod.get("spec") or {}
    return [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
