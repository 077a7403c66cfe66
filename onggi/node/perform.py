"""Does what was decided for one pod, step by step, and remembers how it went.

A step that fails in a way that users can mend says so (event, waiting state) and sets when to
try again; anything else is an error in the program and goes up.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.objects import View, get
from onggi.kinds.core.pod.kind import POD
from onggi.node.backoff import Retry, after_crash, after_failure
from onggi.node.checks import Subject
from onggi.node.configs import ContainerConfig, SandboxConfig
from onggi.node.ending import pod_grace, spec_of
from onggi.node.events import field_path
from onggi.node.identity import stamped_container, stamped_sandbox
from onggi.node.lifecycle import HookFailed, run_hook
from onggi.node.means import Means
from onggi.node.memory import Kill, Memory, Waiting
from onggi.node.observed import Observed, is_exited
from onggi.node.parts import ConfigError, ContainerRequest, NotReady, PullError
from onggi.node.runtime import RuntimeFailure
from onggi.node.situation import (
    BeginKill,
    ConfirmDeletion,
    MakeSandbox,
    Mount,
    PreStop,
    RemoveContainer,
    RemoveSandbox,
    Say,
    Start,
    Step,
    Stop,
    StopSandbox,
    Unmount,
)
from onggi.node.starting import backoff_key

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds before something that the runtime refused is tried again
HOPELESS = 300.0  # seconds; where only a change of the pod helps


class NotStarted(Exception):
    """A container could not be started; ``waiting`` is what users see."""

    def __init__(self, waiting: Waiting, retry_in: float | None = None) -> None:
        super().__init__(waiting.message)
        self.waiting = waiting
        self.retry_in = retry_in


class Performer:
    """The hands of one pod's worker. ``pod`` and ``observed`` are kept up to date by it."""

    def __init__(self, means: Means, pod: View, memory: Memory) -> None:
        self.pod = pod
        self.observed = Observed()
        self.may_cancel = False  # the start under way: between the runtime's own steps
        self._means = means
        self._memory = memory
        self._sandbox_configs: dict[int, SandboxConfig] = {}
        self._table: Mapping[type, Callable[[Any], Awaitable[None]]] = {
            Mount: self._mount,
            MakeSandbox: self._make_sandbox,
            Start: self._start,
            PreStop: self._pre_stop,
            Stop: self._stop,
            StopSandbox: self._stop_sandbox,
            RemoveSandbox: self._remove_sandbox,
            RemoveContainer: self._remove_container,
            Unmount: self._unmount,
            ConfirmDeletion: self._confirm_deletion,
        }

    async def perform(self, step: Step) -> None:
        await self._table[type(step)](step)

    def note(self, step: BeginKill | Say) -> None:
        """Steps that only remember and tell."""
        if isinstance(step, BeginKill):
            now = self._means.clock()
            self._memory.killing[step.container_id] = Kill(now, step.grace, step.reason)
            self.say("Normal", "Killing", step.message, step.name)
        elif not step.once_for or self._memory.warned.get(step.container) != step.once_for:
            if step.once_for:
                self._memory.warned[step.container] = step.once_for
            self.say(step.type, step.reason, step.message, step.container)

    def say(self, type: str, reason: str, message: str, container: str = "") -> None:
        where = field_path(self.pod, container) if container else ""
        self._means.recorder.event(self.pod, type, reason, message, where)

    def _again(self, key: str, first: float = 1.0, longest: float = 10.0) -> None:
        retries = self._memory.retries
        retries[key] = after_failure(retries.get(key), self._means.clock(), first, longest)

    # The whole pod

    async def _mount(self, step: Mount) -> None:
        self._memory.refresh = False
        try:
            self._memory.mounts = await self._means.volumes.mount(self.pod)
        except NotReady as error:
            self.say("Warning", error.reason, error.message)
            self._memory.refresh = self._memory.mounts is not None
            self._again("mount", 0.5)
        else:
            self._memory.retries.pop("mount", None)

    async def _make_sandbox(self, step: MakeSandbox) -> None:
        try:
            config = await self._sandbox_config(step.attempt)
            async with self._means.gate:
                await self._means.runtime.run_sandbox(config)
        except (ConfigError, RuntimeFailure) as error:
            text = f"Failed to create pod sandbox: {error}"
            self.say("Warning", "FailedCreatePodSandBox", text)
            self._again("sandbox")
        else:
            self._memory.retries.pop("sandbox", None)

    async def _sandbox_config(self, attempt: int) -> SandboxConfig:
        if attempt not in self._sandbox_configs:
            config = await self._means.configurer.sandbox_config(self.pod, attempt)
            self._sandbox_configs[attempt] = stamped_sandbox(config, self.pod)
        return self._sandbox_configs[attempt]

    async def _stop_sandbox(self, step: StopSandbox) -> None:
        if await self._try(self._means.runtime.stop_sandbox(step.sandbox_id)):
            self._memory.stopped.add(step.sandbox_id)

    async def _remove_sandbox(self, step: RemoveSandbox) -> None:
        await self._try(self._means.runtime.remove_sandbox(step.sandbox_id))

    async def _try(self, call: Awaitable[None]) -> bool:
        """Something that must succeed in the end; refused, it is tried again after a pause."""
        try:
            await call
        except RuntimeFailure as error:
            self.say("Warning", "FailedKillPod", f"error killing pod: {error}")
            await asyncio.sleep(PAUSE)
            return False
        return True

    async def _unmount(self, step: Unmount) -> None:
        uid = self.pod["metadata"]["uid"]
        try:
            await self._means.volumes.unmount(uid)
            await self._means.cgroups.remove(uid)
        except (NotReady, OSError) as error:
            log.warning("pod %s cannot be cleaned up yet: %s", uid, error)
            self._again("unmount")
        else:
            self._memory.mounts, self._memory.unmounted = None, True

    async def _confirm_deletion(self, step: ConfirmDeletion) -> None:
        uid = self.pod["metadata"]["uid"]
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
        try:
            await self._means.cluster.delete(POD, self.pod, options)
        except (NotFound, Conflict):
            pass  # the watch tells
        except StatusError as error:
            log.warning("pod %s could not be deleted: %s", uid, error)
            self._again("confirm")
            return
        self._memory.confirmed = True

    # Starting a container

    async def _start(self, step: Start) -> None:
        name = step.name
        spec = spec_of(self.pod, name)
        self._memory.starting = name
        try:
            self._count_crash(step, spec)
            await self._bring_up(step, spec)
        except NotStarted as error:
            self._memory.waiting[name] = error.waiting
            self._hold_off(name, error.retry_in)
        else:
            self._memory.retries.pop(name, None)
        finally:
            self._memory.starting, self.may_cancel = "", False

    def _count_crash(self, step: Start, spec: View) -> None:
        ended = self.observed.newest(step.name)
        if not is_exited(ended) or ended is None or not ended.finished_at:
            return
        if self._memory.counted.get(step.name) != ended.id:
            self._memory.counted[step.name] = ended.id
            key, now = backoff_key(spec), self._means.clock()
            old = self._memory.backoffs.get(key)
            self._memory.backoffs[key] = after_crash(old, ended.finished_at, now)

    def _hold_off(self, name: str, retry_in: float | None) -> None:
        if retry_in is None:
            self._again(name)
        else:
            at = self._means.clock() + timedelta(seconds=retry_in)
            self._memory.retries[name] = Retry(1, at)

    async def _bring_up(self, step: Start, spec: View) -> None:
        image = await self._image(spec)
        sandbox = self.observed.sandbox
        assert sandbox
        config = await self._container_config(step, spec, image)
        made = await self._create(sandbox.id, sandbox.attempt, config)
        self.say("Normal", "Created", "Container created", step.name)
        await self._run(made, step.name)
        self.say("Normal", "Started", "Container started", step.name)
        self._memory.waiting.pop(step.name, None)
        if hook := get(spec, "lifecycle.postStart"):
            await self._post_start(made, spec, hook)

    async def _image(self, spec: View) -> str:
        self.may_cancel = True
        try:
            return await self._means.images.ensure(self.pod, spec)
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
            mounts=self._memory.mounts or {},
            pod_ips=self._pod_ips(),
            target_id=self._target(spec),
        )
        try:
            config = await self._means.configurer.container_config(self.pod, request)
        except ConfigError as error:
            self.say("Warning", "Failed", f"Error: {error.message}", step.name)
            raise NotStarted(Waiting(error.reason, error.message)) from error
        return stamped_container(replace(config, attempt=step.restart_count), self.pod, spec)

    def _pod_ips(self) -> tuple[str, ...]:
        host = get(self.pod, "spec.hostNetwork")
        return tuple(self._means.host_ips()) if host else self.observed.ips

    def _target(self, spec: View) -> str:
        target = self.observed.active(spec.get("targetContainerName") or "")
        return target.id if target else ""

    async def _create(self, sandbox_id: str, attempt: int, config: ContainerConfig) -> str:
        sandbox = await self._sandbox_config(attempt)
        try:
            async with self._means.gate:
                return await self._means.runtime.create_container(sandbox_id, config, sandbox)
        except RuntimeFailure as error:
            raise self._refused("CreateContainerError", error, config.name) from error

    async def _run(self, container_id: str, name: str) -> None:
        try:
            async with self._means.gate:
                await self._means.runtime.start_container(container_id)
        except RuntimeFailure as error:
            raise self._refused("RunContainerError", error, name) from error

    def _refused(self, reason: str, error: RuntimeFailure, name: str) -> NotStarted:
        self.say("Warning", "Failed", f"Error: {error.description}", name)
        return NotStarted(Waiting(reason, error.description))

    async def _post_start(self, container_id: str, spec: View, hook: View) -> None:
        """A container whose hook fails is killed, and starts again by its policy."""
        self.may_cancel = True
        try:
            await run_hook(self._means.checker, self._subject(container_id, spec), hook)
        except HookFailed as error:
            self.say("Warning", "FailedPostStartHook", "PostStartHook failed", spec["name"])
            grace = pod_grace(self.pod)
            self.note(BeginKill(container_id, spec["name"], "FailedPostStartHook", grace))
            raise NotStarted(Waiting("PostStartHookError", str(error))) from error

    def _subject(self, container_id: str, spec: View) -> Subject:
        ips = self._pod_ips()
        return Subject(self.pod, spec, container_id, ips[0] if ips else "")

    # Ending a container

    async def _pre_stop(self, step: PreStop) -> None:
        spec = spec_of(self.pod, step.name)
        subject = self._subject(step.container_id, spec)
        try:
            async with asyncio.timeout(step.seconds):
                await run_hook(self._means.checker, subject, get(spec, "lifecycle.preStop"))
        except HookFailed:
            self.say("Warning", "FailedPreStopHook", "PreStopHook failed", step.name)
        except TimeoutError:
            log.info("preStop hook of %s took longer than its grace", step.name)
        finally:
            self._memory.prestopped.add(step.container_id)

    async def _stop(self, step: Stop) -> None:
        self._memory.stopping[step.container_id] = step.deadline
        if not await self._try(self._means.runtime.stop_container(step.container_id, step.seconds)):
            self._memory.stopping.pop(step.container_id, None)

    async def _remove_container(self, step: RemoveContainer) -> None:
        gone = await self._try(self._means.runtime.remove_container(step.container_id))
        if gone and self._means.logs:
            await asyncio.to_thread(remove_log, Path(step.log_path), self._means.logs)


def remove_log(log: Path, root: Path) -> None:
    """With what was rotated away; and the folders of container and pod, once they are empty.

    Only ``root/POD/CONTAINER/N.log`` is taken for a log: the path comes from the runtime.
    """
    if ".." in log.parts or not log.is_relative_to(root) or log.suffix != ".log":
        return
    if len(log.relative_to(root).parts) != 3:
        return
    for file in log.parent.glob(f"{log.name}*"):
        file.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        log.parent.rmdir()
        log.parent.parent.rmdir()
