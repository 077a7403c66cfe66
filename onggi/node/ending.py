"""How containers are stopped and pods wound down. Pure.

A kill is remembered (``BeginKill``), then its preStop hook runs, then it waits for its turn
(sidecars end after the main containers, last one first), then it is stopped with what is left
of its grace. Each call says which of these is next for every container at once.

Source: killContainer, terminationOrder (``kuberuntime_container.go``,
``kuberuntime_termination_order.go``), pod_workers' calculateEffectiveGracePeriod.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import containers as all_containers
from onggi.kinds.core.pod.predicates import is_terminating
from onggi.node.identity import name_of
from onggi.node.memory import Kill
from onggi.node.restart import main_containers, sidecars
from onggi.node.runtime import Container
from onggi.node.situation import (
    BeginKill,
    Cancel,
    ConfirmDeletion,
    Decision,
    PreStop,
    RemoveContainer,
    RemoveSandbox,
    Situation,
    Step,
    Stop,
    StopSandbox,
    Unmount,
    earliest,
)

SHORTEST = 2.0  # seconds between SIGTERM and SIGKILL, whatever the grace
DEFAULT_GRACE = 30.0
MAKING = frozenset(("mount", "sandbox", "start"))


def spec_of(pod: View, name: str) -> View:
    return next((c for c in all_containers(pod) if c["name"] == name), {"name": name})


def pod_grace(pod: View) -> float:
    """Seconds that every container has when the whole pod ends."""
    asked = get(pod, "metadata.deletionGracePeriodSeconds") if is_terminating(pod) else None
    if asked is None:
        asked = get(pod, "spec.terminationGracePeriodSeconds")
    return max(float(DEFAULT_GRACE if asked is None else asked), 1.0)


def probe_grace(pod: View, spec: View, probe: str) -> float:
    """Seconds for a container that its liveness or startup probe ends, and no one else."""
    if not is_terminating(pod):
        own = get(spec, f"{probe}Probe.terminationGracePeriodSeconds")
        if own is not None:
            return float(own)
    return pod_grace(pod)


def deadline(kill: Kill, pod: View) -> datetime:
    """A second deletion may have shortened the grace."""
    if not is_terminating(pod) or pod_grace(pod) >= kill.grace:
        return kill.deadline
    shortened = datetime.fromisoformat(pod["metadata"]["deletionTimestamp"])
    # the timestamp has no fractions of a second
    return min(kill.deadline, shortened + timedelta(seconds=1))


def outlives(pod: View, name: str) -> frozenset[str]:
    """The containers that have to end before this one, when the whole pod does."""
    beside = [c["name"] for c in sidecars(pod)]
    if name not in beside:
        return frozenset()
    later = beside[beside.index(name) + 1 :]
    return frozenset(later) | {c["name"] for c in main_containers(pod)}


Begin = Callable[[Container], BeginKill]


def kill(s: Situation, doomed: Iterable[Container], begin: Begin, *, in_order: bool) -> Decision:
    """The next step towards the end of each of these."""
    steps: list[Step] = []
    wake = None
    for container in doomed:
        begun = s.memory.killing.get(container.id)
        if begun is None:
            steps.append(begin(container))
            continue
        step, until = next_towards_end(s, container, begun, in_order=in_order)
        steps += [step] if step else []
        wake = earliest(wake, until)
    return Decision(tuple(steps), wake)


def next_towards_end(
    s: Situation, container: Container, begun: Kill, *, in_order: bool
) -> tuple[Step | None, datetime | None]:
    name, end = name_of(container), deadline(begun, s.pod)
    left = (end - s.now).total_seconds()
    if container.id in s.memory.stopping:
        if s.memory.stopping[container.id] - end < timedelta(seconds=0.5):
            return None, None
        return Stop(container.id, end, max(left, SHORTEST)), None
    if left > 0 and has_hook(s, container):
        hook = PreStop(container.id, name, left)
        return (None, end) if hook.key in s.busy else (hook, None)
    if in_order and left > 0 and any(is_alive(s, n) for n in outlives(s.pod, name)):
        return None, end
    return Stop(container.id, end, max(left, SHORTEST)), None


def has_hook(s: Situation, container: Container) -> bool:
    """One that has not run yet."""
    spec = spec_of(s.pod, name_of(container))
    return bool(get(spec, "lifecycle.preStop")) and container.id not in s.memory.prestopped


def is_alive(s: Situation, name: str) -> bool:
    return any(name_of(c) == name for c in s.observed.alive)


def wind_down(s: Situation) -> Decision:
    """The pod is over: stop all of it; if its object is to go, leave nothing behind."""
    if s.observed.alive or s.busy & MAKING:
        return end_containers(s)
    if steps := end_sandboxes(s):
        return Decision(steps, winding_down=True)
    return clean(s)


def end_containers(s: Situation) -> Decision:
    grace = pod_grace(s.pod)

    def begin(container: Container) -> BeginKill:
        name = name_of(container)
        return BeginKill(container.id, name, f"Stopping container {name}", grace)

    killed = kill(s, s.observed.alive, begin, in_order=True)
    cancelled = (Cancel("start"),) if "start" in s.busy else ()
    return Decision((*cancelled, *killed.steps), killed.wake, winding_down=True)


def end_sandboxes(s: Situation) -> tuple[Step, ...]:
    """Empty once all are stopped; waits by repeating what is busy (a key runs once)."""
    return tuple(StopSandbox(b.id) for b in s.observed.sandboxes if b.id not in s.memory.stopped)


def clean(s: Situation) -> Decision:
    """What is kept of a finished pod until its object goes: the dead containers, for their logs
    and status. The status is written before they are removed."""
    if not s.memory.unmounted:
        held = s.held_until("unmount")
        return Decision(() if held else (Unmount(),), held, winding_down=True)
    if not s.is_leaving or not (s.reported or s.gone):
        return Decision(winding_down=True)
    logs = tuple(RemoveContainer(c.id) for c in s.observed.containers)
    if logs:
        return Decision(logs, winding_down=True)
    if s.observed.sandboxes:
        gone = tuple(RemoveSandbox(b.id) for b in s.observed.sandboxes)
        return Decision(gone, winding_down=True)
    if s.gone:
        return Decision(winding_down=True, over=True)
    held = s.held_until("confirm")
    quiet = held or s.memory.confirmed
    return Decision(() if quiet else (ConfirmDeletion(),), held, winding_down=True)
