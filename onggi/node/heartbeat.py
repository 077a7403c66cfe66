"""Says that this node is there: its Node object and its Lease.

The Lease is renewed every 10 s (upstream's quarter of 40 s): that is all the control plane
needs to know it alive. The status is looked at as often, but written only when it changed, or
every 5 minutes, so that a node at rest costs next to no disk writes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

from onggi.api.errors import AlreadyExists, NotFound, StatusError
from onggi.api.objects import Object, View, get
from onggi.api.times import micro
from onggi.client.cluster import STRATEGIC, Cluster, reference
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.node.kind import NODE
from onggi.node.clock import Clock
from onggi.node.facts import Facts
from onggi.node.node_status import Health, Setting, is_news, labels, new_node, node_status
from onggi.node.parts import Recorder
from onggi.node.runtime import ContainerRuntime, RuntimeFailure

log = logging.getLogger(__name__)

LEASES = "kube-node-lease"
DURATION = 40  # seconds that a lease is good for
RENEW = 10.0
LOOK = 10.0  # seconds: nobody tells of disks that fill and runtimes that hang
REPORT = timedelta(minutes=5)
PAUSE, LONGEST_PAUSE = 0.2, 7.0  # after a failure, doubling

ImagesOf = Callable[[], Awaitable[Sequence[View]]]


class Heartbeat:
    """``run`` is for ever; ``registered`` is set once the Node object is there."""

    def __init__(
        self,
        cluster: Cluster,
        setting: Setting,
        facts: Callable[[], Facts],
        look: Callable[[], Awaitable[Health]],
        clock: Clock,
        recorder: Recorder,
    ) -> None:
        self.registered = asyncio.Event()
        self._cluster = cluster
        self._setting = setting
        self._facts = facts
        self._look = look
        self._clock = clock
        self._recorder = recorder
        self._node: View = {}
        self._reported = clock() - REPORT

    @property
    def node(self) -> View:
        """The Node object as last seen."""
        return self._node

    async def run(self) -> None:
        await self._until_done(self._register)
        self.registered.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._renew_forever(), name="lease")
            group.create_task(self._report_forever(), name="node status")

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        pause = PAUSE
        while True:
            try:
                return await work()
            except (StatusError, OSError) as error:
                log.warning("node %s: %s; again in %gs", self._setting.name, error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    # The Node object

    async def _register(self) -> None:
        facts, health = self._facts(), await self._look()
        wanted = new_node(self._setting, facts, health, self._clock())
        try:
            self._node = await self._cluster.create(NODE, wanted)
            self._say("Starting", "Starting kubelet.")
        except AlreadyExists:
            self._node = await self._cluster.get(NODE, "", self._setting.name)
            await self._relabel(facts)
        await self._report_if_news()

    async def _relabel(self, facts: Facts) -> None:
        """Labels of its own that an older version of the node lacks, or has otherwise."""
        wanted = labels(self._setting, facts)
        have = get(self._node, "metadata.labels") or {}
        patch: Object = {}
        if wrong := {key: value for key, value in wanted.items() if have.get(key) != value}:
            patch["metadata"] = {"labels": wrong}
        if self._setting.pod_cidr and not get(self._node, "spec.podCIDR"):
            patch["spec"] = {
                "podCIDR": self._setting.pod_cidr,
                "podCIDRs": [self._setting.pod_cidr],
            }
        if patch:
            self._node = await self._cluster.patch(NODE, self._target(), patch)

    def _target(self) -> Object:
        return reference("", self._setting.name)

    async def _report_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            await self._until_done(self._report_if_news)

    async def _report_if_news(self) -> None:
        now = self._clock()
        health = await self._look()
        status = node_status(self._node, self._setting, self._facts(), health, now)
        before = get(self._node, "status") or {}
        if not is_news(before, status) and now - self._reported < REPORT:
            return
        await self._report(status, before)
        self._reported = now

    async def _report(self, status: View, before: View) -> None:
        changed = {key: value for key, value in status.items() if before.get(key) != value}
        try:
            self._node = await self._cluster.patch(
                NODE, self._target(), {"status": changed}, type=STRATEGIC, subresource="status"
            )
        except NotFound:  # somebody deleted it: join again
            await self._register()
            return
        self._tell_readiness(before, status)

    def _tell_readiness(self, before: View, after: View) -> None:
        was, is_ = readiness(before), readiness(after)
        if was != is_:
            reason = "NodeReady" if is_ == "True" else "NodeNotReady"
            self._say(reason, f"Node {self._setting.name} status is now: {reason}")

    def _say(self, reason: str, message: str) -> None:
        target = {"apiVersion": "v1", "kind": "Node", "metadata": self._node["metadata"]}
        self._recorder.event(target, "Normal", reason, message)

    # The Lease

    async def _renew_forever(self) -> None:
        while True:
            await self._until_done(self._renew)
            await asyncio.sleep(RENEW)

    async def _renew(self) -> None:
        spec: dict[str, Any] = {"renewTime": micro(self._clock())}
        target = reference(LEASES, self._setting.name)
        try:
            await self._cluster.patch(LEASE, target, {"spec": spec})
        except NotFound:
            await self._cluster.create(LEASE, self._lease(spec))

    def _lease(self, spec: View) -> Object:
        owner = {
            "apiVersion": "v1",
            "kind": "Node",
            "name": self._setting.name,
            "uid": self._node["metadata"]["uid"],
        }
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": {
                "name": self._setting.name,
                "namespace": LEASES,
                "ownerReferences": [owner],
            },
            "spec": {
                "holderIdentity": self._setting.name,
                "leaseDurationSeconds": DURATION,
                **spec,
            },
        }


def readiness(status: View) -> str:
    found = [c["status"] for c in status.get("conditions") or () if c.get("type") == "Ready"]
    return found[0] if found else ""


async def runtime_health(runtime: ContainerRuntime, images: ImagesOf) -> Health:
    """How the runtime is, in upstream's words."""
    try:
        status = await runtime.status()
        return Health(
            runtime=f"{status.name}://{status.version}",
            troubles=[trouble(type, why) for type, why in status.not_ready.items()],
            images=await images(),
        )
    except RuntimeFailure as error:
        return Health(troubles=[f"container runtime is down: {error.description}"])


def trouble(type: str, why: str) -> str:
    reason, _, message = why.partition(": ")
    what = "container runtime network" if type == "NetworkReady" else "container runtime"
    return f"{what} not ready: {type}=false reason:{reason} message:{message}"
