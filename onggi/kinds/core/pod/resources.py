"""What a pod asks of its node, and the quality of service that follows from it. Pure.

    requests(pod)["cpu"].milli()       requests(pod).get("memory", ZERO).value()
    limits(pod)                        qos(pod) == "Burstable"

Sources: ``k8s.io/component-helpers/resource/helpers.go``, ``pkg/apis/core/helper/qos/qos.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.api import quantity
from onggi.api.objects import View, get
from onggi.api.quantity import Quantity
from onggi.kinds.core.pod.predicates import is_sidecar

Resources = dict[str, Quantity]

ZERO = quantity.of(0)
QOS_RESOURCES = ("cpu", "memory")
HUGE_PAGES = "hugepages-"


def amounts(table: Mapping[str, Any] | None) -> Resources:
    """The quantities of a JSON resource list. Raises QuantityError where one is none."""
    return {name: quantity.parse(quantity.spelled(text)) for name, text in (table or {}).items()}


def container_requests(container: View) -> Resources:
    return amounts(get(container, "resources.requests"))


def container_limits(container: View) -> Resources:
    return amounts(get(container, "resources.limits"))


def requests(pod: View) -> Resources:
    """What the scheduler reserves: containers, sidecars, the greatest init step, overhead."""
    total = aggregate(pod, container_requests)
    total |= pod_level(pod, "requests")
    add(total, amounts(get(pod, "spec.overhead")))
    return total


def limits(pod: View) -> Resources:
    """What the pod may use at most; overhead is added where there is a limit."""
    total = aggregate(pod, container_limits)
    total |= pod_level(pod, "limits")
    overhead = amounts(get(pod, "spec.overhead"))
    add(total, {name: amount for name, amount in overhead.items() if total.get(name)})
    return total


def pod_level(pod: View, side: str) -> Resources:
    """``spec.resources``: wins over the containers' sum for the resources that it may name."""
    stated = amounts(get(pod, f"spec.resources.{side}"))
    return {name: amount for name, amount in stated.items() if is_pod_level(name)}


def is_pod_level(name: str) -> bool:
    return name in QOS_RESOURCES or name.startswith(HUGE_PAGES)


def aggregate(pod: View, of: Callable[[View], Resources]) -> Resources:
    """Everything that runs at once: the sum of containers and sidecars, or the greatest
    init step (that container and the sidecars before it), whichever is more."""
    spec = pod.get("spec") or {}
    total: Resources = {}
    for container in spec.get("containers") or ():
        add(total, of(container))
    sidecars: Resources = {}
    peak: Resources = {}
    for container in spec.get("initContainers") or ():
        step = of(container)
        if is_sidecar(container):
            add(total, step)
            add(sidecars, step)
            step = sidecars
        else:
            add(step, sidecars)
        raise_to(peak, step)
    raise_to(total, peak)
    return total


def add(total: Resources, more: Resources) -> None:
    for name, amount in more.items():
        total[name] = total[name] + amount if name in total else amount


def raise_to(total: Resources, floor: Resources) -> None:
    for name, amount in floor.items():
        if name not in total or total[name] < amount:
            total[name] = amount


def qos(pod: View) -> str:
    """Guaranteed, Burstable or BestEffort, from the spec (as at creation)."""
    if get(pod, "spec.resources.requests") or get(pod, "spec.resources.limits"):
        parts = [get(pod, "spec.resources")]
    else:
        spec = pod.get("spec") or {}
        holders = [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
        parts = [holder.get("resources") or {} for holder in holders]
    asked: Resources = {}
    allowed: Resources = {}
    guaranteed = True
    for part in parts:
        bounds = counted(part.get("limits"))
        guaranteed &= len(bounds) == len(QOS_RESOURCES)
        add(asked, counted(part.get("requests")))
        add(allowed, bounds)
    if not asked and not allowed:
        return "BestEffort"
    return "Guaranteed" if guaranteed and asked == allowed else "Burstable"


def counted(table: Mapping[str, Any] | None) -> Resources:
    """The part of a resource list that decides the class."""
    return {
        name: amount
        for name, amount in amounts(table).items()
        if name in QOS_RESOURCES and amount > ZERO
    }
