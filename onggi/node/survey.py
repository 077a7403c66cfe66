"""Which containers of a pod are to start and which to end, as their sandbox stands. Pure.

Source: computeInitContainerActions and computePodActions (``kuberuntime_container.go``,
``kuberuntime_manager.go``).
"""

from dataclasses import dataclass, field

from onggi.api.objects import View
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.node.identity import is_changed
from onggi.node.observed import Observed, is_exited, is_running, succeeded
from onggi.node.orders import demanded, failed_probe, unknown
from onggi.node.restart import (
    can_restart,
    ephemeral_containers,
    init_containers,
    main_containers,
    may_start,
)
from onggi.node.runtime import Container, ContainerState
from onggi.node.sandboxes import is_to_run
from onggi.node.situation import BeginKill, Situation


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
