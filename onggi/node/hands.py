"""What every step for one pod has at hand: the pod, what is there, memory, and a voice."""

from onggi.api.objects import View, get
from onggi.node.backoff import after_failure
from onggi.node.checks import Subject
from onggi.node.configs import SandboxConfig
from onggi.node.events import field_path
from onggi.node.identity import stamped_sandbox
from onggi.node.means import Means
from onggi.node.memory import Kill, Memory
from onggi.node.observed import Observed
from onggi.node.situation import BeginKill, Say


class Hands:
    """``pod`` and ``observed`` are kept up to date by the pod's worker."""

    def __init__(self, means: Means, pod: View, memory: Memory) -> None:
        self.pod = pod
        self.observed = Observed()
        self.means = means
        self.memory = memory
        self._sandbox_configs: dict[int, SandboxConfig] = {}

    def note(self, step: BeginKill | Say) -> None:
        """Steps that only remember and tell."""
        if isinstance(step, BeginKill):
            now = self.means.clock()
            self.memory.killing[step.container_id] = Kill(now, step.grace, step.reason)
            self.say("Normal", "Killing", step.message, step.name)
        elif not step.once_for or self.memory.warned.get(step.container) != step.once_for:
            if step.once_for:
                self.memory.warned[step.container] = step.once_for
            self.say(step.type, step.reason, step.message, step.container)

    def say(self, type: str, reason: str, message: str, container: str = "") -> None:
        where = field_path(self.pod, container) if container else ""
        self.means.recorder.event(self.pod, type, reason, message, where)

    def again(self, key: str, first: float = 1.0, longest: float = 10.0) -> None:
        retries = self.memory.retries
        retries[key] = after_failure(retries.get(key), self.means.clock(), first, longest)

    async def sandbox_config(self, attempt: int) -> SandboxConfig:
        if attempt not in self._sandbox_configs:
            config = await self.means.configurer.sandbox_config(self.pod, attempt)
            self._sandbox_configs[attempt] = stamped_sandbox(config, self.pod)
        return self._sandbox_configs[attempt]

    def pod_ips(self) -> tuple[str, ...]:
        host = get(self.pod, "spec.hostNetwork")
        return tuple(self.means.host_ips()) if host else self.observed.ips

    def subject(self, container_id: str, spec: View) -> Subject:
        ips = self.pod_ips()
        return Subject(self.pod, spec, container_id, ips[0] if ips else "")
