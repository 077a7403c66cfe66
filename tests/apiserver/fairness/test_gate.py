"""Requests at the gate: alone they pass, in a crowd they take turns."""

import asyncio

import pytest

from onggi.api.errors import TooManyRequests
from onggi.api.http import Request, User
from onggi.apiserver.fairness import gate as gates
from onggi.apiserver.fairness.gate import TURN, Gate
from onggi.apiserver.path import parse
from onggi.store.memory import MemoryStore
from onggi.store.store import Key
from tests.apiserver.fairness.test_classify import level, rule, schema
from tests.apiserver.world import server

NOISY, QUIET = (User(name, ("system:authenticated",)) for name in ("noisy", "quiet"))
PODS = parse("GET", "/api/v1/namespaces/a/pods")


async def put(store, *objects):
    for obj in objects:
        resource = "flowschemas" if "rules" in obj["spec"] else "prioritylevelconfigurations"
        key = Key(f"{resource}.flowcontrol.apiserver.k8s.io", "", obj["metadata"]["name"])
        await store.create(key, obj)


@pytest.fixture
async def gate():
    store = MemoryStore()
    levels = level("l", queues=4, handSize=1, queueLengthLimit=100)
    await put(store, levels, schema("s", "l", rule(), by="ByUser"))
    yield Gate(store)
    await store.close()


async def pass_through(gate, user, done, listed=0):
    flow = gate.flow(user, PODS)
    await gate.enter(flow, listed)
    done.append(user.name)
    gate.leave(flow)


async def test_a_request_alone_does_not_wait(gate):
    done = []
    await pass_through(gate, QUIET, done)
    assert done == ["quiet"]
    assert gate.flow(QUIET, PODS).level.running == 0


async def test_a_quiet_client_does_not_wait_for_all_of_a_noisy_one(gate):
    done = []
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3 * TURN):
            tasks.create_task(pass_through(gate, NOISY, done))
        tasks.create_task(pass_through(gate, QUIET, done))
    assert len(done) == 3 * TURN + 1
    assert done.index("quiet") <= TURN + 2
    assert gate.flow(QUIET, PODS).level.running == 0


async def test_long_lists_count_for_more(gate):
    done = []
    async with asyncio.TaskGroup() as tasks:
        for _ in range(TURN):
            tasks.create_task(pass_through(gate, NOISY, done, listed=10_000))
        tasks.create_task(pass_through(gate, QUIET, done))
    assert done.index("quiet") < TURN / 2


async def test_too_many_are_refused_and_may_come_again(gate):
    flow, done = gate.flow(NOISY, PODS), []
    flow.level.seats = 0
    waiting = [asyncio.ensure_future(pass_through(gate, NOISY, done)) for _ in range(100)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyRequests) as refused:
        await gate.enter(flow)
    assert refused.value.details == {"retryAfterSeconds": 1}
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    assert flow.level.waiting == 0


async def test_nobody_waits_for_ever(gate, monkeypatch):
    monkeypatch.setattr(gates, "PATIENCE", 0.01)
    flow = gate.flow(NOISY, PODS)
    flow.level.seats = 0
    with pytest.raises(TooManyRequests):
        await gate.enter(flow)
    assert (flow.level.waiting, flow.level.running) == (0, 0)


async def test_a_change_of_the_schemas_counts_at_once(gate):
    assert gate.flow(QUIET, PODS).level.name == "l"
    store = gate._store
    key = Key("flowschemas.flowcontrol.apiserver.k8s.io", "", "s")
    await store.delete(key)
    assert gate.flow(QUIET, PODS).level.name == "catch-all"


async def test_who_waits_in_a_level_that_was_replaced_gets_through(gate):
    flow, done = gate.flow(NOISY, PODS), []
    flow.level.seats = 1
    await gate.enter(flow)
    waiting = asyncio.ensure_future(pass_through(gate, NOISY, done))
    await asyncio.sleep(0)
    await gate._store.delete(Key("flowschemas.flowcontrol.apiserver.k8s.io", "", "s"))
    assert gate.flow(NOISY, PODS).level.name == "catch-all"
    gate.leave(flow)
    await waiting
    assert done == ["noisy"]


async def test_every_answer_says_what_it_was_counted_as():
    made = server()
    request = Request(method="GET", path="/version", user=QUIET)
    await made.handle(request)
    assert set(request.echo) == {
        "X-Kubernetes-PF-FlowSchema-UID",
        "X-Kubernetes-PF-PriorityLevel-UID",
    }
