"""Does what was decided for one pod, step by step, and remembers how it went.

A step that fails in a way that users can mend says so (event, waiting state) and sets when to
try again; anything else is an error in the program and goes up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.objects import View, get
from onggi.kinds.core.pod.kind import POD
from onggi.node.bring_up import Starter
from onggi.node.ending import spec_of
from onggi.node.hands import Hands
from onggi.node.lifecycle import HookFailed, run_hook
from onggi.node.means import Means
from onggi.node.memory import Memory
from onggi.node.parts import ConfigError, NotReady
from onggi.node.runtime import RuntimeFailure
from onggi.node.situation import (
    ConfirmDeletion,
    MakeSandbox,
    Mount,
    PreStop,
    RemoveContainer,
    RemoveSandbox,
    Start,
    Step,
    Stop,
    StopSandbox,
    Unmount,
)

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds before something that the runtime refused is tried again


class Performer(Hands):
    """The hands of one pod's worker, at work."""

    def __init__(self, means: Means, pod: View, memory: Memory) -> None:
        super().__init__(means, pod, memory)
        self._starter = Starter(self)
        self._table: Mapping[type, Callable[[Any], Awaitable[None]]] = {
            Mount: self._mount,
            MakeSandbox: self._make_sandbox,
            Start: self._starter.start,
            PreStop: self._pre_stop,
            Stop: self._stop,
            StopSandbox: self._stop_sandbox,
            RemoveSandbox: self._remove_sandbox,
            RemoveContainer: self._remove_container,
            Unmount: self._unmount,
            ConfirmDeletion: self._confirm_deletion,
        }

    @property
    def may_cancel(self) -> bool:
        """May the start under way be given up now?"""
        return self._starter.may_cancel

    async def perform(self, step: Step) -> None:
        await self._table[type(step)](step)

    # The whole pod

    async def _mount(self, step: Mount) -> None:
        self.memory.refresh = False
        try:
            self.memory.mounts = await self.means.volumes.mount(self.pod)
        except NotReady as error:
            self.say("Warning", error.reason, error.message)
            self.memory.refresh = self.memory.mounts is not None
            self.again("mount", 0.5)
        else:
            self.memory.retries.pop("mount", None)

    async def _make_sandbox(self, step: MakeSandbox) -> None:
        try:
            config = await self.sandbox_config(step.attempt)
            async with self.means.gate:
                await self.means.runtime.run_sandbox(config)
        except (ConfigError, RuntimeFailure) as error:
            text = f"Failed to create pod sandbox: {error}"
            self.say("Warning", "FailedCreatePodSandBox", text)
            self.again("sandbox")
        else:
            self.memory.retries.pop("sandbox", None)

    async def _stop_sandbox(self, step: StopSandbox) -> None:
        if await self._try(self.means.runtime.stop_sandbox(step.sandbox_id)):
            self.memory.stopped.add(step.sandbox_id)

    async def _remove_sandbox(self, step: RemoveSandbox) -> None:
        await self._try(self.means.runtime.remove_sandbox(step.sandbox_id))

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
            await self.means.volumes.unmount(uid)
            await self.means.cgroups.remove(uid)
        except (NotReady, OSError) as error:
            log.warning("pod %s cannot be cleaned up yet: %s", uid, error)
            self.again("unmount")
        else:
            self.memory.mounts, self.memory.unmounted = None, True

    async def _confirm_deletion(self, step: ConfirmDeletion) -> None:
        uid = self.pod["metadata"]["uid"]
        options = {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}}
        try:
            await self.means.cluster.delete(POD, self.pod, options)
        except (NotFound, Conflict):
            pass  # the watch tells
        except StatusError as error:
            log.warning("pod %s could not be deleted: %s", uid, error)
            self.again("confirm")
            return
        self.memory.confirmed = True

    # Ending a container

    async def _pre_stop(self, step: PreStop) -> None:
        spec = spec_of(self.pod, step.name)
        subject = self.subject(step.container_id, spec)
        try:
            async with asyncio.timeout(step.seconds):
                await run_hook(self.means.checker, subject, get(spec, "lifecycle.preStop"))
        except HookFailed:
            self.say("Warning", "FailedPreStopHook", "PreStopHook failed", step.name)
        except TimeoutError:
            log.info("preStop hook of %s took longer than its grace", step.name)
        finally:
            self.memory.prestopped.add(step.container_id)

    async def _stop(self, step: Stop) -> None:
        self.memory.stopping[step.container_id] = step.deadline
        if not await self._try(self.means.runtime.stop_container(step.container_id, step.seconds)):
            self.memory.stopping.pop(step.container_id, None)

    async def _remove_container(self, step: RemoveContainer) -> None:
        await self._try(self.means.runtime.remove_container(step.container_id))
