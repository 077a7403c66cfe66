"""What comes next for one pod. Pure: the pod, what is there, what is remembered, the time.

Level-based: nothing depends on how the situation came about, so the same function serves a new
pod, a crashed container and an Onggi that was killed in the middle of anything. Upstream's
computePodActions (``kuberuntime_manager.go``), one container start at a time.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.backoff import go_duration
from onggi.node.ending import kill, pod_grace, probe_grace, spec_of, wind_down
from onggi.node.identity import is_changed, name_of, pod_label, restart_count, spec_hash
from onggi.node.memory import Waiting
from onggi.node.observed import Observed, is_exited, is_running, succeeded
from onggi.node.restart import (
    can_restart,
    ephemeral_containers,
    init_containers,
    main_containers,
    may_start,
    pod_policy,
)
from onggi.node.runtime import Container, ContainerState, SandboxState
from onggi.node.situation import (
    BeginKill,
    Decision,
    MakeSandbox,
    Mount,
    RemoveContainer,
    RemoveSandbox,
    Say,
    Situation,
    Start,
    Step,
    StopSandbox,
    earliest,
)

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
    killed = kill_wanted(s, wanted.kills)
    steps = (*killed.steps, *started.steps, *garbage(s))
    return Decision(steps, earliest(started.wake, killed.wake), started.waiting)


# The sandbox


def sandbox_needed(pod: View, observed: Observed) -> tuple[bool, int]:
    """Is another one to be made, and as which attempt? (PodSandboxChanged)"""
    sandbox = observed.sandbox
    if sandbox is None:
        return True, 0
    host = bool(get(pod, "spec.hostNetwork"))
    fine = (
        sandbox.state is SandboxState.READY
        and sandbox.host_network == host
        and (host or sandbox.ips)
        and not any(s.state is SandboxState.READY for s in observed.sandboxes[1:])
    )
    return not fine, sandbox.attempt if fine else sandbox.attempt + 1


def renew_sandbox(s: Situation, attempt: int) -> Decision:
    """First everything in the old one ends; then, if anything is still to run, a new one."""
    if not worth_another(s, attempt):
        return wind_down(s)
    if s.observed.alive or "start" in s.busy:
        return kill_wanted(s, {c.id: changed_sandbox(s, c) for c in s.observed.alive})
    stops = [StopSandbox(b.id) for b in s.observed.sandboxes if b.id not in s.memory.stopped]
    if stops:
        said = Say("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        fresh = any(stop.key not in s.busy for stop in stops)
        return Decision((*((said,) if fresh else ()), *stops))
    if s.memory.mounts is None:
        return Decision()
    held = s.held_until("sandbox")
    return Decision(() if held else (MakeSandbox(attempt),), held)


def worth_another(s: Situation, attempt: int) -> bool:
    """A pod that has done all it had to do gets no sandbox just to be wound down."""
    pod, observed = s.pod, s.observed
    if pod_policy(pod) == "Never" and attempt and observed.containers:
        return False
    created = any(observed.newest(c["name"]) for c in main_containers(pod))
    return not created or any(is_to_run(s, c) for c in main_containers(pod))


def is_to_run(s: Situation, spec: View) -> bool:
    """In a new sandbox. Only success under OnFailure survives the old one."""
    return not (pod_policy(s.pod) == "OnFailure" and succeeded(s.observed.newest(spec["name"])))


def changed_sandbox(s: Situation, container: Container) -> BeginKill:
    name = name_of(container)
    return BeginKill(container.id, name, f"Stopping container {name}", pod_grace(s.pod))


# The containers


@dataclass
class Survey:
    """Which containers are to start, in this order, and which to end; or that all is over."""

    starts: list[View] = field(default_factory=list)
    kills: dict[str, BeginKill] = field(default_factory=dict)  # by container id
    over: bool = False


def survey(s: Situation) -> Survey:
    found = Survey()
    for spec in ephemeral_containers(s.pod):
        if s.observed.newest(spec["name"]) is None:
            found.starts.append(spec)
    initialized = survey_init(s, found)
    if initialized and not found.over:
        survey_main(s, found)
    return found


def survey_init(s: Situation, found: Survey) -> bool:
    """True once the main containers may start."""
    done = has_initialized(s.pod, s.observed)
    specs = init_containers(s.pod)
    for index, spec in enumerate(specs):
        begun = done or any(s.observed.active(c["name"]) for c in specs[index + 1 :])
        if is_sidecar(spec):
            passed = survey_sidecar(s, spec, found)
        else:
            passed = begun or survey_once(s, spec, found)
        if not passed and not begun:
            return False
    return True


def has_initialized(pod: View, observed: Observed) -> bool:
    """A main container was made in this sandbox, so all before it is done."""
    return any(observed.active(c["name"]) for c in main_containers(pod))


def survey_once(s: Situation, spec: View, found: Survey) -> bool:
    """An init container that has to end well. True if it has."""
    container = s.observed.active(spec["name"])
    if container is None or container.state is ContainerState.CREATED:
        found.starts.append(spec)
        return False
    if succeeded(container):
        return True
    if is_exited(container):
        if may_start(s.pod, spec, container):
            found.starts.append(spec)
        else:
            found.over = True
        return False
    if container.state is ContainerState.UNKNOWN:
        found.kills[container.id] = unknown(s, container, "Init container")
    return False


def survey_sidecar(s: Situation, spec: View, found: Survey) -> bool:
    """An init container that has to run on. True once it has started."""
    container = s.observed.active(spec["name"])
    if container is None or not is_running(container):
        if container and container.state is ContainerState.UNKNOWN:
            found.kills[container.id] = unknown(s, container, "Init container")
        else:
            found.starts.append(spec)
        return False
    verdict = s.verdict(container.id)
    if verdict.failed:
        message = f"Init container {spec['name']} failed {verdict.failed} probe"
        found.kills[container.id] = failed_probe(s, container, message)
        return False
    return has_started(s, spec, container)


def has_started(s: Situation, spec: View, container: Container) -> bool:
    if s.memory.starting == spec["name"]:
        return False
    return not spec.get("startupProbe") or s.verdict(container.id).started is True


def survey_main(s: Situation, found: Survey) -> None:
    kept = 0
    starts_before = len(found.starts)
    wanted: list[View] = []
    for spec in main_containers(s.pod):
        container = s.observed.active(spec["name"]) or s.observed.newest(spec["name"])
        if not is_running(container):
            if starts_again(s, spec, container):
                wanted.append(spec)
                if container and container.state is ContainerState.UNKNOWN:
                    found.kills[container.id] = unknown(s, container, "Container")
            continue
        assert container
        if order := demanded(s, spec, container):
            found.kills[container.id] = order
            again = is_changed(container, spec) or can_restart(s.pod, spec)
            kept += bool(again) or container.id in s.memory.killing
        else:
            kept += 1
    found.starts += wanted
    if not kept and not wanted:
        found.over = True
        found.starts = found.starts[:starts_before]


def starts_again(s: Situation, spec: View, container: Container | None) -> bool:
    """Never made in this sandbox: as for a new pod; ended in it: by its policy."""
    if container is not None and container is not s.observed.active(spec["name"]):
        return is_to_run(s, spec)
    return may_start(s.pod, spec, container)


def demanded(s: Situation, spec: View, container: Container) -> BeginKill | None:
    """Why a running container has to end."""
    name = spec["name"]
    if is_changed(container, spec):
        message = f"Container {name} definition changed, will be restarted"
        return BeginKill(container.id, name, message, pod_grace(s.pod))
    failed = s.verdict(container.id).failed
    if not failed:
        return None
    again = ", will be restarted" if can_restart(s.pod, spec) else ""
    return failed_probe(s, container, f"Container {name} failed {failed} probe{again}")


def failed_probe(s: Situation, container: Container, message: str) -> BeginKill:
    name, probe = name_of(container), s.verdict(container.id).failed
    grace = probe_grace(s.pod, spec_of(s.pod, name), probe)
    return BeginKill(container.id, name, message, grace, probe)


def unknown(s: Situation, container: Container, what: str) -> BeginKill:
    message = f'{what} is in "{container.state}" state, try killing it before restart'
    return BeginKill(container.id, name_of(container), message, pod_grace(s.pod))


def kill_wanted(s: Situation, orders: dict[str, BeginKill]) -> Decision:
    """Also goes on with kills that were begun before."""
    doomed = [c for c in s.observed.alive if c.id in orders or c.id in s.memory.killing]
    return kill(s, doomed, lambda c: orders[c.id], in_order=False)


# Starting


@dataclass
class Held:
    """Containers that have to wait, and until when."""

    waiting: dict[str, Waiting] = field(default_factory=dict)
    wake: datetime | None = None
    said: list[Step] = field(default_factory=list)


def start_first(s: Situation, starts: list[View]) -> Decision:
    """Of those that are to start, the first that need not wait."""
    held = Held()
    ready = [spec for spec in starts if not is_held(s, spec, held)]
    step: tuple[Step, ...] = ()
    if ready and "start" not in s.busy and s.memory.mounts is not None:
        step = (prepare(s, ready[0]),)
    return Decision((*held.said, *step), held.wake, held.waiting)


def prepare(s: Situation, spec: View) -> Step:
    newest = s.observed.newest(spec["name"])
    if newest and newest.state is ContainerState.CREATED:
        return RemoveContainer(newest.id, newest.log_path)  # a crash between create and start
    if newest is None:
        return Start(spec["name"], s.memory.counts.get(spec["name"], 0))
    return Start(spec["name"], restart_count(newest) + 1, newest.id)


def is_held(s: Situation, spec: View, held: Held) -> bool:
    if until := s.held_until(spec["name"]):
        held.wake = earliest(held.wake, until)
        return True
    newest = s.observed.newest(spec["name"])
    if newest is None or not is_exited(newest) or newest.finished_at is None:
        return False
    backoff = s.memory.backoffs.get(backoff_key(spec))
    until = backoff.until(newest.finished_at) if backoff else None
    if backoff is None or until is None or until <= s.now:
        return False
    held.wake = earliest(held.wake, until)
    delay = go_duration(backoff.delay)
    pod = pod_label(s.pod)
    text = f"back-off {delay} restarting failed container={spec['name']} pod={pod}"
    held.waiting[spec["name"]] = Waiting("CrashLoopBackOff", text)
    held.said.append(
        Say(
            "BackOff",
            f"Back-off restarting failed container {spec['name']} in pod {pod}",
            "Warning",
            spec["name"],
            once_for=newest.id,
        )
    )
    return True


def backoff_key(spec: View) -> str:
    return f"{spec['name']}/{spec_hash(spec)}"


# What is left behind


def garbage(s: Situation) -> tuple[Step, ...]:
    """Dead containers beyond the last two of a name, old sandboxes without any."""
    dead = [
        RemoveContainer(container.id, container.log_path)
        for history in s.observed.histories.values()
        for container in history[KEPT:]
        if is_exited(container)
    ]
    used = {container.sandbox_id for container in s.observed.containers}
    empty = [RemoveSandbox(b.id) for b in s.observed.sandboxes[1:] if b.id not in used]
    return (*dead, *empty)
