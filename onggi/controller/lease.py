"""One leader among several processes, by a Lease, as client-go elects it.

    await Elector(cluster, "kube-controller-manager", identity, clock).lead(runtime.run)

``lead`` waits until it holds the lease, then runs the work and renews the lease beside it. A
single process holds it at once. Whoever cannot renew in time stops its work before anybody
else may begin. Source: ``client-go/tools/leaderelection``.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from onggi.api.errors import AlreadyExists, Conflict, NotFound, StatusError
from onggi.api.objects import Object, View, get
from onggi.api.times import micro
from onggi.client.cluster import Cluster
from onggi.kinds.coordination.lease import LEASE

log = logging.getLogger(__name__)

DURATION = 15  # seconds that others wait for a sign of the holder
DEADLINE = 10.0  # seconds in which the holder must manage to renew
RETRY = 2.0  # seconds between attempts


class LeadershipLost(Exception):
    """The lease could not be renewed; somebody else may lead now."""


@dataclass
class Sighting:
    """The lease's version last seen, and when, on the loop's clock: other clocks may differ."""

    version: str = ""
    at: float = 0.0


def claim(lease: View | None, identity: str, now: datetime) -> Object:
    """The Lease's spec once we hold it."""
    spec = dict(lease["spec"]) if lease else {}
    mine = spec.get("holderIdentity") == identity
    renewed = {"holderIdentity": identity, "leaseDurationSeconds": DURATION}
    renewed["renewTime"] = micro(now)
    if not mine:
        changes = spec.get("leaseTransitions", 0) + (1 if lease else 0)
        renewed |= {"acquireTime": micro(now), "leaseTransitions": changes}
    return spec | renewed


def is_free(lease: View, identity: str, silent: float) -> bool:
    """Ours, nobody's, or its holder has been ``silent`` (seconds) for too long."""
    holder = get(lease, "spec.holderIdentity")
    return not holder or holder == identity or silent > get(lease, "spec.leaseDurationSeconds", 0)


class Elector:
    def __init__(
        self,
        cluster: Cluster,
        name: str,
        identity: str,
        clock: Callable[[], datetime],
        namespace: str = "kube-system",
    ) -> None:
        self._cluster = cluster
        self._place = {"name": name, "namespace": namespace}
        self._identity = identity
        self._clock = clock
        self._seen = Sighting()

    async def lead(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run the work while we lead; raises LeadershipLost. Gives the lease back at the end."""
        await self._win()
        log.info("%s leads as %s", self._identity, self._place["name"])
        try:
            async with asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew())
                await work()
                renewing.cancel()
        except* LeadershipLost as lost:
            raise lost.exceptions[0] from None
        finally:
            await self._release()

    async def _win(self) -> None:
        while True:
            if await self._try():
                return
            await asyncio.sleep(RETRY)

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        renewed = loop.time()
        while True:
            await asyncio.sleep(RETRY)
            if await self._try():
                renewed = loop.time()
            elif loop.time() - renewed >= DEADLINE:
                raise LeadershipLost(self._place["name"])

    async def _try(self) -> bool:
        """Whether we hold the lease now."""
        try:
            async with asyncio.timeout(DEADLINE / 2):
                return await self._acquire()
        except (AlreadyExists, Conflict):
            return False  # somebody was faster
        except (StatusError, TimeoutError) as error:
            log.warning("lease %s: %s", self._place["name"], error)
            return False

    async def _acquire(self) -> bool:
        lease = await self._look()
        now = self._clock()
        if lease is None:
            body = {"metadata": self._place, "spec": claim(None, self._identity, now)}
            await self._cluster.create(LEASE, body)
            return True
        if not is_free(lease, self._identity, self._silent_for(lease)):
            return False
        await self._cluster.update(LEASE, {**lease, "spec": claim(lease, self._identity, now)})
        return True

    async def _look(self) -> View | None:
        try:
            return await self._cluster.get(LEASE, self._place["namespace"], self._place["name"])
        except NotFound:
            return None

    def _silent_for(self, lease: View) -> float:
        now = asyncio.get_running_loop().time()
        version = lease["metadata"]["resourceVersion"]
        if version != self._seen.version:
            self._seen = Sighting(version, now)
        return now - self._seen.at

    async def _release(self) -> None:
        """So that the next need not wait; if it fails, they wait."""
        try:
            lease = await self._look()
            if lease and get(lease, "spec.holderIdentity") == self._identity:
                spec = {**lease["spec"], "holderIdentity": "", "leaseDurationSeconds": 1}
                await self._cluster.update(LEASE, {**lease, "spec": spec})
        except StatusError as error:
            log.debug("lease %s was not given back: %s", self._place["name"], error)
