"""What the runtime holds of one pod, put in order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from onggi.node.identity import name_of, restart_count
from onggi.node.runtime import Container, ContainerState, Sandbox, SandboxState


@dataclass(frozen=True)
class Observed:
    """Sandboxes and containers of one pod, newest first, containers in full."""

    sandboxes: tuple[Sandbox, ...] = ()
    containers: tuple[Container, ...] = ()

    @staticmethod
    def of(sandboxes: Iterable[Sandbox], containers: Iterable[Container]) -> "Observed":
        return Observed(
            tuple(sorted(sandboxes, key=lambda s: (s.attempt, s.created_at), reverse=True)),
            tuple(sorted(containers, key=lambda c: (c.created_at, restart_count(c)), reverse=True)),
        )

    @property
    def sandbox(self) -> Sandbox | None:
        """The newest, in whatever state."""
        return self.sandboxes[0] if self.sandboxes else None

    @cached_property
    def histories(self) -> dict[str, tuple[Container, ...]]:
        """By container name, newest first."""
        found: dict[str, list[Container]] = {}
        for container in self.containers:
            found.setdefault(name_of(container), []).append(container)
        return {name: tuple(each) for name, each in found.items()}

    def history(self, name: str) -> tuple[Container, ...]:
        return self.histories.get(name, ())

    def newest(self, name: str) -> Container | None:
        return next(iter(self.history(name)), None)

    def active(self, name: str) -> Container | None:
        """The newest in the newest sandbox: what counts for the progress of a pod."""
        sandbox = self.sandbox
        found = self.newest(name)
        return found if found and sandbox and found.sandbox_id == sandbox.id else None

    @property
    def alive(self) -> tuple[Container, ...]:
        """Those that may have a process. UNKNOWN ones may."""
        states = (ContainerState.RUNNING, ContainerState.UNKNOWN)
        return tuple(c for c in self.containers if c.state in states)

    @property
    def ips(self) -> tuple[str, ...]:
        sandbox = self.sandbox
        return sandbox.ips if sandbox and sandbox.state is SandboxState.READY else ()


def is_running(container: Container | None) -> bool:
    return container is not None and container.state is ContainerState.RUNNING


def is_exited(container: Container | None) -> bool:
    return container is not None and container.state is ContainerState.EXITED


def succeeded(container: Container | None) -> bool:
    return container is not None and is_exited(container) and container.exit_code == 0
