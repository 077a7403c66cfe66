"""Gives every pod a node: watches through the caches, decides, binds.

A pod is decided on in the same turn of the event loop in which the caches hear of it, and
counted as placed from then on; the binding travels meanwhile. What the API server refuses is
taken back. Nothing here polls: a pod that does not fit sleeps until a change may cure it.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.api.times import stamp
from onggi.client.cluster import STRATEGIC, Cluster
from onggi.controller.cache import Caches
from onggi.controller.correlate import Source, Word
from onggi.controller.events import Recorder
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET
from onggi.scheduler import waiting, wording
from onggi.scheduler.choose import Placement, Unschedulable, choose
from onggi.scheduler.facts import PodFacts
from onggi.scheduler.news import News
from onggi.scheduler.preempt import Preemption, preempt
from onggi.scheduler.waiting import Candidate

log = logging.getLogger(__name__)

READS = (POD, NODE, NAMESPACE, PODDISRUPTIONBUDGET)  # the caches must hold these in full


def wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (the one place; the rest takes `now`)


@dataclass(frozen=True, kw_only=True)
class SchedulerConfig:
    """``name`` is the schedulerName that pods ask for; ``at_once`` limits requests in flight."""

    name: str = "default-scheduler"
    at_once: int = 32
    clock: Callable[[], datetime] = wall_clock


class Scheduler:
    """``run`` in a TaskGroup, once the caches are in sync."""

    def __init__(
        self, cluster: Cluster, caches: Caches, recorder: Recorder, config: SchedulerConfig
    ) -> None:
        self.news = News(config.name)
        self.state, self.waiting = self.news.state, self.news.waiting
        self._cluster = cluster
        self._caches = caches
        self._recorder = recorder
        self._config = config
        self._source = Source(config.name)
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(config.at_once)
        self._next_start = 0

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        self._caches.listen(self._changed, READS)
        for kind in (NAMESPACE, NODE, POD):
            for obj in self._caches.all(kind):
                self._changed(kind, None, obj)
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._schedule(tasks)
                await self._rest()

    async def _schedule(self, tasks: asyncio.TaskGroup) -> None:
        while candidate := self.waiting.take(self._now()):
            self._place(candidate, tasks)
            await asyncio.sleep(0)  # others need the loop too, and bindings may start

    async def _rest(self) -> None:
        """Until something changes or a back-off ends."""
        alarm = self.waiting.next_alarm()
        try:
            async with asyncio.timeout_at(alarm):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    def _place(self, candidate: Candidate, tasks: asyncio.TaskGroup) -> None:
        pod = candidate.pod
        found = choose(pod, self.state, self._next_start)
        if isinstance(found, Placement):
            self._next_start = (self._next_start + found.looked) % max(1, len(self.state.nodes))
            self.state.assume(pod, found.node)
            self.state.nominated.pop(pod.uid, None)
            tasks.create_task(self._bind(candidate, found.node))
            return
        message = wording.unschedulable(pod.pod, found)
        self.waiting.wait(candidate, found.filters or waiting.NODE, self._now())
        tasks.create_task(self._refuse(pod, message, self._preempt(pod, found)))

    def _preempt(self, pod: PodFacts, found: Unschedulable) -> Preemption | None:
        budgets = self._caches.all(PODDISRUPTIONBUDGET)
        chosen = preempt(pod, self.state, found, budgets)
        if chosen:
            self.state.nominated[pod.uid] = (pod, chosen.node)
        return chosen

    async def _bind(self, candidate: Candidate, node: str) -> None:
        pod = candidate.pod
        async with self._slots:
            try:
                await self._cluster.create(POD, binding(pod, node), subresource="binding")
            except StatusError as error:
                self._unbind(candidate, error)
                return
        self.waiting.drop(pod.uid)
        text = f"Successfully assigned {pod.key[0]}/{pod.key[1]} to {node}"
        self._recorder.emit(self._source, pod.pod, Word("Scheduled", text))

    def _unbind(self, candidate: Candidate, error: StatusError) -> None:
        pod = candidate.pod
        if not self.state.forget(pod.uid):
            return  # the watch has confirmed or removed it meanwhile
        self.waiting.happened(waiting.ROOM, self._now())
        self._wake.set()
        if isinstance(error, NotFound):
            self.waiting.drop(pod.uid)
            return
        log.warning("binding %s/%s was refused: %s", *pod.key, error)
        self.waiting.wait(candidate, frozenset(), self._now())
        if not isinstance(error, Conflict):
            word = Word("FailedScheduling", f"binding rejected: {error}", "Warning")
            self._recorder.emit(self._source, pod.pod, word)

    async def _refuse(self, pod: PodFacts, message: str, clearing: Preemption | None) -> None:
        """Say why, and send away who is in the way."""
        word = Word("FailedScheduling", message, "Warning")
        self._recorder.emit(self._source, pod.pod, word)
        status: Object = {}
        condition = wording.condition(pod.pod, message, stamp(self._config.clock()))
        if condition:
            status["conditions"] = [condition]
        if clearing:
            status["nominatedNodeName"] = clearing.node
        if status:
            await self._patch_status(pod.pod, status)
        for victim in clearing.victims if clearing else ():
            if not victim.terminating:
                await self._evict(victim, pod, clearing.node if clearing else "")

    async def _evict(self, victim: PodFacts, pod: PodFacts, node: str) -> None:
        now = stamp(self._config.clock())
        condition = wording.disruption(victim.pod, self._config.name, now)
        await self._patch_status(victim.pod, {"conditions": [condition]})
        async with self._slots:
            try:
                await self._cluster.delete(POD, victim.pod, {"preconditions": {"uid": victim.uid}})
            except NotFound:
                return
            except StatusError as error:
                log.warning("preempting %s/%s was refused: %s", *victim.key, error)
                return
        text = f"Preempted by pod {pod.uid} on node {node}"
        self._recorder.emit(self._source, victim.pod, Word("Preempted", text))

    async def _patch_status(self, pod: View, status: Object) -> None:
        async with self._slots:
            try:
                await self._cluster.patch(
                    POD, pod, {"status": status}, type=STRATEGIC, subresource="status"
                )
            except NotFound:
                return
            except StatusError as error:  # the condition is a report; the next attempt retries
                log.warning("the status of a pod that waits was refused: %s", error)

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        """The caches heard something."""
        if self.news.take(kind, before, after, self._now()):
            self._wake.set()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def binding(pod: PodFacts, node: str) -> Object:
    namespace, name = pod.key
    return {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"namespace": namespace, "name": name, "uid": pod.uid},
        "target": {"apiVersion": "v1", "kind": "Node", "name": node},
    }
