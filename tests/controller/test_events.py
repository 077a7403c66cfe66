"""The recorder writes what was said, without making anybody wait."""

import asyncio
import contextlib

import pytest

from onggi.api import errors
from onggi.client.cluster import reference
from onggi.client.fake import FakeCluster, loop_clock
from onggi.controller.correlate import Source, Word
from onggi.controller.events import Recorder
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.event import EVENT

pytestmark = pytest.mark.looptime
SOURCE = Source("tester")


@contextlib.asynccontextmanager
async def recording(cluster):
    recorder = Recorder(cluster, loop_clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(recorder.run())
        target = {"metadata": {"name": "a", "namespace": "default"}}
        yield recorder, await cluster.create(CONFIGMAP, target)
        task.cancel()


async def test_repeated_events_are_one_object_with_a_count():
    cluster = FakeCluster()
    async with recording(cluster) as (recorder, target):
        for _ in range(3):
            recorder.emit(SOURCE, target, Word("Woke", "up"))
            await asyncio.sleep(5)
        (event,) = (await cluster.list(EVENT)).items
    assert event["count"] == 3
    assert event["firstTimestamp"] != event["lastTimestamp"]


async def test_events_said_before_it_runs_and_in_one_moment_are_all_written():
    cluster = FakeCluster()
    async with recording(cluster) as (recorder, target):
        for number in range(5):
            recorder.emit(SOURCE, target, Word("Said", f"no {number}"))
        await asyncio.sleep(1)
        assert len((await cluster.list(EVENT)).items) == 5


async def test_an_event_that_expired_meanwhile_is_written_anew():
    cluster = FakeCluster()
    async with recording(cluster) as (recorder, target):
        recorder.emit(SOURCE, target, Word("Woke", "up"))
        await asyncio.sleep(1)
        (event,) = (await cluster.list(EVENT)).items
        await cluster.delete(EVENT, reference("default", event["metadata"]["name"]))
        recorder.emit(SOURCE, target, Word("Woke", "up"))
        await asyncio.sleep(1)
        (again,) = (await cluster.list(EVENT)).items
    assert again["count"] == 2


async def test_while_the_server_is_away_events_wait():
    cluster = FakeCluster()

    def gate(verb, kind, name):
        if kind is EVENT and asyncio.get_running_loop().time() < 25:
            raise errors.ServiceUnavailable("away")

    async with recording(cluster) as (recorder, target):
        cluster.gate = gate
        recorder.emit(SOURCE, target, Word("Woke", "up"))
        await asyncio.sleep(40)
        assert len((await cluster.list(EVENT)).items) == 1


async def test_a_refused_event_does_not_stop_the_next():
    cluster = FakeCluster()

    def gate(verb, kind, name):
        if kind is EVENT and asyncio.get_running_loop().time() < 1:
            raise errors.Forbidden("events", name, "no")

    async with recording(cluster) as (recorder, target):
        cluster.gate = gate
        recorder.emit(SOURCE, target, Word("Woke", "up"))
        await asyncio.sleep(5)
        recorder.emit(SOURCE, target, Word("Fell", "asleep"))
        await asyncio.sleep(5)
        (event,) = (await cluster.list(EVENT)).items
    assert event["reason"] == "Fell"
