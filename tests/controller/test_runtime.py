"""Controllers at work on a fake cluster and on fake time."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from onggi.api import errors
from onggi.api.objects import get
from onggi.api.plan import Controller, Create, Delete, Emit, Patch, Plan, SetStatus
from onggi.client.cluster import reference
from onggi.client.fake import FakeCluster, loop_clock
from onggi.controller.runtime import Runtime
from onggi.kinds import BUILTIN
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.pod import POD
from onggi.kinds.core.secret import SECRET

pytestmark = pytest.mark.looptime


@contextlib.asynccontextmanager
async def running(cluster, *controllers):
    runtime = Runtime(cluster, controllers, BUILTIN, loop_clock)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(runtime.run())
        await runtime.synced.wait()
        yield runtime
        task.cancel()


def configmap(name, **data):
    return {"metadata": {"name": name, "namespace": "default"}, "data": data}


def mirror(obj, world, now):
    """Keep a Secret of the same name with the same data."""
    meta = obj["metadata"]
    twin = world.get(SECRET, meta["namespace"], meta["name"])
    if twin is None:
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": meta["name"], "uid": meta["uid"]}
        body = {"metadata": {**reference(meta["namespace"], meta["name"])["metadata"]}}
        body["metadata"]["ownerReferences"] = [owner | {"controller": True}]
        return Plan([Create(SECRET, body | {"data": obj["data"]})])
    if twin["data"] != obj["data"]:
        return Plan([Patch(SECRET, twin, {"data": obj["data"]})])
    return Plan()


MIRROR = Controller(name="mirror", kind=CONFIGMAP, reconcile=mirror, owns=(SECRET,))


async def test_objects_that_were_there_and_new_ones_are_reconciled():
    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("old", a="1"))
    async with running(cluster, MIRROR):
        await cluster.create(CONFIGMAP, configmap("new", a="2"))
        await asyncio.sleep(1)
        secrets = await cluster.list(SECRET)
    assert [s["data"] for s in secrets.items] == [{"a": "2"}, {"a": "1"}]


async def test_what_is_owned_is_mended_when_somebody_else_changes_or_deletes_it():
    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("a", x="1"))
    async with running(cluster, MIRROR):
        await asyncio.sleep(1)
        await cluster.patch(SECRET, reference("default", "a"), {"data": {"x": "bad"}})
        await asyncio.sleep(1)
        assert (await cluster.get(SECRET, "default", "a"))["data"] == {"x": "1"}
        await cluster.delete(SECRET, reference("default", "a"))
        await asyncio.sleep(1)
        assert (await cluster.get(SECRET, "default", "a"))["data"] == {"x": "1"}


async def test_a_refusal_is_tried_again_later(looptime):
    cluster, refused = FakeCluster(), []

    def gate(verb, kind, name):
        if verb == "create" and kind is SECRET and len(refused) < 3:
            refused.append(looptime)
            raise errors.InternalError("no")

    async with running(cluster, MIRROR):
        cluster.gate = gate
        await cluster.create(CONFIGMAP, configmap("a", x="1"))
        await asyncio.sleep(1)
        assert len(refused) == 3
        assert await cluster.get(SECRET, "default", "a")


async def test_a_defect_in_one_reconcile_function_does_not_stop_the_others(caplog):
    def broken(obj, world, now):
        raise KeyError("spec")

    cluster = FakeCluster()
    async with running(
        cluster, Controller(name="broken", kind=CONFIGMAP, reconcile=broken), MIRROR
    ):
        await cluster.create(CONFIGMAP, configmap("a", x="1"))
        await asyncio.sleep(1)
        assert await cluster.get(SECRET, "default", "a")
    assert "broken: configmaps default/a: will retry" in caplog.text


async def test_an_object_asks_to_be_looked_at_again(looptime):
    times = []

    def later(obj, world, now):
        times.append(float(looptime))
        return Plan(again_in=timedelta(seconds=60) if len(times) < 3 else None)

    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("a"))
    async with running(cluster, Controller(name="later", kind=CONFIGMAP, reconcile=later)):
        await asyncio.sleep(1000)
    assert [round(t - times[0]) for t in times] == [0, 60, 120]


async def test_a_reconcile_never_sees_less_than_it_wrote():
    """Every pass would create one more secret if it did not see its own last one."""
    cluster, passes = FakeCluster(), []

    def one_at_a_time(obj, world, now):
        secrets = world.all(SECRET, "default")
        passes.append(len(secrets))
        if len(secrets) == 20:
            return Plan()
        body = {"metadata": {"generateName": "s-", "namespace": "default"}}
        return Plan([Create(SECRET, body)], again_in=timedelta())

    slow = cluster.watch

    async def lagging(kind, *, since=""):
        async for event in slow(kind, since=since):
            await asyncio.sleep(5)
            yield event

    cluster.watch = lagging
    await cluster.create(CONFIGMAP, configmap("a"))
    controller = Controller(name="x", kind=CONFIGMAP, reconcile=one_at_a_time, reads=(SECRET,))
    async with running(cluster, controller):
        await asyncio.sleep(500)
        assert len((await cluster.list(SECRET)).items) == 20
    assert passes == list(range(21))


async def test_a_lost_history_is_listed_anew():
    cluster = FakeCluster()
    async with running(cluster, MIRROR) as runtime:
        cluster.compact()
        await cluster.create(CONFIGMAP, configmap("a", x="1"))
        cluster.compact()
        await asyncio.sleep(1)
        assert runtime.caches.get(CONFIGMAP, "default", "a")
        assert await cluster.get(SECRET, "default", "a")


async def test_many_creates_start_slowly_and_stop_at_the_first_refusal():
    cluster, tried = FakeCluster(), []

    def gate(verb, kind, name):
        if verb == "create" and kind is POD:
            tried.append(name)
            if len(tried) > 2:
                raise errors.Forbidden("pods", "", "exceeded quota")

    def ten(obj, world, now):
        pods = [
            Create(
                POD,
                {"metadata": {"name": f"p{i}", "namespace": "default"}, "spec": {}},
                failed=lambda e: [Emit(obj, "FailedCreate", f"Error creating: {e}", "Warning")],
            )
            for i in range(10)
        ]
        return Plan(pods, failed=lambda e: [Patch(CONFIGMAP, obj, {"data": {"failed": str(e)}})])

    await cluster.create(CONFIGMAP, configmap("a"))
    cluster.gate = gate
    async with running(cluster, Controller(name="ten", kind=CONFIGMAP, reconcile=ten)):
        await asyncio.sleep(0.001)
        assert tried[:3] == ["p0", "p1", "p2"]
        assert "p3" not in tried
        stored = await cluster.get(CONFIGMAP, "default", "a")
        assert stored["data"]["failed"] == "pods is forbidden: exceeded quota"
        await asyncio.sleep(0.001)
        events = (await cluster.list(EVENT)).items
    assert {(e["reason"], e["type"], e["source"]["component"]) for e in events} == {
        ("FailedCreate", "Warning", "ten")
    }


async def test_two_writes_to_one_object_in_one_plan_do_not_conflict():
    def twice(obj, world, now):
        if get(obj, "status.phase") == "Done":
            return Plan()
        label = Patch(POD, obj, {"metadata": {"labels": {"seen": "yes"}}})
        return Plan([label, SetStatus(POD, obj, {"phase": "Done"})])

    cluster = FakeCluster()
    await cluster.create(POD, {"metadata": {"name": "p", "namespace": "default"}, "spec": {}})
    async with running(cluster, Controller(name="twice", kind=POD, reconcile=twice)):
        await asyncio.sleep(0.001)
        pod = await cluster.get(POD, "default", "p")
    assert (pod["metadata"]["labels"], pod["status"]["phase"]) == ({"seen": "yes"}, "Done")


async def test_a_deleted_object_is_out_of_the_cache_at_once():
    def remove(obj, world, now):
        return Plan([Delete(CONFIGMAP, obj)])

    cluster = FakeCluster()
    async with running(
        cluster, Controller(name="remove", kind=CONFIGMAP, reconcile=remove)
    ) as runtime:
        await cluster.create(CONFIGMAP, configmap("a"))
        await asyncio.sleep(0.001)
        assert runtime.caches.all(CONFIGMAP) == []
        assert (await cluster.list(CONFIGMAP)).items == []


async def test_comings_and_goings_are_told_once_each_also_after_a_refusal():
    told, refusals = [], [errors.ServiceUnavailable("not now")]

    def tell(word):
        def passage(obj, world):
            told.append((word, obj["metadata"]["name"], obj["data"]["a"]))
            if refusals:
                raise refusals.pop()
            return ()

        return passage

    seen = Controller(
        name="porter",
        kind=CONFIGMAP,
        reconcile=lambda obj, world, now: Plan(),
        arrived=tell("in"),
        departed=tell("out"),
    )
    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("old", a="1"))
    async with running(cluster, seen):
        await asyncio.sleep(5)
        await cluster.patch(CONFIGMAP, reference("default", "old"), {"data": {"a": "2"}})
        await asyncio.sleep(1)
        await cluster.delete(CONFIGMAP, reference("default", "old"))
        await cluster.create(CONFIGMAP, configmap("new", a="3"))
        await asyncio.sleep(1)
    first, again, *rest = told
    assert first == again == ("in", "old", "1")
    assert sorted(rest) == [("in", "new", "3"), ("out", "old", "2")]


async def test_a_controller_is_woken_by_what_it_is_about_and_by_nothing_else():
    seen = []

    def note(obj, world, now):
        seen.append(obj["metadata"]["name"])
        return Plan()

    cluster = FakeCluster()
    about = Controller(
        name="about", kind=CONFIGMAP, reconcile=note, about=lambda obj: "x" in obj["data"]
    )
    async with running(cluster, about):
        await cluster.create(CONFIGMAP, configmap("mine", x="1"))
        await cluster.create(CONFIGMAP, configmap("other", y="1"))
        await asyncio.sleep(1)
    assert seen == ["mine"]


async def test_a_change_of_what_does_not_matter_wakes_nobody():
    seen = []

    def note(obj, world, now):
        seen.append(obj["metadata"]["name"])
        return Plan()

    cluster = FakeCluster()
    await cluster.create(CONFIGMAP, configmap("a", x="1"))
    watches = Controller(
        name="watches",
        kind=CONFIGMAP,
        reconcile=note,
        watches={SECRET: lambda changed, world: [("default", "a")]},
        matters={SECRET: lambda secret: secret["data"]["x"]},
    )
    async with running(cluster, watches):
        await asyncio.sleep(1)
        secret = await cluster.create(SECRET, configmap("s", x="1"))
        await asyncio.sleep(1)
        await cluster.patch(SECRET, secret, {"data": {"y": "1"}})
        await asyncio.sleep(1)
        assert seen == ["a", "a"]
        await cluster.patch(SECRET, secret, {"data": {"x": "2"}})
        await asyncio.sleep(1)
    assert seen == ["a", "a", "a"]
