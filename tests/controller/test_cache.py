"""Reflectors keep the caches true, whatever the watch does."""

import asyncio
import contextlib
from itertools import pairwise

import pytest

from onggi.api import errors
from onggi.client.cluster import Event
from onggi.client.fake import FakeCluster
from onggi.controller.cache import Caches, Reflector
from onggi.kinds import BUILTIN
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.event import EVENT
from onggi.kinds.events.event import EVENTS_EVENT

pytestmark = pytest.mark.looptime


def configmap(name="a"):
    return {"metadata": {"name": name, "namespace": "default"}, "data": {"k": "v"}}


@contextlib.asynccontextmanager
async def following(cluster, whole=lambda obj: True):
    caches = Caches(BUILTIN, {CONFIGMAP: [whole]})
    reflector = Reflector(cluster, CONFIGMAP, caches)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(reflector.run())
        await reflector.synced.wait()
        yield caches
        task.cancel()


async def test_changes_are_followed_and_told():
    cluster, told = FakeCluster(), []
    await cluster.create(CONFIGMAP, configmap("a"))
    async with following(cluster) as caches:
        caches.listen(lambda kind, before, after: told.append((before is None, after is None)))
        made = await cluster.create(CONFIGMAP, configmap("b"))
        await cluster.patch(CONFIGMAP, made, {"data": {"k": "w"}})
        await cluster.delete(CONFIGMAP, made)
        await asyncio.sleep(1)
        assert [o["metadata"]["name"] for o in caches.all(CONFIGMAP)] == ["a"]
    assert told == [(True, False), (False, False), (False, True)]


async def test_only_some_objects_may_be_kept_whole():
    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("a"))
    await cluster.create(CONFIGMAP, configmap("b"))
    async with following(cluster, lambda obj: obj["metadata"]["name"] == "a") as caches:
        assert "data" in caches.get(CONFIGMAP, "default", "a")
        assert "data" not in caches.get(CONFIGMAP, "default", "b")


async def test_a_failing_server_is_asked_less_and_less_often(looptime, caplog):
    cluster, times = FakeCluster(), []

    def gate(verb, kind, name):
        times.append(float(looptime))
        if len(times) < 5:
            raise errors.ServiceUnavailable("away")

    cluster.gate = gate
    async with following(cluster):
        pass
    waits = [round(b - a, 1) for a, b in pairwise(times)][:4]
    assert waits == [0.8, 1.6, 3.2, 6.4]
    assert "watching configmaps: away" in caplog.text


async def test_a_watch_that_ends_is_taken_up_where_it_was(looptime):
    cluster, since = FakeCluster(), []
    endless = cluster.watch

    async def short(kind, *args, **options):
        since.append(int(options["since"]))
        async for event in endless(kind, *args, **options):
            yield event
            return

    cluster.watch = short
    async with following(cluster) as caches:
        for name in "abc":
            await cluster.create(CONFIGMAP, configmap(name))
        await asyncio.sleep(0.001)
        assert len(caches.all(CONFIGMAP)) == 3
    assert since == [since[0] + n for n in range(4)]


async def test_a_watch_that_says_nothing_and_ends_does_not_spin():
    cluster, count = FakeCluster(), []

    async def empty(kind, *args, **options):
        count.append(1)
        for event in ():
            yield Event("ADDED", event)

    cluster.watch = empty
    async with following(cluster):
        await asyncio.sleep(60)
    assert len(count) < 10


async def test_kinds_that_are_not_stored_are_not_there():
    caches = Caches(BUILTIN, {})
    assert EVENT in caches.kinds
    assert EVENTS_EVENT not in caches.kinds
    assert caches.kind("apps/v1beta1", "Deployment") is DEPLOYMENT
    assert caches.kind("v1", "SelfSubjectReview") is None
