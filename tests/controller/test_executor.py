"""Plans are performed in order; guards, preconditions and refusals hold."""

import asyncio
from datetime import timedelta

import pytest

from onggi.api import errors
from onggi.api.plan import Absent, Clear, Create, Delete, Patch, Plan, SetStatus, Update
from onggi.client.cluster import reference
from onggi.client.fake import FakeCluster, loop_clock
from onggi.controller.cache import Caches
from onggi.controller.correlate import Source
from onggi.controller.events import Recorder
from onggi.controller.executor import Behind, Executor, NotYet, is_terminating
from onggi.kinds import BUILTIN
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.secret import SECRET

pytestmark = pytest.mark.looptime


def configmap(name="a", **meta):
    return {"metadata": {"name": name, "namespace": "default", **meta}, "data": {}}


@pytest.fixture
async def cluster():
    return FakeCluster()


@pytest.fixture
async def executor(cluster):
    caches = Caches(BUILTIN, {kind: [lambda obj: True] for kind in BUILTIN})
    return Executor(cluster, caches, Recorder(cluster, loop_clock))


async def perform(executor, *actions, **plan):
    await executor.execute(Plan(actions, **plan), Source("test"))


async def test_answers_are_in_the_cache_at_once(cluster, executor):
    await perform(executor, Create(CONFIGMAP, configmap()))
    made = executor.caches.get(CONFIGMAP, "default", "a")
    await perform(executor, Patch(CONFIGMAP, made, {"data": {"k": "v"}}))
    patched = executor.caches.get(CONFIGMAP, "default", "a")
    assert patched["data"] == {"k": "v"}
    await perform(executor, Delete(CONFIGMAP, patched))
    assert executor.caches.get(CONFIGMAP, "default", "a") is None


async def test_a_patch_of_what_has_changed_is_refused(cluster, executor):
    made = await cluster.create(CONFIGMAP, configmap())
    await cluster.patch(CONFIGMAP, made, {"data": {"k": "theirs"}})
    with pytest.raises(errors.Conflict):
        await perform(executor, Patch(CONFIGMAP, made, {"data": {"k": "ours"}}))


async def test_one_plan_may_write_an_object_several_times(cluster, executor):
    made = await cluster.create(NAMESPACE, {"metadata": {"name": "n"}})
    await cluster.delete(NAMESPACE, made)
    going = await cluster.get(NAMESPACE, "", "n")
    await perform(
        executor,
        Patch(NAMESPACE, going, {"metadata": {"labels": {"x": "y"}}}),
        SetStatus(NAMESPACE, going, {"phase": "Terminating", "conditions": []}),
        Update(NAMESPACE, {**going, "spec": {}}, subresource="finalize"),
    )
    assert executor.caches.get(NAMESPACE, "", "n") is None
    with pytest.raises(errors.NotFound):
        await cluster.get(NAMESPACE, "", "n")


async def test_what_a_plan_deletes_and_a_finalizer_keeps_it_may_let_go_as_well(cluster, executor):
    made = await cluster.create(CONFIGMAP, configmap(finalizers=["a/b"]))
    await perform(
        executor,
        Delete(CONFIGMAP, made),
        Patch(CONFIGMAP, made, {"metadata": {"finalizers": None}}),
    )
    with pytest.raises(errors.NotFound):
        await cluster.get(CONFIGMAP, "default", "a")


async def test_a_namesake_is_not_deleted(cluster, executor):
    old = await cluster.create(CONFIGMAP, configmap())
    await cluster.delete(CONFIGMAP, old)
    await cluster.create(CONFIGMAP, configmap())
    await perform(executor, Delete(CONFIGMAP, old))
    assert await cluster.get(CONFIGMAP, "default", "a")


async def test_what_changed_is_not_deleted_if_that_matters(cluster, executor):
    made = await cluster.create(CONFIGMAP, configmap())
    await cluster.patch(
        CONFIGMAP, made, {"metadata": {"ownerReferences": None}, "data": {"a": "b"}}
    )
    with pytest.raises(errors.Conflict):
        await perform(executor, Delete(CONFIGMAP, made, unchanged=True))
    await perform(executor, Delete(CONFIGMAP, made))


async def test_a_pod_that_needs_time_stays_in_the_cache(cluster, executor):
    containers = [{"name": "c", "image": "i"}]
    body = {"metadata": {"name": "p", "namespace": "default"}, "spec": {"containers": containers}}
    pod = await cluster.create(POD, body)
    binding = {"metadata": body["metadata"], "target": {"name": "n"}}
    await cluster.create(POD, binding, subresource="binding")
    await perform(executor, Delete(POD, pod))
    assert executor.caches.get(POD, "default", "p")["metadata"]["deletionTimestamp"]
    await perform(executor, Delete(POD, pod, grace=0))
    assert executor.caches.get(POD, "default", "p") is None


async def test_a_guard_stops_a_plan_while_the_object_is_there(cluster, executor):
    made = await cluster.create(CONFIGMAP, configmap())
    uid = made["metadata"]["uid"]
    guard = Absent(CONFIGMAP, "default", "a", uid)
    with pytest.raises(Behind):
        await perform(executor, guard, Create(SECRET, configmap("s")))
    await cluster.delete(CONFIGMAP, made)
    await perform(executor, guard, Create(SECRET, configmap("s")))
    assert await cluster.get(SECRET, "default", "s")
    asked = []
    cluster.gate = lambda verb, kind, name: asked.append(verb)
    await perform(executor, guard)
    assert asked == []  # what is gone never comes back under its uid


async def test_an_absence_may_have_to_last(cluster, executor):
    guard = Absent(CONFIGMAP, "default", "a", lasting=timedelta(seconds=40))
    with pytest.raises(NotYet) as first:
        await perform(executor, guard)
    assert first.value.seconds == 40
    await asyncio.sleep(30)
    await cluster.create(CONFIGMAP, configmap())
    with pytest.raises(Behind):
        await perform(executor, guard)
    await cluster.delete(CONFIGMAP, reference("default", "a"))
    with pytest.raises(NotYet) as second:
        await perform(executor, guard)
    assert second.value.seconds == 40
    await asyncio.sleep(41)
    await perform(executor, guard)


async def test_a_namespace_is_cleared_and_what_remains_is_told(cluster, executor):
    await cluster.create(CONFIGMAP, configmap("a"))
    await cluster.create(CONFIGMAP, configmap("held", finalizers=["example.com/x"]))
    told = []

    def gate(verb, kind, name):
        if kind is SECRET:
            raise errors.InternalError("broken")

    def then(remains):
        told.extend(remains)
        return [Create(CONFIGMAP, configmap("afterwards"))]

    cluster.gate = gate
    await perform(executor, Clear([CONFIGMAP, SECRET], "default", then))
    assert [o["metadata"]["name"] for o in told[0].items] == ["held"]
    assert str(told[1].refusal) == "Internal error occurred: broken"
    assert await cluster.get(CONFIGMAP, "default", "afterwards")


async def test_the_fallbacks_of_a_plan_are_performed_and_the_error_raised(cluster, executor):
    await cluster.create(CONFIGMAP, configmap())
    seen = []
    create = Create(CONFIGMAP, configmap(), failed=lambda e: seen.append("action") or [])
    with pytest.raises(errors.AlreadyExists):
        await perform(executor, create, failed=lambda e: seen.append("plan") or [])
    assert seen == ["action", "plan"]


async def test_in_an_ending_namespace_there_is_nothing_to_fall_back_to(cluster, executor):
    made = await cluster.create(NAMESPACE, {"metadata": {"name": "n"}})
    await cluster.delete(NAMESPACE, made)
    late = {"metadata": {"name": "a", "namespace": "n"}}
    with pytest.raises(errors.Forbidden) as refused:
        await perform(executor, Create(CONFIGMAP, late, failed=lambda e: pytest.fail("no")))
    assert is_terminating(refused.value)
