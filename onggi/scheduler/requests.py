"""How much of a node a pod asks for. Pure.

Source: ``k8s.io/component-helpers/resource/helpers.go`` (PodRequests): containers and
sidecars add up, an init container counts at its own moment (with the sidecars that run by
then), the larger of the two holds; pod-level requests replace the sum; overhead is added.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from onggi.api.objects import View
from onggi.api.quantity import parse
from onggi.kinds.core.pod.predicates import is_sidecar

Amounts = Mapping[str, int]
LITTLE_CPU, LITTLE_MEMORY = 100, 200 << 20  # k8s.io/kubernetes/pkg/scheduler/util: defaults
POD_LEVEL = ("cpu", "memory")


def amounts(quantities: Mapping[str, Any]) -> dict[str, int]:
    """Whole numbers: cpu in thousandths, the rest in its own unit, rounded up."""
    return {
        name: parse(str(quantity)).milli() if name == "cpu" else parse(str(quantity)).value()
        for name, quantity in quantities.items()
    }


def pod_requests(spec: View) -> dict[str, int]:
    total = with_pod_level(spec, over_containers(spec, container_requests))
    return {name: amount for name, amount in total.items() if amount}


def scoring_requests(spec: View) -> tuple[int, int]:
    """(milli-cpu, bytes) with a little for each container that asks for nothing."""
    total = with_pod_level(spec, over_containers(spec, container_or_little))
    return total["cpu"], total["memory"]


def with_pod_level(spec: View, total: Counter[str]) -> Counter[str]:
    for name, amount in container_requests(spec).items():
        if name in POD_LEVEL or name.startswith("hugepages-"):
            total[name] = amount
    total.update(amounts(spec.get("overhead") or {}))
    return total


def over_containers(spec: View, of: Callable[[View], Amounts]) -> Counter[str]:
    """Sum and maximum as a pod's containers run: the most that is asked for at any time."""
    running: Counter[str] = Counter()
    peak: Counter[str] = Counter()
    for container in spec.get("initContainers") or ():
        if is_sidecar(container):
            running.update(of(container))
            peak |= running
        else:
            peak |= running + Counter(of(container))
    for container in spec.get("containers") or ():
        running.update(of(container))
    return peak | running


def container_requests(holder: View) -> Amounts:
    """The requests of a container, or of the pod itself."""
    return amounts((holder.get("resources") or {}).get("requests") or {})


def container_or_little(container: View) -> Amounts:
    return {"cpu": LITTLE_CPU, "memory": LITTLE_MEMORY} | dict(container_requests(container))
