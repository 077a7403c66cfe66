"""``kubectl get pods``: above all the STATUS, which is a summary and no field.

Source: ``pkg/printers/internalversion/printers.go`` (printPod).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import AGE, NAME, NONE, age
from onggi.kinds.core.pod.predicates import (
    UNREACHABLE,
    condition,
    has_condition,
    is_finished,
    is_ready,
    is_sidecar,
    is_terminating,
)

SPEC, STATUS = "@io.k8s.api.core.v1.PodSpec", "@io.k8s.api.core.v1.PodStatus"


class Init(NamedTuple):
    """How far the init containers are; ``reason`` is empty once all are done."""

    reason: str
    ready_sidecars: int


class Containers(NamedTuple):
    reason: str
    ready: int
    running: bool


def ready(pod: View, now: datetime) -> str:
    spec = pod.get("spec") or {}
    total = len(spec.get("containers") or ()) + len(sidecar_names(pod))
    init = initialization(pod)
    count = init.ready_sidecars
    if runs(pod, init):
        count += summary(pod, "").ready
    return f"{count}/{total}"


def status(pod: View, now: datetime) -> str:
    own = pod.get("status") or {}
    phase = own.get("reason") or own.get("phase") or ""
    scheduled = condition(pod, "PodScheduled") or {}
    if scheduled.get("reason") == "SchedulingGated":
        phase = "SchedulingGated"
    init = initialization(pod)
    reason = init.reason or phase
    if runs(pod, init):
        containers = summary(pod, reason)
        reason = containers.reason
        if reason == "Completed" and containers.running:
            reason = "Running" if is_ready(pod) else "NotReady"
    if is_terminating(pod) and own.get("reason") == UNREACHABLE:
        return "Unknown"
    if is_terminating(pod) and not is_finished(pod):
        return "Terminating"
    return reason


def restarts(pod: View, now: datetime) -> str:
    """``3 (5m ago)``: while initializing those of init containers, later of all others."""
    names = sidecar_names(pod)
    counted = list(get(pod, "status.initContainerStatuses") or ())
    init = initialization(pod)
    if init.reason:
        counted = counted[: unfinished(pod) + 1]
    if runs(pod, init):
        counted = [s for s in counted if s.get("name") in names]
        counted += get(pod, "status.containerStatuses") or ()
    total = sum(s.get("restartCount", 0) for s in counted)
    ends = [get(s, "lastState.terminated.finishedAt") for s in counted]
    last = max((end for end in ends if end), default="")
    return f"{total} ({age(last, now)} ago)" if total and last else str(total)


def runs(pod: View, init: Init) -> bool:
    """Whether the ordinary containers decide what is shown."""
    return not init.reason or has_condition(pod, "Initialized")


def sidecar_names(pod: View) -> set[str]:
    init = get(pod, "spec.initContainers") or ()
    return {container.get("name", "") for container in init if is_sidecar(container)}


def initialization(pod: View) -> Init:
    sidecars = sidecar_names(pod)
    ready_sidecars = 0
    for index, state in enumerate(get(pod, "status.initContainerStatuses") or ()):
        if is_done(state):
            continue
        if state.get("name") in sidecars and state.get("started"):
            ready_sidecars += bool(state.get("ready"))
            continue
        total = len(get(pod, "spec.initContainers") or ())
        return Init(init_reason(state, index, total), ready_sidecars)
    return Init("", ready_sidecars)


def unfinished(pod: View) -> int:
    """The index of the init container that is being waited for."""
    sidecars = sidecar_names(pod)
    states: Sequence[View] = get(pod, "status.initContainerStatuses") or ()
    for index, state in enumerate(states):
        started = state.get("name") in sidecars and state.get("started")
        if not is_done(state) and not started:
            return index
    return len(states)


def is_done(state: View) -> bool:
    terminated = get(state, "state.terminated")
    return terminated is not None and not terminated.get("exitCode")


def init_reason(state: View, index: int, total: int) -> str:
    terminated, waiting = get(state, "state.terminated"), get(state, "state.waiting") or {}
    if terminated is not None:
        return "Init:" + (terminated.get("reason") or exit_reason(terminated))
    if waiting.get("reason") and waiting["reason"] != "PodInitializing":
        return f"Init:{waiting['reason']}"
    return f"Init:{index}/{total}"


def exit_reason(terminated: View) -> str:
    if terminated.get("signal"):
        return f"Signal:{terminated['signal']}"
    return f"ExitCode:{terminated.get('exitCode', 0)}"


def summary(pod: View, reason: str) -> Containers:
    """The first container with something to say wins, hence from the last to the first."""
    count, running = 0, False
    for state in reversed(get(pod, "status.containerStatuses") or ()):
        waiting, terminated = get(state, "state.waiting"), get(state, "state.terminated")
        if waiting and waiting.get("reason"):
            reason = waiting["reason"]
        elif terminated is not None:
            reason = terminated.get("reason") or exit_reason(terminated)
        elif state.get("ready") and get(state, "state.running") is not None:
            running = True
            count += 1
    return Containers(reason, count, running)


def pod_ip(pod: View, now: datetime) -> str:
    addresses = get(pod, "status.podIPs") or ()
    return (addresses[0].get("ip") if addresses else "") or NONE


def node(pod: View, now: datetime) -> str:
    return get(pod, "spec.nodeName") or NONE


def nominated_node(pod: View, now: datetime) -> str:
    return get(pod, "status.nominatedNodeName") or NONE


def readiness_gates(pod: View, now: datetime) -> str:
    gates = list(gate_types(pod))
    if not gates:
        return NONE
    return f"{sum(has_condition(pod, gate) for gate in gates)}/{len(gates)}"


def gate_types(pod: View) -> Iterator[str]:
    for gate in get(pod, "spec.readinessGates") or ():
        yield gate.get("conditionType", "")


COLUMNS = (
    NAME,
    Column("Ready", ready, description="The aggregate readiness state of this pod for "
           "accepting traffic."),
    Column("Status", status, description="The aggregate status of the containers in this pod."),
    Column("Restarts", restarts, description="The number of times the containers in this pod "
           "have been restarted and when the last container in this pod has restarted."),
    AGE,
    Column("IP", pod_ip, wide=True, description=f"{STATUS}.podIP"),
    Column("Node", node, wide=True, description=f"{SPEC}.nodeName"),
    Column("Nominated Node", nominated_node, wide=True,
           description=f"{STATUS}.nominatedNodeName"),
    Column("Readiness Gates", readiness_gates, wide=True,
           description=f"{SPEC}.readinessGates"),
)  # fmt: skip
