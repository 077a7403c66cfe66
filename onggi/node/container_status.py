"""A pod's containerStatuses, as upstream's kubelet writes them. Pure.

Source: convertToAPIContainerStatuses (``pkg/kubelet/kubelet_pods.go``), and for started and
ready ``pkg/kubelet/prober/prober_manager.go``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.objects import Object, View, clone_value, get
from onggi.api.times import stamp
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.identity import restart_count
from onggi.node.memory import Waiting
from onggi.node.observed import is_exited, succeeded
from onggi.node.restart import may_start
from onggi.node.runtime import Container, ContainerState
from onggi.node.situation import Situation

EPOCH = "1970-01-01T00:00:00Z"
LOST = {"exitCode": 137, "reason": "ContainerStatusUnknown"}
LOST_WHEN_DELETED = (
    "The container could not be located when the pod was deleted.  The container used to be Running"
)
LOST_WHEN_TERMINATED = "The container could not be located when the pod was terminated"


@dataclass(frozen=True)
class Reporting:
    """One list of statuses: which containers, what they wait for at first, what was said before."""

    specs: Sequence[View]
    old: Sequence[View]
    first: str  # ContainerCreating or PodInitializing
    is_init: bool = False
    waiting: Mapping[str, Waiting] = field(default_factory=dict)


def statuses(s: Situation, report: Reporting) -> list[Object]:
    """Init containers in the spec's order, the others by name."""
    old = {status["name"]: status for status in report.old}
    made = [status(s, report, spec, old.get(spec["name"])) for spec in report.specs]
    return made if report.is_init else sorted(made, key=lambda each: str(each["name"]))


def status(s: Situation, report: Reporting, spec: View, old: View | None) -> Object:
    history = s.observed.history(spec["name"])
    if s.memory.starting == spec["name"]:
        # until its postStart hook is over nobody is told of the new container
        history = tuple(c for c in history if c.id != being_started(history))
    shown = of_history(spec, history, old) if history else unseen(s, report, spec, old)
    if not (report.is_init and succeeded(next(iter(history), None))):
        hold_back(s, report, spec, shown)
    shown |= answers(s, spec, shown, report.is_init)
    return shown


def being_started(history: Sequence[Container]) -> str:
    newest = next(iter(history), None)
    return newest.id if newest and not is_exited(newest) else ""


def unseen(s: Situation, report: Reporting, spec: View, old: View | None) -> Object:
    """The runtime has none of this name: not made yet, or lost."""
    fresh = blank(spec, report.first)
    if old is None:
        return fresh
    over = report.is_init or s.is_leaving or s.is_terminal
    if over and get(old, "state.terminated"):
        return dict(clone_value(old))
    fresh["restartCount"] = old.get("restartCount", 0)
    fresh["lastState"] = clone_value(old.get("lastState") or {})
    if get(old, "state.running") and not get(fresh, "lastState.terminated"):
        fresh["lastState"] = {"terminated": lost(LOST_WHEN_DELETED)}
        fresh["restartCount"] += 0 if s.is_leaving else 1
    return fresh


def blank(spec: View, reason: str) -> Object:
    return {
        "name": spec["name"],
        "image": spec.get("image", ""),
        "imageID": "",
        "restartCount": 0,
        "state": {"waiting": {"reason": reason}},
        "lastState": {},
        **volume_mounts(spec),
    }


def lost(message: str) -> Object:
    return {**LOST, "message": message, "startedAt": None, "finishedAt": None}


def of_history(spec: View, history: Sequence[Container], old: View | None) -> Object:
    container = history[0]
    shown: Object = {
        "name": spec["name"],
        "image": container.image,
        "imageID": container.image_ref,
        "containerID": container_id(container),
        "restartCount": restart_count(container),
        "state": state(container, old),
        "lastState": state(history[1], None) if len(history) > 1 else {},
        **resources(spec, container),
        **user(container),
        **volume_mounts(spec),
    }
    if len(history) == 1 and old and old.get("containerID") == shown["containerID"]:
        shown["lastState"] = clone_value(old.get("lastState") or {})
    return shown


def container_id(container: Container) -> str:
    return f"containerd://{container.id}"


def state(container: Container, old: View | None) -> Object:
    if container.state is ContainerState.RUNNING:
        return {"running": {"startedAt": moment(container.started_at)}}
    if container.state is ContainerState.EXITED:
        return {"terminated": terminated(container)}
    if container.state is ContainerState.UNKNOWN and old and get(old, "state.running"):
        return {"terminated": lost(LOST_WHEN_TERMINATED)}
    return {"waiting": {}}


def terminated(container: Container) -> Object:
    shown = {
        "exitCode": container.exit_code,
        "reason": container.reason,
        "message": container.message,
        "startedAt": moment(container.started_at),
        "finishedAt": moment(container.finished_at),
        "containerID": container_id(container),
    }
    return {key: value for key, value in shown.items() if value != ""}


def moment(at: datetime | None) -> str:
    return stamp(at) if at else EPOCH


def resources(spec: View, container: Container) -> Object:
    """What the container has is what its spec asks for: it is not resized in place."""
    asked = spec.get("resources") or {}
    named = {key: clone_value(asked[key]) for key in ("limits", "requests") if asked.get(key)}
    shown: Object = {"resources": named}
    if requests := asked.get("requests"):
        shown["allocatedResources"] = clone_value(requests)
    return shown if container.state is not ContainerState.CREATED else {}


def user(container: Container) -> Object:
    if container.user is None:
        return {}
    linux: Object = {"uid": container.user.uid, "gid": container.user.gid}
    if container.user.supplemental_groups:
        linux["supplementalGroups"] = list(container.user.supplemental_groups)
    return {"user": {"linux": linux}}


def volume_mounts(spec: View) -> Object:
    shown = [volume_mount(mount) for mount in spec.get("volumeMounts") or ()]
    return {"volumeMounts": shown} if shown else {}


def volume_mount(mount: View) -> Object:
    shown: Object = {"name": mount["name"], "mountPath": mount["mountPath"]}
    if mount.get("readOnly"):
        recursive = mount.get("recursiveReadOnly") == "Enabled"
        shown["readOnly"] = True
        shown["recursiveReadOnly"] = "Enabled" if recursive else "Disabled"
    return shown


def hold_back(s: Situation, report: Reporting, spec: View, shown: Object) -> None:
    """A container that is to start, and why it has not."""
    reason: Waiting | None = report.waiting.get(spec["name"])
    newest = s.observed.newest(spec["name"])
    if reason is None or s.is_leaving or not may_start(s.pod, spec, newest):
        return
    if ended := get(shown, "state.terminated"):
        shown["lastState"] = {"terminated": ended}
    waiting = {"reason": reason.reason, "message": reason.message}
    shown["state"] = {"waiting": {key: value for key, value in waiting.items() if value}}


def answers(s: Situation, spec: View, shown: Object, is_init: bool) -> Object:
    """``started`` and ``ready``, from the probes of the container that is shown."""
    running = "running" in shown["state"]
    verdict = s.verdict(str(shown.get("containerID", "")).removeprefix("containerd://"))
    started = running and (verdict.started is True or not spec.get("startupProbe"))
    if is_init and not is_sidecar(spec):
        return {"started": started, "ready": get(shown, "state.terminated.exitCode") == 0}
    ready = started and (verdict.ready is True or not spec.get("readinessProbe"))
    return {"started": started, "ready": ready}
