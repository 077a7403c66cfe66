"""Performs plans, and puts every answer into the caches at once.

Actions run in order and the first refusal ends the plan. Neighbouring creates run side by
side with upstream's slow start (1, 2, 4, …: when the first is refused, the others are not even
tried), neighbouring deletes all together.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from onggi.api.errors import Conflict, NotFound, StatusError
from onggi.api.objects import Object, View, get, is_going
from onggi.api.plan import (
    Absent,
    Action,
    Clear,
    Create,
    Delete,
    Emit,
    Patch,
    Plan,
    Remains,
    SetStatus,
    Target,
    Update,
)
from onggi.client.cluster import Cluster, Selection, reference
from onggi.controller.cache import Caches
from onggi.controller.correlate import Recent, Source, Word
from onggi.controller.events import Recorder
from onggi.controller.index import uid

GONE = 4096  # objects remembered to be gone
SIDE_BY_SIDE = (Create, Delete)


class Behind(Exception):
    """The caches told something that is no longer, or not yet, true: try again soon."""


class NotYet(Exception):
    """The plan may go on in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not for another {seconds:.0f} s")
        self.seconds = seconds


@dataclass
class Absence:
    """Since when an object is known to be gone, on the loop's clock; None: it is not."""

    since: float | None = None


class Executor:
    """Shared by all controllers of a process."""

    def __init__(self, cluster: Cluster, caches: Caches, recorder: Recorder) -> None:
        self.cluster = cluster
        self.caches = caches
        self.recorder = recorder
        self.absent: Recent[Absence] = Recent(GONE)

    async def execute(self, plan: Plan, source: Source) -> None:
        """Raises the StatusError that ended the plan, or Behind."""
        performance = Performance(self, source)
        try:
            await performance.all(plan.actions)
        except StatusError as error:
            if plan.failed and not is_terminating(error):
                await performance.all(plan.failed(error))
            raise


class Performance:
    """One plan under way. An object written twice is written the second time as its first
    write left it, which is safe: nobody came between, or that write had been refused."""

    def __init__(self, executor: Executor, source: Source) -> None:
        self._cluster = executor.cluster
        self._caches = executor.caches
        self._recorder = executor.recorder
        self._absent = executor.absent
        self._source = source
        self._written: dict[str, View] = {}

    async def all(self, actions: Sequence[Action]) -> None:
        for size, together in batches(actions):
            await side_by_side([self._perform(action) for action in together], size)

    async def _perform(self, action: Action) -> None:
        match action:
            case Create():
                await self._create(action)
            case Patch():
                await self._patch(action)
            case Update(kind, obj, subresource):
                seen = {"resourceVersion": self._latest(obj)["metadata"]["resourceVersion"]}
                obj = {**obj, "metadata": {**obj["metadata"], **seen}}
                self._keep(action, await self._cluster.update(kind, obj, subresource=subresource))
            case SetStatus(kind, target, status):
                obj = {**self._latest(target), "status": status}
                self._keep(action, await self._cluster.update(kind, obj, subresource="status"))
            case Delete():
                await self._delete(action)
            case Emit(target, reason, message, type):
                self._recorder.emit(self._source, target, Word(reason, message, type))
            case Absent():
                await self._check_absent(action)
            case Clear():
                await self._clear(action)

    async def _create(self, action: Create) -> None:
        try:
            made = await self._cluster.create(
                action.kind, action.obj, subresource=action.subresource
            )
        except StatusError as error:
            if action.failed and not is_terminating(error):
                await self.all(action.failed(error))
            raise
        if not action.subresource:
            self._caches.put(action.kind, made)
        if action.done:
            await self.all(action.done(made))

    async def _patch(self, action: Patch) -> None:
        target = self._latest(action.target)
        seen = {"resourceVersion": target["metadata"]["resourceVersion"]}
        patch = {**action.patch, "metadata": {**action.patch.get("metadata", {}), **seen}}
        self._keep(
            action,
            await self._cluster.patch(action.kind, target, patch, subresource=action.subresource),
        )

    async def _delete(self, action: Delete) -> None:
        options: Object = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": preconditions(self._latest(action.target), action.unchanged),
            "propagationPolicy": action.propagation,
        }
        if action.grace is not None:
            options["gracePeriodSeconds"] = action.grace
        meta = action.target["metadata"]
        target = reference(meta.get("namespace", ""), meta["name"])
        try:
            answer = await self._cluster.delete(action.kind, target, options)
        except (NotFound, Conflict) as error:
            if action.unchanged and isinstance(error, Conflict):
                raise  # it has changed: look again
            self._caches.forget(action.kind, action.target)  # gone, whoever has its name now
            return
        if is_lingering(answer):
            self._written[uid(answer)] = answer
            self._caches.put(action.kind, answer)
        else:
            self._caches.forget(action.kind, action.target)

    async def _check_absent(self, action: Absent) -> None:
        place = action.uid or (action.kind.resource, action.namespace, action.name)
        absence = self._absent.get(place, Absence)
        now = asyncio.get_running_loop().time()
        if absence.since is None or not action.uid:  # a uid once gone never comes back
            await self._look_for(action, absence, now)
        assert absence.since is not None
        left = absence.since + action.lasting.total_seconds() - now
        if left > 0:
            raise NotYet(left)

    async def _look_for(self, action: Absent, absence: Absence, now: float) -> None:
        try:
            found = await self._cluster.get(action.kind, action.namespace, action.name)
        except NotFound:
            pass
        else:
            if not action.uid or uid(found) == action.uid:
                absence.since = None
                raise Behind(f"{action.kind.resource} {action.name} is there")
        if absence.since is None:
            absence.since = now

    async def _clear(self, action: Clear) -> None:
        remains = [await self._empty(Target(k, action.namespace, "")) for k in action.kinds]
        await self.all(action.then(remains))

    async def _empty(self, place: Target) -> Remains:
        """Delete all of a kind in a namespace; what is left, asked of the server itself."""
        kind, selection = place.kind, Selection(namespace=place.namespace)
        try:
            found = (await self._cluster.list(kind, selection)).items
            doomed = [o for o in found if not is_going(o)]
            await self.all([Delete(kind, obj) for obj in doomed])
            left = (await self._cluster.list(kind, selection)).items if found else ()
        except NotFound:  # the kind itself is gone
            return Remains(kind)
        except StatusError as error:
            return Remains(kind, refusal=error)
        return Remains(kind, left)

    def _latest(self, target: View) -> View:
        return self._written.get(uid(target), target)

    def _keep(self, action: Patch | Update | SetStatus, answer: View) -> None:
        self._written[uid(answer)] = answer
        if is_over(answer):
            self._caches.forget(action.kind, answer)
        else:
            self._caches.put(action.kind, answer)


def batches(actions: Sequence[Action]) -> Iterator[tuple[int, Sequence[Action]]]:
    """Neighbours that may run side by side, and how many of them to begin with."""
    for kind, group in groupby(actions, type):
        together = list(group)
        if kind in SIDE_BY_SIDE:
            yield (1 if kind is Create else len(together)), together
        else:
            yield from ((1, [action]) for action in together)


async def side_by_side(work: Sequence[Awaitable[None]], size: int) -> None:
    """``size`` at first, then twice as many each time, until one fails: that error is raised."""
    todo = list(work)
    while todo:
        now, todo = todo[:size], todo[size:]
        results = await asyncio.gather(*now, return_exceptions=True)
        if error := next((r for r in results if r is not None), None):
            abandon(todo)
            raise error
        size *= 2


def abandon(work: Sequence[Awaitable[None]]) -> None:
    """Coroutines that will not be awaited must be told so."""
    for item in work:
        if asyncio.iscoroutine(item):
            item.close()


def preconditions(target: View, unchanged: bool) -> Object:
    seen = {"uid": uid(target)}
    if unchanged:
        seen["resourceVersion"] = target["metadata"]["resourceVersion"]
    return seen


def is_lingering(answer: View) -> bool:
    """The object is still there after its deletion: it has finalizers or time to end."""
    return is_going(answer) and not is_over(answer)


def is_over(answer: View) -> bool:
    """This write was the object's last: nothing holds its deletion up any more."""
    meta = answer.get("metadata") or {}
    waits = meta.get("finalizers") or meta.get("deletionGracePeriodSeconds")
    return is_going(answer) and not waits and not get(answer, "spec.finalizers")


def is_terminating(error: StatusError) -> bool:
    """Refused because the namespace is being deleted: nothing is left to do there."""
    causes = error.details.get("causes") or ()
    return any(cause.get("reason") == "NamespaceTerminating" for cause in causes)
