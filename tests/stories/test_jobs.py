"""Jobs from end to end: what runs, is counted, fails, waits and is cleaned up."""

import asyncio

import pytest

from onggi.api.errors import NotFound
from onggi.api.objects import get
from onggi.client.cluster import reference
from onggi.kinds import garbage
from onggi.kinds.batch.job import JOB, leftovers, ttl
from onggi.kinds.batch.job.reconcile import CONTROLLER as JOBS
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.namespace.reconcile import CONTROLLER as NAMESPACES
from onggi.kinds.core.pod import POD
from tests.stories.machine import Kubelet, running

pytestmark = pytest.mark.looptime

ALL = (SERVICE_ACCOUNTS, JOBS, leftovers.CONTROLLER, ttl.CONTROLLER, garbage.CONTROLLER)
WORK = reference("default", "work")


def job(image="good", **spec):
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": image}]}
    meta = {"name": "work", "namespace": "default"}
    spec = {"template": {"spec": pod}, **spec}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": spec}


def kubelet():
    return Kubelet(ends={"good": (3, 0), "bad": (3, 1)})


async def status(machine):
    return (await machine.get(JOB, "default", "work"))["status"]


def true(status):
    return {c["type"] for c in status.get("conditions", ()) if c["status"] == "True"}


async def test_a_job_runs_so_many_at_a_time_until_enough_have_succeeded(machine):
    async with running(machine, ALL, kubelet()):
        await machine.create(JOB, job(parallelism=2, completions=3))
        await asyncio.sleep(4)
        assert (await status(machine))["active"] == 2
        await asyncio.sleep(20)
        found = await status(machine)
        pods = await machine.all(POD)
    assert (found["succeeded"], found["ready"], "active" in found) == (3, 0, False)
    assert true(found) == {"SuccessCriteriaMet", "Complete"}
    assert found["uncountedTerminatedPods"] == {}
    assert [get(pod, "metadata.finalizers") for pod in pods] == [None] * 3
    assert await machine.messages("Completed") == ["Job completed"]


async def test_a_job_that_fails_waits_longer_each_time_and_gives_up(machine):
    async with running(machine, ALL, kubelet()):
        await machine.create(JOB, job("bad", backoffLimit=2))
        await asyncio.sleep(14)
        assert len(await machine.names(POD)) == 1
        await asyncio.sleep(10)
        assert len(await machine.names(POD)) == 2
        await asyncio.sleep(60)
        found = await status(machine)
        assert len(await machine.names(POD)) == 3
    assert found["failed"] == 3
    assert true(found) == {"FailureTarget", "Failed"}
    said = await machine.messages("BackoffLimitExceeded")
    assert said == ["Job has reached the specified backoff limit"]


async def test_a_suspended_job_goes_on_where_it_was(machine):
    async with running(machine, ALL, kubelet()):
        await machine.create(JOB, job(parallelism=1, completions=2))
        await asyncio.sleep(8)
        await machine.patch(JOB, WORK, {"spec": {"suspend": True}})
        await asyncio.sleep(8)
        found = await status(machine)
        assert (found["succeeded"], "active" in found) == (1, False)
        assert true(found) == {"Suspended"}
        await machine.patch(JOB, WORK, {"spec": {"suspend": False}})
        await asyncio.sleep(15)
        found = await status(machine)
    assert (found["succeeded"], found.get("failed")) == (2, None)
    assert "Complete" in true(found)


async def test_a_finished_job_goes_with_its_pods_when_its_time_is_up(machine):
    async with running(machine, ALL, kubelet()):
        await machine.create(JOB, job(ttlSecondsAfterFinished=10))
        await asyncio.sleep(12)
        assert "Complete" in true(await status(machine))
        await asyncio.sleep(10)
        with pytest.raises(NotFound):
            await status(machine)
        assert await machine.names(POD) == []


async def test_pods_of_a_job_that_was_deleted_are_not_held_by_its_finalizer(machine):
    async with running(machine, ALL, kubelet()):
        await machine.create(JOB, job("forever", parallelism=2, completions=2))
        await asyncio.sleep(4)
        options = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        await machine.delete(JOB, WORK, options)
        await asyncio.sleep(10)
        assert await machine.names(POD) == []


async def test_indexes_fail_one_by_one(machine):
    async with running(machine, ALL, kubelet()):
        spec = {"completionMode": "Indexed", "completions": 2, "parallelism": 2}
        await machine.create(JOB, job("bad", **spec, backoffLimitPerIndex=1))
        await asyncio.sleep(60)
        found = await status(machine)
    assert (found["failedIndexes"], found["failed"]) == ("0-1", 4)
    assert true(found) == {"FailureTarget", "Failed"}


async def test_a_namespace_that_goes_is_not_held_by_pods_that_ended(machine):
    """New pods are refused there, and old ones must be let go all the same."""
    controllers = (*ALL, NAMESPACES)
    async with running(machine, controllers, kubelet()):
        where = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}
        await machine.create(NAMESPACE, where)
        await asyncio.sleep(1)
        work = job("forever", parallelism=2, completions=2)
        work["metadata"]["namespace"] = "n"
        await machine.create(JOB, work)
        await asyncio.sleep(4)
        await machine.delete(NAMESPACE, reference("", "n"))
        await asyncio.sleep(20)
        assert "n" not in await machine.names(NAMESPACE, "")
