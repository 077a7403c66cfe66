"""A pod's status, as upstream's kubelet would write it. Pure.

Source: generateAPIPodStatus and getPhase (``pkg/kubelet/kubelet_pods.go``), mergePodStatus and
TerminatePod (``pkg/kubelet/status/status_manager.go``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onggi.api.objects import Object, View, clone_value, get
from onggi.api.times import stamp
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.kinds.core.pod.resources import qos
from onggi.node.container_status import LOST_WHEN_TERMINATED, Reporting, lost, statuses
from onggi.node.memory import Waiting
from onggi.node.pod_conditions import conditions, fact
from onggi.node.restart import (
    ephemeral_containers,
    init_containers,
    main_containers,
    pod_policy,
)
from onggi.node.sandboxes import sandbox_needed
from onggi.node.situation import TERMINAL, Situation

LISTS = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
OVERDUE = "Pod was active on the node longer than the specified deadline"


@dataclass(frozen=True)
class Place:
    """``over`` says that nothing of the pod runs or will run: it is being wound down."""

    host_ips: Sequence[str]
    waiting: Mapping[str, Waiting]
    over: bool = False


def pod_status(s: Situation, place: Place) -> Object:
    """The new status, based on the last one that we made or found."""
    old = s.memory.status or get(s.pod, "status") or {}
    status = container_lists(s, old, place)
    if place.over and s.is_leaving:
        finish(s.pod, status)
    phase_and_reason(s, status, old, place)
    if not place.over and status["phase"] in TERMINAL and old.get("phase") not in TERMINAL:
        # told only once nothing runs any more
        status |= {"phase": old.get("phase", "Pending")}
        status = {k: v for k, v in status.items() if k not in ("reason", "message")}
    status["conditions"] = [fact("PodReadyToStartContainers", has_sandbox(s))]
    status["conditions"] = conditions(s.pod, status, old, s.now)
    status |= addresses(s, old, place)
    status["startTime"] = old.get("startTime") or stamp(s.now)
    status["qosClass"] = old.get("qosClass") or qos(s.pod)
    if generation := get(s.pod, "metadata.generation"):
        status["observedGeneration"] = generation
    if s.memory.rejected:  # upstream tells nothing of containers that never were
        status |= dict.fromkeys(LISTS)
    return {key: value for key, value in status.items() if value or key == "phase"}


def container_lists(s: Situation, old: View, place: Place) -> Object:
    has_init = bool(init_containers(s.pod))
    first = "PodInitializing" if has_init else "ContainerCreating"

    def made(specs: Sequence[View], field: str, is_init: bool = False) -> list[Object]:
        before = old.get(field) or ()
        return statuses(s, Reporting(specs, before, first, is_init, place.waiting))

    return {
        "initContainerStatuses": made(init_containers(s.pod), "initContainerStatuses", True),
        "containerStatuses": made(main_containers(s.pod), "containerStatuses"),
        "ephemeralContainerStatuses": [
            {**each, "ready": False, "started": None}  # never probed
            for each in made(ephemeral_containers(s.pod), "ephemeralContainerStatuses")
        ],
    }


def has_sandbox(s: Situation) -> bool:
    return not sandbox_needed(s.pod, s.observed)[0]


def addresses(s: Situation, old: View, place: Place) -> Object:
    """A pod that has ended keeps showing the address it had."""
    hosts = [{"ip": ip} for ip in place.host_ips]
    shown: Object = {"hostIP": place.host_ips[0], "hostIPs": hosts} if hosts else {}
    ips: Sequence[str] = s.observed.ips
    if get(s.pod, "spec.hostNetwork"):
        ips = [each["ip"] for each in old.get("podIPs") or ()] or place.host_ips
    if ips:
        return shown | {"podIP": ips[0], "podIPs": [{"ip": ip} for ip in ips]}
    kept = {key: clone_value(old[key]) for key in ("podIP", "podIPs") if old.get(key)}
    return shown | kept


# The phase


def phase_and_reason(s: Situation, status: Object, old: View, place: Place) -> None:
    before = old.get("phase", "Pending")
    now = before if before in TERMINAL else phase(s.pod, status, old, place.over)
    if place.over and s.is_leaving and now not in TERMINAL:
        now = "Failed"
    status["phase"] = now
    if now == before:
        status |= {key: old[key] for key in ("reason", "message") if old.get(key)}
    if (why := s.memory.rejected) and before not in TERMINAL:
        status |= {"phase": "Failed", "reason": why.reason, "message": why.message}
    elif s.is_overdue and before not in TERMINAL:
        status |= {"phase": "Failed", "reason": "DeadlineExceeded", "message": OVERDUE}


@dataclass
class Counts:
    pending_init: int = 0
    pending_sidecars: int = 0
    failed_init: int = 0
    running: int = 0
    waiting: int = 0
    stopped: int = 0
    succeeded: int = 0


def phase(pod: View, status: View, old: View, over: bool) -> str:
    counts = count(pod, status)
    policy = pod_policy(pod)
    if counts.failed_init and policy == "Never":
        return "Failed"
    pending = counts.pending_init or (counts.pending_sidecars and not was_initialized(old))
    if pending or counts.waiting:
        return "Pending"
    if counts.running:
        return "Running"
    if counts.stopped and not counts.running:
        return stopped_phase(counts, policy, over)
    return "Pending"


def stopped_phase(counts: Counts, policy: str, over: bool) -> str:
    if policy == "Always" and not over:
        return "Running"
    if counts.stopped == counts.succeeded:
        return "Succeeded"
    return "Failed" if policy == "Never" or over else "Running"


def was_initialized(old: View) -> bool:
    return any(
        c.get("type") == "Initialized" and c.get("status") == "True"
        for c in old.get("conditions") or ()
    )


def count(pod: View, status: View) -> Counts:
    counts = Counts()
    shown = {each["name"]: each for each in status["initContainerStatuses"]}
    for spec in init_containers(pod):
        (count_sidecar if is_sidecar(spec) else count_init)(counts, shown[spec["name"]])
    for each in status["containerStatuses"]:
        count_main(counts, each)
    return counts


def count_init(counts: Counts, shown: View) -> None:
    ended = get(shown, "state.terminated")
    if ended is None and "waiting" in shown["state"]:
        ended = get(shown, "lastState.terminated")
    if ended is None:
        counts.pending_init += 1
    elif ended["exitCode"]:
        counts.failed_init += 1


def count_sidecar(counts: Counts, shown: View) -> None:
    if "running" in shown["state"]:
        counts.running += 1
        counts.pending_sidecars += not shown["started"]
    elif "waiting" in shown["state"] and not get(shown, "lastState.terminated"):
        counts.waiting += 1
        counts.pending_sidecars += 1


def count_main(counts: Counts, shown: View) -> None:
    if "running" in shown["state"]:
        counts.running += 1
    elif ended := get(shown, "state.terminated"):
        counts.stopped += 1
        counts.succeeded += ended["exitCode"] == 0
    elif get(shown, "lastState.terminated"):
        counts.stopped += 1
    else:
        counts.waiting += 1


# The end


def finish(pod: View, status: Object) -> None:
    """A pod that is deleted has no container that still waits to be started."""
    init = status["initContainerStatuses"]
    begun = [i for i, each in enumerate(init) if "waiting" not in each["state"]]
    for each in init[: max(begun, default=0) + 1]:
        give_up(each)
    if not init or any("waiting" not in m["state"] for m in status["containerStatuses"]):
        for each in status["containerStatuses"]:
            give_up(each)


def give_up(shown: Object) -> None:
    if "terminated" not in shown["state"]:
        shown["state"] = {"terminated": lost(LOST_WHEN_TERMINATED)}
        shown |= {"ready": False, "started": False}
