"""Leader election on fake time."""

import asyncio
import contextlib

import pytest

from onggi.api import errors
from onggi.client.fake import FakeCluster, loop_clock
from onggi.controller.lease import Elector, LeadershipLost
from onggi.kinds.coordination.lease import LEASE

pytestmark = pytest.mark.looptime


def worker(cluster, identity, log):
    async def work():
        log.append(f"{identity} begins")
        try:
            await asyncio.Event().wait()
        finally:
            log.append(f"{identity} ends")

    return Elector(cluster, "leader", identity, loop_clock).lead(work)


@contextlib.asynccontextmanager
async def started(*work):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(w) for w in work]
        yield tasks
        for task in tasks:
            task.cancel()


async def test_a_single_process_leads_at_once(looptime):
    cluster, log = FakeCluster(), []
    async with started(worker(cluster, "a", log)):
        await asyncio.sleep(0.001)
        assert log == ["a begins"]
        await asyncio.sleep(100)
        lease = await cluster.get(LEASE, "kube-system", "leader")
        assert lease["spec"]["holderIdentity"] == "a"
        assert lease["spec"]["leaseTransitions"] == 0


async def test_the_next_leads_soon_after_the_first_gave_up():
    cluster, log = FakeCluster(), []
    async with started(worker(cluster, "a", log), worker(cluster, "b", log)) as (first, _):
        await asyncio.sleep(30)
        assert log == ["a begins"]
        first.cancel()
        await asyncio.sleep(3)
        assert log == ["a begins", "a ends", "b begins"]
        lease = await cluster.get(LEASE, "kube-system", "leader")
        assert lease["spec"]["leaseTransitions"] == 1


async def test_a_leader_that_cannot_renew_stops_before_another_begins():
    cluster, log = FakeCluster(), []

    def gate(verb, kind, name):
        if verb == "update" and 5 < asyncio.get_running_loop().time() < 20:
            raise errors.ServiceUnavailable("away")

    cluster.gate = gate
    with pytest.raises(LeadershipLost):
        await worker(cluster, "a", log)
    assert log == ["a begins", "a ends"]
    async with started(worker(cluster, "b", log)):
        await asyncio.sleep(20)
        assert log[-1] == "b begins"
