"""Runs controllers: changes → names → ``reconcile(obj, world, now)`` → the executor.

    runtime = Runtime(cluster, CONTROLLERS, BUILTIN, clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(runtime.run())     # until cancelled
        await runtime.synced.wait()          # every cache is filled, the controllers work

All controllers of a process share one cache per kind. At rest nothing runs: there is no
periodic resync; what must happen later is an alarm (``Plan.again_in``).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from onggi.api.errors import AlreadyExists, Conflict, NotFound, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.api.plan import Controller, Map, Plan, Target, World
from onggi.client.cluster import Cluster
from onggi.controller.cache import Caches, Whole
from onggi.controller.correlate import Source
from onggi.controller.events import Recorder
from onggi.controller.executor import Behind, Executor, NotYet, is_terminating
from onggi.controller.following import Following
from onggi.controller.index import owners
from onggi.controller.queue import Queue

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

SOONEST = 0.001  # two clocks never agree to the microsecond: do not spin until they do
COMMON = (AlreadyExists, Behind, Conflict, NotFound)  # somebody was faster: look again


class Runtime:
    """``kinds`` are all kinds there are, for controllers that deal with everything; ``also``
    are those that other parts of the process read from the same caches; ``writer`` answers
    the cluster as a controller's service account sees it (else all write as ``cluster``)."""

    def __init__(
        self,
        cluster: Cluster,
        controllers: Sequence[Controller],
        kinds: Iterable[Kind],
        clock: Clock,
        also: Iterable[Kind] = (),
        writer: Callable[[str], Cluster] | None = None,
    ) -> None:
        whole = needs(controllers) | {kind: [everyone] for kind in also}
        self.caches = Caches([*kinds, *whole], whole)
        self.recorder = Recorder(cluster, clock)
        self._clock = clock
        self.synced = asyncio.Event()
        self._runners = [
            Runner(c, self.caches, self._executor(c, cluster, writer), clock) for c in controllers
        ]
        followed = self.caches.kinds if any(c.everything for c in controllers) else whole
        self._following = Following(cluster, self.caches, followed)

    def _executor(
        self, controller: Controller, cluster: Cluster, writer: Callable[[str], Cluster] | None
    ) -> Executor:
        own = writer(controller.account or controller.name) if writer else cluster
        return Executor(own, self.caches, self.recorder)

    def add(self, kind: Kind) -> None:
        """Deal with this kind, too: one that appears while the process runs."""
        self._following.add(kind)

    def remove(self, kind: Kind) -> None:
        self._following.remove(kind)

    async def run(self) -> None:
        """For ever; whoever runs it cancels it."""
        async with asyncio.TaskGroup() as group:
            await self._following.start(group)
            self.caches.begin(self._clock())
            group.create_task(self.recorder.run())
            for runner in self._runners:
                group.create_task(runner.run())
            self.synced.set()


class Runner:
    """One controller at work: at most ``workers`` objects at a time, none of them twice."""

    def __init__(
        self, controller: Controller, caches: Caches, executor: Executor, clock: Clock
    ) -> None:
        self._controller = controller
        self._caches = caches
        self._executor = executor
        self._clock = clock
        self._source = Source(controller.source or controller.name)
        self._queue: Queue[Target] = Queue()
        self._arrived: set[Target] = set()
        self._departed: dict[Target, View] = {}  # as they were last
        self._news = asyncio.Event()
        self._rung = 0.0  # the last alarm
        self._slots = asyncio.Semaphore(controller.workers)
        self._maps: dict[Kind, list[Map]] = {}
        for kind, mapping in maps(controller):
            self._maps.setdefault(kind, []).append(mapping)
        kinds = None if controller.everything else self._maps.keys()
        caches.listen(self._changed, kinds)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                await self._slots.acquire()
                target = await self._next()
                group.create_task(self._work(target))

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        if kind is self._controller.kind:
            self._pass(kind, before, after)
        matters = self._controller.matters.get(kind)
        if matters and before and after and matters(before) == matters(after):
            return
        for mapping in self._maps.get(kind, ()):
            self._wake(mapping, before, after)
        if everything := self._controller.everything:
            for changed in versions_of_interest(before, after):
                self._add(everything(kind, changed, self._caches))

    def _add(self, targets: Iterable[Target]) -> None:
        for target in targets:
            self._queue.add(target)
            self._news.set()

    def _pass(self, kind: Kind, before: View | None, after: View | None) -> None:
        if before is None and after is not None and self._controller.arrived:
            self._arrived.add(Target.of(kind, after))
        elif after is None and before is not None and self._controller.departed:
            self._departed[Target.of(kind, before)] = before

    def _wake(self, mapping: Map, before: View | None, after: View | None) -> None:
        kind = self._controller.kind
        assert kind is not None, f"{self._controller.name} has maps but no kind"
        for changed in (before, after):
            if changed is not None:
                for wake in mapping(changed, self._caches):
                    self._queue.add(Target(kind, *wake))
                    self._news.set()

    async def _next(self) -> Target:
        loop = asyncio.get_running_loop()
        while True:
            self._news.clear()
            target = self._queue.take(max(loop.time(), self._rung))
            if target is not None:
                return target
            alarm = self._queue.next_alarm()
            handle = loop.call_at(alarm, self._ring, alarm) if alarm is not None else None
            try:
                await self._news.wait()
            finally:
                if handle:
                    handle.cancel()

    def _ring(self, alarm: float) -> None:
        """The loop may ring a little early by its own clock; then it is time all the same."""
        self._rung = alarm
        self._news.set()

    async def _work(self, target: Target) -> None:
        try:
            delay = await self._reconcile(target)
        except NotYet as error:
            self._queue.succeeded(target)
            self._queue.set_alarm(target, asyncio.get_running_loop().time() + error.seconds)
        except Exception as error:
            if isinstance(error, StatusError) and is_terminating(error):
                self._queue.succeeded(target)
            else:
                self._report(target, error)
                self._queue.retry(target, asyncio.get_running_loop().time())
        else:
            self._queue.succeeded(target)
            self._queue.set_alarm(target, delay)
        finally:
            self._queue.done(target)
            self._slots.release()
            self._news.set()

    async def _reconcile(self, target: Target) -> float | None:
        """When to come again, on the loop's clock."""
        if target in self._arrived or target in self._departed:
            await self._pass_by(target)
        obj = self._caches.find(target)
        if obj is None:
            return None
        plan: Plan = self._controller.reconcile(obj, self._caches, self._clock())
        await self._executor.execute(plan, self._source)
        if plan.again_in is None:
            return None
        seconds = max(plan.again_in.total_seconds(), SOONEST)
        return asyncio.get_running_loop().time() + seconds

    async def _pass_by(self, target: Target) -> None:
        """Do what is to be done once. What went and came again did not go."""
        controller, obj = self._controller, self._caches.find(target)
        passage, subject = controller.arrived, obj
        if obj is None:
            self._arrived.discard(target)
            passage, subject = controller.departed, self._departed.get(target)
        else:
            self._departed.pop(target, None)
        if passage and subject is not None and (obj is None or target in self._arrived):
            await self._executor.execute(Plan(passage(subject, self._caches)), self._source)
        if obj is not None:
            self._arrived.discard(target)
        elif self._departed.get(target) is subject:
            self._departed.pop(target, None)

    def _report(self, target: Target, error: Exception) -> None:
        """A defect in a reconcile function must not end the others: it is told and retried."""
        what = f"{target.kind.resource} {target.namespace}/{target.name}"
        if isinstance(error, COMMON):
            log.debug("%s: %s: %s", self._controller.name, what, error)
        elif isinstance(error, StatusError):
            log.warning("%s: %s: %s; will retry", self._controller.name, what, error)
        else:
            log.error("%s: %s: will retry", self._controller.name, what, exc_info=error)


def versions_of_interest(before: View | None, after: View | None) -> Iterator[View]:
    """For who looks at owners: the version before only where it had others, or was the last."""
    if before is not None and (after is None or owners(before) != owners(after)):
        yield before
    if after is not None:
        yield after


def needs(controllers: Iterable[Controller]) -> dict[Kind, list[Whole]]:
    """The kinds that they read, and which objects of them whole."""
    found: dict[Kind, list[Whole]] = {}
    for controller in controllers:
        for kind in {*(kind for kind, _ in maps(controller)), *controller.reads}:
            found.setdefault(kind, []).append(controller.whole.get(kind, everyone))
    return found


def everyone(obj: View) -> bool:
    return True


def maps(controller: Controller) -> Iterator[tuple[Kind, Map]]:
    if controller.kind is not None:
        yield controller.kind, itself if controller.about is None else own(controller.about)
    for kind in controller.owns:
        yield kind, owner_of(controller)
    yield from controller.watches.items()


def own(about: Callable[[View], bool]) -> Map:
    """Wakes the changed object, if the controller is about such."""
    return lambda changed, world: itself(changed, world) if about(changed) else ()


def itself(changed: View, world: World) -> Sequence[tuple[str, str]]:
    return [(changed["metadata"].get("namespace", ""), changed["metadata"]["name"])]


def owner_of(controller: Controller) -> Map:
    """Wakes the object of the controller's kind that controls the changed one."""
    kind = controller.kind
    assert kind is not None, f"{controller.name} owns objects but has no kind"

    def wake(changed: View, world: World) -> Sequence[tuple[str, str]]:
        meta = changed["metadata"]
        return [
            (meta.get("namespace", "") if kind.namespaced else "", reference["name"])
            for reference in meta.get("ownerReferences") or ()
            if reference.get("controller")
            and reference["kind"] == kind.name
            and reference["apiVersion"].rpartition("/")[0] == kind.group
        ]

    return wake
