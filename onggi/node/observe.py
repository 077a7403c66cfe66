"""Looks at what the runtime holds of one pod."""

import asyncio
from dataclasses import replace

from onggi.node.observed import Observed
from onggi.node.runtime import (
    Container,
    ContainerRuntime,
    ContainerState,
    NoSuchThing,
    Sandbox,
    SandboxState,
)
from onggi.node.termination import may_have_message, with_message


class Observer:
    """Remembers containers that have ended, which never change again."""

    def __init__(self, runtime: ContainerRuntime, uid: str) -> None:
        self._runtime = runtime
        self._uid = uid
        self._ended: dict[str, Container] = {}

    async def look(self) -> Observed:
        """Raises RuntimeFailure."""
        sandboxes = [await self._sandbox(s) for s in await self._runtime.sandboxes(uid=self._uid)]
        listed = await self._runtime.containers(uid=self._uid)
        containers = [await self._container(short) for short in listed]
        present = {short.id for short in listed}
        self._ended = {id: c for id, c in self._ended.items() if id in present}
        return Observed.of((s for s in sandboxes if s), (c for c in containers if c))

    async def _sandbox(self, short: Sandbox) -> Sandbox | None:
        """With its addresses; None if it went meanwhile."""
        if short.state is SandboxState.NOT_READY:
            return short
        try:
            return await self._runtime.sandbox_status(short.id)
        except NoSuchThing:
            return None

    async def _container(self, short: Container) -> Container | None:
        if known := self._ended.get(short.id):
            return known
        try:
            status = await self._runtime.container_status(short.id)
        except NoSuchThing:
            return None
        whole = replace(status, sandbox_id=short.sandbox_id)
        if whole.state is ContainerState.EXITED:
            if may_have_message(whole):
                whole = await asyncio.to_thread(with_message, whole)
            self._ended[short.id] = whole
        return whole
