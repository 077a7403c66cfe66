"""One pod, from its first sight to its last trace: look, decide, do, report.

A worker wakes when its pod changes, the runtime tells of it, a probe decides, a step ends or a
time has come; never just to see. Steps run beside each other and beside the loop, so a hook
that takes a minute delays no status. Nothing here decides: ``sync`` and ``status`` do.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.objects import Object, View, get
from onggi.client.cluster import STRATEGIC
from onggi.kinds.core.pod.kind import POD
from onggi.node.backoff import after_failure
from onggi.node.ending import MAKING
from onggi.node.identity import spec_hash
from onggi.node.means import Means
from onggi.node.memory import Memory, Waiting
from onggi.node.observe import Observer
from onggi.node.observed import Observed
from onggi.node.perform import Performer
from onggi.node.pod_probes import PodProbes
from onggi.node.restart import spec_list
from onggi.node.runtime import ContainerState, RuntimeFailure, SandboxState
from onggi.node.situation import (
    BeginKill,
    Cancel,
    ConfirmDeletion,
    Decision,
    Mount,
    PreStop,
    Say,
    Situation,
    Step,
    Stop,
    Unmount,
    earliest,
)
from onggi.node.status import Place, pod_status
from onggi.node.status_patch import status_patch
from onggi.node.sync import decide

log = logging.getLogger(__name__)

REPORT = "report"
SHOWN = ("metadata.labels", "metadata.annotations")  # volumes may show these
ELSEWHERE = (Mount, PreStop, Unmount, ConfirmDeletion)  # steps that change nothing in the runtime
UNREACHABLE = timedelta(seconds=1)  # until the runtime is asked again
LAG = timedelta(milliseconds=5)  # of the runtime's status behind its events


class PodWorker:
    """``run`` ends when the pod is gone from the API and from this machine.

    ``found(ids)`` is called with what the runtime holds of the pod, whenever it was looked at.
    """

    def __init__(
        self, means: Means, pod: View, found: Callable[[Iterable[str]], None], *, gone: bool = False
    ) -> None:
        self.observed = Observed()
        self.memory = Memory.of(dict(get(pod, "status") or {}))
        self._means = means
        self._found = found
        self._gone = gone
        self._pod = pod
        self._hands = Performer(means, pod, self.memory)
        self._observer = Observer(means.runtime, pod["metadata"]["uid"])
        self._probes = PodProbes(means, self._hands.say, self.poke)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stale = True
        self._first = True
        self._lagged = 0
        self._reported = False
        self._settled: tuple[Object, int] | None = None  # the last status written, as which version
        self._alarm: datetime | None = None
        self._group: asyncio.TaskGroup

    # What others say

    @property
    def pod(self) -> View:
        return self._pod

    @property
    def current(self) -> Object:
        """The pod with the newest status, which the API may not have yet."""
        return {**self._pod, "status": self.memory.status}

    def update(self, pod: View) -> None:
        """A version of the pod from the API; older ones are ignored."""
        if version(pod) < version(self._pod):
            return
        self._forget_retries(pod)
        if any(get(pod, path) != get(self._pod, path) for path in SHOWN):
            self.memory.refresh = True
        self._pod = self._hands.pod = pod
        self.poke()

    def _forget_retries(self, pod: View) -> None:
        """Another image may be found where the old one was not."""
        for field in ("containers", "initContainers"):
            old = {c["name"]: spec_hash(c) for c in spec_list(self._pod, field)}
            for spec in spec_list(pod, field):
                if old.get(spec["name"]) != spec_hash(spec):
                    self.memory.retries.pop(spec["name"], None)

    def remove(self) -> None:
        """The API has no such pod any more."""
        self._gone = True
        self.poke()

    def reject(self, reason: str, message: str) -> None:
        """This node does not take it."""
        self.memory.rejected = Waiting(reason, f"Pod was rejected: {message}")
        self._hands.say("Warning", reason, message)
        self.poke()

    def poke(self) -> None:
        """Decide anew."""
        self._wake.set()

    def look_again(self) -> None:
        """The runtime has something new of this pod."""
        self._stale = True
        self.poke()

    def retry_mount(self) -> None:
        """What a volume waited for is there."""
        self.memory.retries.pop("mount", None)
        self.poke()

    def successor(self) -> "PodWorker":
        """Another worker for the same pod, after this one has failed: it adopts what is there."""
        worker = PodWorker(self._means, self._pod, self._found, gone=self._gone)
        worker.memory.rejected = self.memory.rejected
        return worker

    # The loop

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            while not await self._round():
                await self._sleep()
            self._probes.stop()

    async def _round(self) -> bool:
        """True when there is nothing left to do, ever."""
        self._wake.clear()
        self._alarm = None
        if self._stale and not await self._look():
            return False
        decision = decide(self._situation())
        for step in decision.steps:
            self._begin(step)
        self.memory.waiting.update(decision.waiting)
        self._probes.follow(self._situation(), self._group, adopted=self._first)
        self._first = False
        self._report(decision)
        self._alarm = earliest(self._alarm, decision.wake)
        return decision.over and not self._under_way

    def _situation(self) -> Situation:
        return Situation(
            pod=self._pod,
            observed=self.observed,
            memory=self.memory,
            now=self._means.clock(),
            busy=frozenset(self._under_way),
            gone=self._gone,
            reported=self._reported,
        )

    async def _look(self) -> bool:
        """False if the runtime does not answer now."""
        self._stale = False
        try:
            self.observed = await self._observer.look()
        except RuntimeFailure as error:
            log.warning("the runtime did not answer: %s", error)
            self._stale, self._alarm = True, self._means.clock() + UNREACHABLE
            return False
        self._hands.observed = self.observed
        self._found(self._ids())
        self._lagged = self._lagged + 1 if self._lags() else 0
        if self._lagged:
            delay = min(LAG * 2 ** min(self._lagged, 10), UNREACHABLE)
            self._stale, self._alarm = True, self._means.clock() + delay
        return True

    def _ids(self) -> list[str]:
        return [s.id for s in self.observed.sandboxes] + [c.id for c in self.observed.containers]

    def _lags(self) -> bool:
        """An exit was told that the status does not show yet."""
        alive = [c.id for c in self.observed.containers if c.state is ContainerState.RUNNING]
        alive += [s.id for s in self.observed.sandboxes if s.state is SandboxState.READY]
        return any(id in self._means.exits for id in alive)

    async def _sleep(self) -> None:
        await asyncio.sleep(0)  # steps just begun come first
        delay = None
        if self._alarm is not None:
            delay = max((self._alarm - self._means.clock()).total_seconds(), 0.0)
        try:
            async with asyncio.timeout(delay):
                await self._wake.wait()
        except TimeoutError:
            return

    # Steps

    def _begin(self, step: Step) -> None:
        if isinstance(step, Cancel):
            if self._hands.may_cancel and step.key in self._under_way:
                self._under_way[step.key].cancel()
        elif isinstance(step, BeginKill | Say):
            self._hands.note(step)
            if isinstance(step, BeginKill):
                self.poke()
        else:
            self._begin_task(step)

    def _begin_task(self, step: Step) -> None:
        assert not isinstance(step, Cancel | BeginKill | Say)
        if step.key in self._under_way:
            if not isinstance(step, Stop):
                return
            self._under_way[step.key].cancel()  # with less patience than before
        self._track(step.key, self._perform(step))

    def _track(self, key: str, work: Coroutine[None, None, None]) -> None:
        task = self._group.create_task(work, name=key)
        self._under_way[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        if self._under_way.get(key) is task:
            del self._under_way[key]
        self.poke()

    async def _perform(self, step: Step) -> None:
        try:
            await self._hands.perform(step)
        finally:
            self._stale |= not isinstance(step, ELSEWHERE)

    # The status

    def _report(self, decision: Decision) -> None:
        """Bring the API up to date, one patch at a time."""
        s = self._situation()
        nothing_runs = not s.observed.alive and not s.busy & MAKING
        place = Place(
            host_ips=self._means.host_ips(),
            waiting=self.memory.waiting,
            over=decision.winding_down and nothing_runs,
        )
        self.memory.status = pod_status(s, place)
        settled = self._settled == (self.memory.status, version(self._pod))
        patch = {} if self._gone or settled else status_patch(self._pod, self.memory.status)
        self._reported = not patch
        if not patch or REPORT in self._under_way:
            return
        if held := s.held_until(REPORT):
            self._alarm = earliest(self._alarm, held)
        else:
            self._track(REPORT, self._write(self.memory.status, patch))

    async def _write(self, status: Object, patch: View) -> None:
        try:
            answer = await self._means.cluster.patch(
                POD, self._pod, patch, type=STRATEGIC, subresource="status"
            )
        except (NotFound, Conflict):
            self._hold_report()  # gone, or another pod of this name: the watch tells
        except StatusError as error:
            log.warning("status of %s was refused: %s", self._pod["metadata"]["name"], error)
            self._hold_report()
        else:
            self.memory.retries.pop(REPORT, None)
            # a server may keep it in other words: once written is written
            self._settled = (status, version(answer))
            self.update({**self._pod, **answer})

    def _hold_report(self) -> None:
        retries = self.memory.retries
        retries[REPORT] = after_failure(retries.get(REPORT), self._means.clock())


def version(pod: View) -> int:
    """Resource versions of one object can be compared (KEP-5504)."""
    text = get(pod, "metadata.resourceVersion") or "0"
    return int(text) if text.isdigit() else 0
