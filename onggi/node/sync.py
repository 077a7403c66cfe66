"""What comes next for one pod. Pure: the pod, what is there, what is remembered, the time.

Level-based: nothing depends on how the situation came about, so the same function serves a new
pod, a crashed container and an Onggi that was killed in the middle of anything. Upstream's
computePodActions (``kuberuntime_manager.go``), one container start at a time.
"""

from dataclasses import replace

from onggi.node.ending import wind_down
from onggi.node.observed import is_exited
from onggi.node.orders import kill_wanted, strays
from onggi.node.runtime import ContainerState
from onggi.node.sandboxes import renew_sandbox, sandbox_needed
from onggi.node.situation import (
    Decision,
    Mount,
    RemoveContainer,
    RemoveSandbox,
    Situation,
    Step,
    earliest,
)
from onggi.node.starting import start_first
from onggi.node.survey import survey

KEPT = 2  # containers of one name: the present one, and the one before for status and logs


def decide(s: Situation) -> Decision:
    if s.is_leaving or s.is_terminal or s.is_overdue or s.memory.rejected:
        return wind_down(s)
    decision = keep_up(s)
    return replace(decision, wake=earliest(decision.wake, s.deadline))


def keep_up(s: Situation) -> Decision:
    """The pod is to live."""
    needed, attempt = sandbox_needed(s.pod, s.observed)
    decision = renew_sandbox(s, attempt) if needed else tend_containers(s)
    mounted = s.memory.mounts is not None and not s.memory.refresh
    if decision.winding_down or mounted:
        return decision
    held = s.held_until("mount")
    steps = decision.steps if held else (Mount(), *decision.steps)
    return replace(decision, steps=steps, wake=earliest(decision.wake, held))


def tend_containers(s: Situation) -> Decision:
    wanted = survey(s)
    if wanted.over:
        return wind_down(s)
    started = start_first(s, wanted.starts)
    killed = kill_wanted(s, {**strays(s), **wanted.kills})
    steps = (*killed.steps, *started.steps, *garbage(s))
    return Decision(steps, earliest(started.wake, killed.wake), started.waiting)


def garbage(s: Situation) -> tuple[Step, ...]:
    """Dead containers beyond the last two of a name, old sandboxes without any."""
    dead = [
        RemoveContainer(container.id)
        for history in s.observed.histories.values()
        for age, container in enumerate(history)
        if (age >= KEPT and is_exited(container))
        or (age and container.state is ContainerState.CREATED)
    ]
    used = {container.sandbox_id for container in s.observed.containers}
    empty = [RemoveSandbox(b.id) for b in s.observed.sandboxes[1:] if b.id not in used]
    return (*dead, *empty)
