"""A cluster in a test: controllers on fake time, and a tiny kubelet that plays the nodes."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import timedelta

from onggi.api.conditions import find
from onggi.api.objects import get
from onggi.api.plan import Controller, Create, Delete, Plan, SetStatus
from onggi.api.times import parse, stamp
from onggi.client.cluster import Selection
from onggi.client.fake import loop_clock
from onggi.controller.runtime import Runtime
from onggi.kinds import BUILTIN
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.pod import POD


@dataclass
class Kubelet:
    """Binds pods to ``node`` (if any), makes them ready after ``start`` seconds (never, if their
    image is in ``broken``), and ends them ``stop`` seconds after their deletion began. Images in
    ``ends`` end by themselves, so many seconds after they were ready, with an exit code."""

    node: str = "node-1"
    start: float = 2
    stop: float = 1
    broken: set[str] = field(default_factory=set)
    ends: dict[str, tuple[float, int]] = field(default_factory=dict)
    dead: bool = False

    def controller(self):
        return Controller(name="kubelet", kind=POD, reconcile=self.reconcile, workers=100)

    def reconcile(self, pod, world, now):
        if not get(pod, "spec.nodeName") and not self.node:
            return Plan()
        if not get(pod, "spec.nodeName"):
            target = {"apiVersion": "v1", "kind": "Node", "name": self.node}
            meta = {k: pod["metadata"][k] for k in ("name", "namespace")}
            return Plan([Create(POD, {"metadata": meta, "target": target}, subresource="binding")])
        if self.dead:
            return Plan()
        if get(pod, "metadata.deletionTimestamp"):
            return self.end(pod, now)
        if get(pod, "status.phase") in ("Succeeded", "Failed"):
            return Plan()
        since = parse(get(pod, "status.startTime") or stamp(now))
        status = self.status(pod, since, now)
        again = since + timedelta(seconds=self.start) - now
        if again <= timedelta() and (end := self.ends.get(pod["spec"]["containers"][0]["image"])):
            again += timedelta(seconds=end[0])
            status = status if again > timedelta() else self.ended(status, end[1], now)
        actions = [SetStatus(POD, pod, status)] if status != pod.get("status") else []
        return Plan(actions, again_in=again if again > timedelta() else None)

    def end(self, pod, now):
        grace = timedelta(seconds=get(pod, "metadata.deletionGracePeriodSeconds", 0))
        left = parse(pod["metadata"]["deletionTimestamp"]) - grace - now
        left += timedelta(seconds=self.stop)
        if left > timedelta():
            return Plan(again_in=left)
        return Plan([Delete(POD, pod, grace=0)])

    def ended(self, status, code, now):
        ready = {"type": "Ready", "status": "False", "lastTransitionTime": stamp(now)}
        state = {"terminated": {"exitCode": code, "finishedAt": stamp(now)}}
        return status | {
            "phase": "Failed" if code else "Succeeded",
            "conditions": [*(c for c in status["conditions"] if c["type"] != "Ready"), ready],
            "containerStatuses": [
                {"name": "c", "state": state, "ready": False, "restartCount": 0,
                 "image": "i", "imageID": "i"}
            ],
        }  # fmt: skip

    def status(self, pod, since, now):
        image = pod["spec"]["containers"][0]["image"]
        ready = image not in self.broken and now >= since + timedelta(seconds=self.start)
        before = pod.get("status") or {}
        old = find(pod, "Ready")
        same = old is not None and old["status"] == str(ready)
        at = old["lastTransitionTime"] if same else stamp(now)
        return before | {
            "phase": "Running",
            "startTime": stamp(since),
            "podIP": "10.1.{}.{}".format(*bytes.fromhex(pod["metadata"]["uid"][-4:])),
            "conditions": [
                *(c for c in before.get("conditions") or () if c["type"] != "Ready"),
                {"type": "Ready", "status": str(ready), "lastTransitionTime": at},
            ],
        }


class Machine:
    """Any Cluster, with what tests ask of it besides."""

    def __init__(self, cluster, reader=None, writer=None):
        self.cluster = cluster  # a superuser's: the test itself, and the kubelet
        self.reader = reader or cluster
        self.writer = writer  # see Runtime

    def __getattr__(self, name):
        return getattr(self.cluster, name)

    async def revision(self):
        return (await self.list(NAMESPACE)).resource_version

    async def names(self, kind, namespace="default"):
        listing = await self.list(kind, Selection(namespace=namespace))
        return [o["metadata"]["name"] for o in listing.items]

    async def all(self, kind, namespace="default"):
        return (await self.list(kind, Selection(namespace=namespace))).items

    async def messages(self, reason, namespace="default"):
        """What events with this reason said, in order, as often as they are counted."""
        events = await self.all(EVENT, namespace)
        events = sorted(events, key=lambda e: int(e["metadata"]["name"].rsplit(".", 1)[1], 16))
        return [e["message"] for e in events if e["reason"] == reason]


@contextlib.asynccontextmanager
async def running(machine, controllers, kubelet=None):
    """The controllers at work; ``async with`` yields their runtime."""
    parts = [Runtime(machine.reader, controllers, BUILTIN, loop_clock, writer=machine.writer)]
    if kubelet:
        parts.append(Runtime(machine.cluster, [kubelet.controller()], BUILTIN, loop_clock))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in parts]
        for part in parts:
            await part.synced.wait()
        await asyncio.sleep(1)  # so that pods find their service account
        yield parts[0]
        for task in tasks:
            task.cancel()


def deployment(name="web", image="v1", replicas=3, **spec):
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": image}]},
            },
            **spec,
        },
    }
