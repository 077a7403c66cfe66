"""The five conditions of a pod that its node decides. Pure.

Source: ``pkg/kubelet/status/generate.go``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from onggi.api.conditions import in_list
from onggi.api.gotext import quote
from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.restart import init_containers, main_containers, sidecars

OWNED = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def fact(type: str, status: bool, reason: str = "", message: str = "") -> Object:
    shown: Object = {"type": type, "status": str(status), "reason": reason, "message": message}
    return {key: value for key, value in shown.items() if value}


def listed(problem: str, names: Sequence[str]) -> list[str]:
    """As Go prints a slice of strings."""
    return [f"containers with {problem} status: [{' '.join(names)}]"] if names else []


def by_name(shown: Iterable[View]) -> dict[str, View]:
    return {status["name"]: status for status in shown}


def containers_ready(pod: View, status: View) -> Object:
    known = by_name((*status["initContainerStatuses"], *status["containerStatuses"]))
    names = [c["name"] for c in (*sidecars(pod), *main_containers(pod))]
    unknown = [name for name in names if name not in known]
    unready = [name for name in names if name in known and not known[name]["ready"]]
    if status["phase"] == "Succeeded" and not unknown:
        return fact("ContainersReady", False, "PodCompleted")
    if status["phase"] == "Failed":
        return fact("ContainersReady", False, "PodFailed")
    message = ", ".join((*listed("unknown", unknown), *listed("unready", unready)))
    if message:
        return fact("ContainersReady", False, "ContainersNotReady", message)
    return fact("ContainersReady", True)


def ready(pod: View, inside: View) -> Object:
    """The containers are ready, and so says every readiness gate."""
    if inside["status"] != "True":
        return {**inside, "type": "Ready"}
    problems = []
    for gate in get(pod, "spec.readinessGates") or ():
        type = gate["conditionType"]
        found = in_list(get(pod, "status.conditions") or (), type)
        if found is None:
            problems.append(
                f"corresponding condition of pod readiness gate {quote(type)} does not exist."
            )
        elif found["status"] != "True":
            problems.append(
                f"the status of pod readiness gate {quote(type)} is not "
                f'"True", but {found["status"]}'
            )
    if problems:
        return fact("Ready", False, "ReadinessGatesNotReady", ", ".join(problems))
    return fact("Ready", True)


def initialized(pod: View, status: View) -> Object:
    known = by_name(status["initContainerStatuses"])
    specs = init_containers(pod)
    unknown = [c["name"] for c in specs if c["name"] not in known]
    incomplete = [
        c["name"] for c in specs if c["name"] in known and not is_complete(c, known[c["name"]])
    ]
    if status["phase"] == "Succeeded" and not unknown:
        return fact("Initialized", True, "PodCompleted")
    if any(has_run(each) for each in status["containerStatuses"]):
        return fact("Initialized", True)
    message = ", ".join((*listed("unknown", unknown), *listed("incomplete", incomplete)))
    if message:
        return fact("Initialized", False, "ContainersNotInitialized", message)
    return fact("Initialized", True)


def is_complete(spec: View, status: View) -> bool:
    return bool(status["started"] if is_sidecar(spec) else status["ready"])


def has_run(status: View) -> bool:
    state = status["state"]
    return bool(state.get("running") or state.get("terminated")) or bool(status["lastState"])


def conditions(pod: View, status: View, old: View, now: datetime) -> list[Object]:
    """Everybody else's as the API has them, then the node's own, all but whether there is a
    sandbox, which ``status`` brings along. ``old`` is the node's last status."""
    inside = containers_ready(pod, status)
    facts = (
        *status["conditions"],
        initialized(pod, status),
        ready(pod, inside),
        inside,
        fact("PodScheduled", True),
    )
    before = get(pod, "status.conditions") or ()
    others = [dict(c) for c in before if c.get("type") not in OWNED]
    generation = get(pod, "metadata.generation")
    observed = {"observedGeneration": generation} if generation else {}
    return [*others, *({**dated(old, each, now), **observed} for each in facts)]


def dated(old: View, new: View, now: datetime) -> Object:
    """The time of the last change of status stays."""
    before = in_list(old.get("conditions") or (), new["type"])
    same = before is not None and before.get("status") == new["status"]
    since = before.get("lastTransitionTime") if before and same else None
    return {**new, "lastProbeTime": None, "lastTransitionTime": since or stamp(now)}
