"""The node agent: every pod that is bound to this node has a worker, and nothing else does.

Pods come from a watch on ``spec.nodeName``. What the runtime still holds of pods that are gone
is adopted as such and wound down. A worker that fails is started anew and takes over what is
there; the others never notice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from onggi.api.objects import Object, View
from onggi.client.cluster import Selection
from onggi.kinds.core.pod.kind import POD
from onggi.node.identity import POD_GRACE, POD_NAME, POD_NAMESPACE, POD_UID
from onggi.node.means import Means
from onggi.node.reflect import Sink, reflect
from onggi.node.runtime import Container, Exited, Relist, RuntimeFailure, Sandbox
from onggi.node.worker import PodWorker

log = logging.getLogger(__name__)

RELIST = 60.0  # seconds; for an event that was lost after all
PAUSE = 1.0  # before a failed worker is started anew, doubling
LONGEST_PAUSE = 60.0

Admit = Callable[[View, Sequence[View]], tuple[str, str] | None]  # (reason, message) of a refusal
Follow = Callable[[Sink], Awaitable[None]]  # for ever: tells the sink of the node's pods


class Agent(Sink):
    """``run`` is for ever; cancelled, it leaves all containers running.

    ``admit`` is asked about every pod that has not been begun, with the others here.
    ``follow`` stands in for the watch, where many nodes share one.
    """

    def __init__(
        self, means: Means, node: str, admit: Admit | None = None, follow: Follow | None = None
    ) -> None:
        self._means = means
        self._node = node
        self._admit = admit
        self._follow = follow or self._watch
        self._workers: dict[str, PodWorker] = {}  # by pod uid
        self._owners: dict[str, str] = {}  # sandbox or container id → pod uid
        self._held: dict[str, set[str]] = {}  # the same, by pod uid
        self._listed = asyncio.Event()
        self._group: asyncio.TaskGroup

    # What others ask

    def get(self, namespace: str, name: str) -> View | None:
        """The pod with its newest status."""
        for worker in self._workers.values():
            meta = worker.pod["metadata"]
            if (meta["namespace"], meta["name"]) == (namespace, name):
                return worker.current
        return None

    def all(self) -> Sequence[View]:
        return [worker.current for worker in self._workers.values()]

    def retry_mount(self, uid: str) -> None:
        """A volume of this pod may be ready now."""
        if worker := self._workers.get(uid):
            worker.retry_mount()

    @property
    def listed(self) -> asyncio.Event:
        """Set once the pods of this node are known."""
        return self._listed

    # The loops

    async def run(self) -> None:
        async with asyncio.TaskGroup() as self._group:
            self._group.create_task(self._watch_pods(), name="pods")
            self._group.create_task(self._watch_runtime(), name="runtime")
            self._group.create_task(self._relist_forever(), name="relist")
            self._group.create_task(self._clean_up(), name="orphans")

    async def _watch_pods(self) -> None:
        await self._follow(self)

    async def _watch(self, sink: Sink) -> None:
        selection = Selection(fields=f"spec.nodeName={self._node}")
        await reflect(self._means.cluster, POD, selection, sink)

    async def _watch_runtime(self) -> None:
        async for event in self._means.runtime.events():
            if isinstance(event, Exited):
                self._means.exits.add(event.container_id)
                self._look_at(self._owners.get(event.container_id))
            elif isinstance(event, Relist):
                for uid in self._workers:
                    self._look_at(uid)

    def _look_at(self, uid: str | None) -> None:
        if worker := self._workers.get(uid or ""):
            worker.look_again()

    # Pods

    def replace(self, objects: Sequence[View]) -> None:
        """All pods there are: those that are missing went unseen."""
        present = {pod["metadata"]["uid"] for pod in objects}
        for uid, worker in self._workers.items():
            if uid not in present:
                worker.remove()
        for pod in objects:
            self.put(pod)
        self._listed.set()

    def put(self, obj: View) -> None:
        pod = {"apiVersion": "v1", "kind": "Pod", **obj}
        uid = pod["metadata"]["uid"]
        if worker := self._workers.get(uid):
            worker.update(pod)
            return
        refusal = self._admit(pod, self.all()) if self._admit and not is_begun(pod) else None
        worker = self._employ(pod)
        if refusal:
            worker.reject(*refusal)

    def remove(self, obj: View) -> None:
        if worker := self._workers.get(obj["metadata"]["uid"]):
            worker.update({"apiVersion": "v1", "kind": "Pod", **obj})
            worker.remove()

    def _employ(self, pod: View, *, gone: bool = False) -> PodWorker:
        uid = pod["metadata"]["uid"]
        worker = self._workers[uid] = PodWorker(
            self._means, pod, partial(self._found, uid), gone=gone
        )
        self._group.create_task(self._supervise(uid), name=f"pod {pod['metadata']['name']}")
        return worker

    def _found(self, uid: str, ids: Iterable[str]) -> None:
        """What the runtime holds of a pod."""
        present = set(ids)
        for id in self._held.get(uid, set()) - present:
            self._owners.pop(id, None)
        self._owners |= dict.fromkeys(present, uid)
        self._held[uid] = present

    async def _supervise(self, uid: str) -> None:
        """One pod's trouble is no other's: its worker is replaced, and the trouble is told."""
        pause = PAUSE
        while True:
            worker = self._workers[uid]
            try:
                await worker.run()
            except Exception:
                log.exception("the worker of pod %s failed; again in %gs", uid, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                self._workers[uid] = worker.successor()
            else:
                break
        self._found(uid, ())
        del self._workers[uid], self._held[uid]

    # What is not as the events told

    async def _relist_forever(self) -> None:
        while True:
            await asyncio.sleep(RELIST)
            await self._compare()

    async def _compare(self) -> None:
        """Cheap: two lists for all pods, and a closer look only where they differ."""
        try:
            sandboxes = await self._means.runtime.sandboxes()
            containers = await self._means.runtime.containers()
        except RuntimeFailure as error:
            log.warning("the runtime did not answer: %s", error)
            return
        states = states_by_pod((*sandboxes, *containers))
        for uid, worker in self._workers.items():
            seen = states_by_pod((*worker.observed.sandboxes, *worker.observed.containers))
            if states.get(uid, {}) != seen.get(uid, {}):
                worker.look_again()
        self._adopt_orphans(sandboxes, containers)

    async def _clean_up(self) -> None:
        """What pods have left here that are gone since."""
        await self._listed.wait()
        await self._compare()
        for uid in await self._means.volumes.known():
            if uid not in self._workers:
                await self._means.volumes.unmount(uid)
                await self._means.cgroups.remove(uid)

    def _adopt_orphans(self, sandboxes: Sequence[Sandbox], containers: Sequence[Container]) -> None:
        """Wound down like any pod whose object is gone."""
        if not self._listed.is_set():
            return
        things: tuple[Sandbox | Container, ...] = (*containers, *sandboxes)
        for thing in things:  # containers first: they know the grace
            uid = thing.labels.get(POD_UID)
            if uid and uid not in self._workers:
                log.info("pod %s is gone; ending what is left of it", uid)
                self._employ(ghost(thing), gone=True)


def is_begun(pod: View) -> bool:
    """Some node agent, perhaps an earlier one here, has taken the pod."""
    return bool((pod.get("status") or {}).get("startTime"))


def ghost(thing: Sandbox | Container) -> Object:
    """A pod that only the runtime remembers."""
    labels = thing.labels
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": labels.get(POD_NAME, ""),
            "namespace": labels.get(POD_NAMESPACE, ""),
            "uid": labels[POD_UID],
        },
        "spec": {
            "containers": [],
            "terminationGracePeriodSeconds": int(thing.annotations.get(POD_GRACE, "30")),
        },
    }


def states_by_pod(things: Iterable[Sandbox | Container]) -> dict[str, dict[str, str]]:
    """Pod uid → id → state."""
    found: dict[str, dict[str, str]] = {}
    for thing in things:
        found.setdefault(thing.labels.get(POD_UID, ""), {})[thing.id] = thing.state
    return found
