"""Starts one container: its image, its configuration, the runtime, its postStart hook.

Source: startContainer (``pkg/kubelet/kuberuntime/kuberuntime_container.go``).
"""

from dataclasses import replace
from datetime import timedelta

from onggi.api.objects import View, get
from onggi.node.backoff import Retry, after_crash
from onggi.node.configs import ContainerConfig
from onggi.node.ending import pod_grace, spec_of
from onggi.node.hands import Hands
from onggi.node.identity import stamped_container
from onggi.node.lifecycle import HookFailed, run_hook
from onggi.node.memory import Waiting
from onggi.node.observed import is_exited
from onggi.node.parts import ConfigError, ContainerRequest, PullError
from onggi.node.runtime import RuntimeFailure
from onggi.node.situation import BeginKill, Start
from onggi.node.starting import backoff_key

HOPELESS = 300.0  # seconds; where only a change of the pod helps


class NotStarted(Exception):
    """A container could not be started; ``waiting`` is what users see."""

    def __init__(self, waiting: Waiting, retry_in: float | None = None) -> None:
        super().__init__(waiting.message)
        self.waiting = waiting
        self.retry_in = retry_in


class Starter:
    """``may_cancel`` says that the start under way is between the runtime's own steps."""

    def __init__(self, hands: Hands) -> None:
        self.may_cancel = False
        self._hands = hands

    async def start(self, step: Start) -> None:
        name = step.name
        spec = spec_of(self._hands.pod, name)
        self._hands.memory.starting = name
        try:
            self._count_crash(step, spec)
            await self._bring_up(step, spec)
        except NotStarted as error:
            self._hands.memory.waiting[name] = error.waiting
            self._hold_off(name, error.retry_in)
        else:
            self._hands.memory.retries.pop(name, None)
        finally:
            self._hands.memory.starting, self.may_cancel = "", False

    def _count_crash(self, step: Start, spec: View) -> None:
        ended = self._hands.observed.newest(step.name)
        if not is_exited(ended) or ended is None or not ended.finished_at:
            return
        if self._hands.memory.counted.get(step.name) != ended.id:
            self._hands.memory.counted[step.name] = ended.id
            key, now = backoff_key(spec), self._hands.means.clock()
            old = self._hands.memory.backoffs.get(key)
            self._hands.memory.backoffs[key] = after_crash(old, ended.finished_at, now)

    def _hold_off(self, name: str, retry_in: float | None) -> None:
        if retry_in is None:
            self._hands.again(name)
        else:
            at = self._hands.means.clock() + timedelta(seconds=retry_in)
            self._hands.memory.retries[name] = Retry(1, at)

    async def _bring_up(self, step: Start, spec: View) -> None:
        image = await self._image(spec)
        sandbox = self._hands.observed.sandbox
        assert sandbox
        config = await self._container_config(step, spec, image)
        made = await self._create(sandbox.id, sandbox.attempt, config)
        self._hands.say("Normal", "Created", "Container created", step.name)
        await self._run(made, step.name)
        self._hands.say("Normal", "Started", "Container started", step.name)
        self._hands.memory.waiting.pop(step.name, None)
        if hook := get(spec, "lifecycle.postStart"):
            await self._post_start(made, spec, hook)

    async def _image(self, spec: View) -> str:
        self.may_cancel = True
        try:
            return await self._hands.means.images.ensure(self._hands.pod, spec)
        except PullError as error:
            waiting = Waiting(error.reason, error.message)
            raise NotStarted(waiting, error.retry_in or HOPELESS) from error
        finally:
            self.may_cancel = False

    async def _container_config(self, step: Start, spec: View, image: str) -> ContainerConfig:
        request = ContainerRequest(
            container=spec,
            image_ref=image,
            restart_count=step.restart_count,
            mounts=self._hands.memory.mounts or {},
            pod_ips=self._hands.pod_ips(),
            target_id=self._target(spec),
        )
        try:
            config = await self._hands.means.configurer.container_config(self._hands.pod, request)
        except ConfigError as error:
            self._hands.say("Warning", "Failed", f"Error: {error.message}", step.name)
            raise NotStarted(Waiting(error.reason, error.message)) from error
        return stamped_container(replace(config, attempt=step.restart_count), self._hands.pod, spec)

    def _target(self, spec: View) -> str:
        target = self._hands.observed.active(spec.get("targetContainerName") or "")
        return target.id if target else ""

    async def _create(self, sandbox_id: str, attempt: int, config: ContainerConfig) -> str:
        sandbox = await self._hands.sandbox_config(attempt)
        try:
            async with self._hands.means.gate:
                return await self._hands.means.runtime.create_container(sandbox_id, config, sandbox)
        except RuntimeFailure as error:
            raise self._refused("CreateContainerError", error, config.name) from error

    async def _run(self, container_id: str, name: str) -> None:
        try:
            async with self._hands.means.gate:
                await self._hands.means.runtime.start_container(container_id)
        except RuntimeFailure as error:
            raise self._refused("RunContainerError", error, name) from error

    def _refused(self, reason: str, error: RuntimeFailure, name: str) -> NotStarted:
        self._hands.say("Warning", "Failed", f"Error: {error.description}", name)
        return NotStarted(Waiting(reason, error.description))

    async def _post_start(self, container_id: str, spec: View, hook: View) -> None:
        """A container whose hook fails is killed, and starts again by its policy."""
        self.may_cancel = True
        try:
            await run_hook(self._hands.means.checker, self._hands.subject(container_id, spec), hook)
        except HookFailed as error:
            self._hands.say("Warning", "FailedPostStartHook", "PostStartHook failed", spec["name"])
            grace = pod_grace(self._hands.pod)
            self._hands.note(BeginKill(container_id, spec["name"], "FailedPostStartHook", grace))
            raise NotStarted(Waiting("PostStartHookError", str(error))) from error
