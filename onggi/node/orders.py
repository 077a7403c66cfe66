"""Why a single container has to end while its pod lives on. Pure."""

from collections.abc import Mapping

from onggi.api.objects import View
from onggi.node.ending import kill, pod_grace, probe_grace, spec_of
from onggi.node.identity import is_changed, name_of
from onggi.node.restart import can_restart
from onggi.node.runtime import Container
from onggi.node.situation import BeginKill, Decision, Situation


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


def strays(s: Situation) -> dict[str, BeginKill]:
    """What runs beside the one container of its name that counts."""
    alive = [c for c in s.observed.alive if s.observed.active(name_of(c)) is not c]
    return {c.id: changed_sandbox(s, c) for c in alive}


def changed_sandbox(s: Situation, container: Container) -> BeginKill:
    name = name_of(container)
    return BeginKill(container.id, name, f"Stopping container {name}", pod_grace(s.pod))


def kill_wanted(s: Situation, orders: Mapping[str, BeginKill]) -> Decision:
    """Also goes on with kills that were begun before."""
    doomed = [c for c in s.observed.alive if c.id in orders or c.id in s.memory.killing]
    return kill(s, doomed, lambda c: orders[c.id], in_order=False)
