import asyncio
import contextlib
import time

import pytest

from onggi.client.cluster import MERGE, STRATEGIC, reference
from onggi.client.fake import FakeCluster
from onggi.controller.cache import Reflector
from onggi.controller.events import Recorder
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.scheduler.loop import READS, Scheduler, SchedulerConfig
from tests.caching import caches_of
from tests.scheduler.objects import node, pod
from tests.world import NOW


class StrategicFake(FakeCluster):
    """Merges conditions by type, which is all of strategic merge that the scheduler uses."""

    async def patch(self, kind, target, patch, *, type=MERGE, subresource=""):
        conditions = patch.get("status", {}).get("conditions") if type == STRATEGIC else None
        if conditions:
            old = await self.get(kind, target["metadata"]["namespace"], target["metadata"]["name"])
            known = {c["type"]: c for c in old.get("status", {}).get("conditions", ())}
            known |= {c["type"]: c for c in conditions}
            patch = {"status": {**patch["status"], "conditions": list(known.values())}}
        return await super().patch(kind, target, patch, subresource=subresource)


@contextlib.asynccontextmanager
async def scheduling(cluster):
    caches = caches_of(READS)
    recorder = Recorder(cluster, lambda: NOW)
    scheduler = Scheduler(cluster, caches, recorder, SchedulerConfig(clock=lambda: NOW))
    reflectors = [Reflector(cluster, kind, caches) for kind in READS]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(r.run()) for r in reflectors]
        for reflector in reflectors:
            await reflector.synced.wait()
        running += [tasks.create_task(recorder.run()), tasks.create_task(scheduler.run())]
        yield scheduler
        for task in running:
            task.cancel()


async def add_node(cluster, made):
    await cluster.create(NODE, made)
    await cluster.patch(NODE, made, {"status": made["status"]}, subresource="status")


async def wait_for(cluster, name, condition):
    async with asyncio.timeout(5):
        async for event in cluster.watch(POD, since="0"):
            if event.object["metadata"]["name"] == name and condition(event.object):
                return event.object
    raise AssertionError


def bound(obj):
    return obj["spec"].get("nodeName")


def refusal(obj):
    conditions = obj.get("status", {}).get("conditions", ())
    return next((c["message"] for c in conditions if c.get("reason") == "Unschedulable"), None)


async def words(cluster, reason):
    async with asyncio.timeout(5):
        async for event in cluster.watch(EVENT, since="0"):
            if event.object["reason"] == reason:
                return event.object["message"]
    raise AssertionError


@pytest.fixture
def cluster():
    return StrategicFake(lambda: NOW)


async def test_a_new_pod_is_bound_at_once(cluster):
    await add_node(cluster, node("a"))
    async with scheduling(cluster):
        began = time.perf_counter()
        await cluster.create(POD, pod("p", cpu="1"))
        assert (await wait_for(cluster, "p", bound))["spec"]["nodeName"] == "a"
        assert time.perf_counter() - began < 0.5
        assert await words(cluster, "Scheduled") == "Successfully assigned default/p to a"


async def test_pods_that_were_there_before_are_placed_and_counted(cluster):
    await add_node(cluster, node("a", cpu="2"))
    for name in ("a", "b", "c"):
        await cluster.create(POD, pod(name, cpu="1"))
    async with scheduling(cluster):
        await wait_for(cluster, "c", refusal)
        placed = [o for o in (await cluster.list(POD)).items if bound(o)]
        assert len(placed) == 2


async def test_a_pod_that_does_not_fit_is_told_why_and_placed_when_a_node_comes(cluster):
    async with scheduling(cluster):
        await cluster.create(POD, pod("p", cpu="1"))
        waiting = await wait_for(cluster, "p", refusal)
        assert refusal(waiting) == "no nodes available to schedule pods"
        text = await words(cluster, "FailedScheduling")
        assert text == "no nodes available to schedule pods"
        await add_node(cluster, node("a"))
        assert await wait_for(cluster, "p", bound)


async def test_other_schedulers_pods_and_gated_pods_are_left_alone(cluster):
    await add_node(cluster, node("a"))
    async with scheduling(cluster):
        await cluster.create(POD, pod("other", schedulerName="mine"))
        await cluster.create(POD, pod("gated", schedulingGates=[{"name": "g"}]))
        await cluster.create(POD, pod("p"))
        await wait_for(cluster, "p", bound)
        assert not bound(await cluster.get(POD, "default", "other"))
        gated = await cluster.get(POD, "default", "gated")
        assert not bound(gated)
        assert not refusal(gated)
        await cluster.patch(POD, gated, {"spec": {"schedulingGates": None}})
        assert await wait_for(cluster, "gated", bound)


async def test_a_more_important_pod_sends_a_lesser_one_away(cluster):
    await add_node(cluster, node("a", cpu="1"))
    async with scheduling(cluster):
        await cluster.create(POD, pod("low", cpu="1", priority=1))
        await wait_for(cluster, "low", bound)
        await cluster.create(POD, pod("high", cpu="1", priority=9))

        def nominated(obj):
            return obj.get("status", {}).get("nominatedNodeName")

        assert nominated(await wait_for(cluster, "high", nominated)) == "a"
        going = await wait_for(cluster, "low", lambda o: o["metadata"].get("deletionTimestamp"))
        assert going["status"]["conditions"][-1]["reason"] == "PreemptionByScheduler"
        at_once = {"gracePeriodSeconds": 0}
        await cluster.delete(POD, reference("default", "low"), at_once)
        assert await wait_for(cluster, "high", bound)


async def test_many_pods_are_spread_evenly(cluster):
    for n in range(20):
        await add_node(cluster, node(f"n{n}", cpu="64", memory="128Gi", pods="250"))
    async with scheduling(cluster) as scheduler:
        for n in range(300):
            await cluster.create(POD, pod(f"p{n}", cpu="4"))
        await wait_for(cluster, "p299", bound)
        counts = [len(n.pods) for n in scheduler.state.listed]
        assert sum(counts) == 300
        assert max(counts) - min(counts) <= 1
