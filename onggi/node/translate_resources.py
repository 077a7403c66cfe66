"""Requests and limits as the kernel's figures. Pure.

Sources: ``pkg/kubelet/kuberuntime/kuberuntime_container_linux.go`` and
``kuberuntime_sandbox_linux.go``, ``pkg/kubelet/cm/helpers_linux.go`` (shares, quota),
``pkg/kubelet/qos/policy.go`` (oom_score_adj).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onggi.api.objects import View, get
from onggi.api.quantity import parse, spelled
from onggi.kinds.core.pod import resources
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.configs import Resources

PERIOD = 100_000  # microseconds, CFS
MIN_QUOTA = 1_000
MIN_SHARES, MAX_SHARES, SHARES_PER_CPU = 2, 262_144, 1024
GUARANTEED, BEST_EFFORT = -997, 1000
SYSTEM_CRITICAL = 2_000_000_000  # priority from which a pod is critical to the node
COUNTED = ("cpu", "memory")

Amounts = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What bounds the figures. ``unified`` says that the machine has cgroup v2 alone."""

    memory: int
    unified: bool = False


def amounts(quantities: Mapping[str, Any] | None) -> dict[str, int]:
    """What is set of cpu (thousandths) and memory (bytes)."""
    found = {name: parse(spelled(q)) for name, q in (quantities or {}).items() if name in COUNTED}
    return {name: q.milli() if name == "cpu" else q.value() for name, q in found.items()}


def demanded(container: View, kind: str) -> dict[str, int]:
    """``requests`` or ``limits`` of one container."""
    return amounts(get(container, "resources", {}).get(kind))


def shares(milli: int) -> int:
    """CPU shares of cgroup v1; runc converts them to a weight for v2."""
    return max(MIN_SHARES, min(MAX_SHARES, milli * SHARES_PER_CPU // 1000))


def quota(milli: int) -> int:
    """Microseconds in each period; 0 is no limit."""
    return max(MIN_QUOTA, milli * PERIOD // 1000) if milli else 0


def figures(requests: Amounts, limits: Amounts) -> Resources:
    """Shares fall back to the CPU limit where nothing is requested."""
    return Resources(
        cpu_period=PERIOD,
        cpu_quota=quota(limits.get("cpu", 0)),
        cpu_shares=shares(requests.get("cpu", limits.get("cpu", 0))),
        memory_limit=limits.get("memory", 0),
    )


def container_resources(pod: View, container: View, machine: Machine) -> Resources:
    """One container's limits; pod-level limits hold where it has none of its own."""
    limits = of_pod(pod, "limits") | demanded(container, "limits")
    score = oom_score(pod, container, machine)
    unified = {"memory.oom.group": "1"} if machine.unified else {}
    found = figures(demanded(container, "requests"), limits)
    return replace(found, oom_score_adj=score, unified=unified)


def of_pod(pod: View, kind: str) -> dict[str, int]:
    return amounts(get(pod, f"spec.resources.{kind}"))


def oom_score(pod: View, container: View, machine: Machine) -> int:
    """Whom the kernel kills first: containers that use more than they asked for."""
    if (get(pod, "spec.priority") or 0) >= SYSTEM_CRITICAL:
        return GUARANTEED
    match qos(pod):
        case "Guaranteed":
            return GUARANTEED
        case "BestEffort":
            return BEST_EFFORT
    requested = memory_request(pod, container)
    score = 1000 - (1000 * requested) // max(machine.memory, 1)
    return max(1000 + GUARANTEED, min(score, BEST_EFFORT - 1))


def memory_request(pod: View, container: View) -> int:
    """A sidecar is not killed before the containers that need it: the least they ask for."""
    asked = demanded(container, "requests").get("memory", 0)
    if not is_sidecar(container):
        return asked
    others = get(pod, "spec.containers") or ()
    return max(asked, min((demanded(c, "requests").get("memory", 0) for c in others), default=0))


def qos(pod: View) -> str:
    """The class that the API server wrote at creation, or what follows from the spec."""
    return get(pod, "status.qosClass") or resources.qos(pod)


def pod_resources(pod: View) -> Resources:
    """The sum over a pod, which bounds its cgroup; a limit only where every container has one.

    Source: ResourceConfigForPod in ``pkg/kubelet/cm/helpers_linux.go``.
    """
    counted, overhead = counted_containers(pod), amounts(get(pod, "spec.overhead"))
    limits = total([demanded(c, "limits") for c in counted], only_if_all=True)
    requests = total([demanded(c, "requests") for c in counted], only_if_all=False)
    limits |= of_pod(pod, "limits")
    requests |= of_pod(pod, "requests")
    return figures(
        {name: requests.get(name, 0) + overhead.get(name, 0) for name in COUNTED},
        {name: limit + overhead.get(name, 0) for name, limit in limits.items()},
    )


def counted_containers(pod: View) -> list[View]:
    """Those that run together: sidecars and ordinary containers."""
    spec = pod.get("spec") or {}
    sidecars = [c for c in spec.get("initContainers") or () if is_sidecar(c)]
    return sidecars + list(spec.get("containers") or ())


def total(demands: Sequence[Amounts], *, only_if_all: bool) -> dict[str, int]:
    having = {name: [d[name] for d in demands if d.get(name)] for name in COUNTED}
    return {
        name: sum(found)
        for name, found in having.items()
        if found and (len(found) == len(demands) or not only_if_all)
    }
