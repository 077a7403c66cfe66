"""CronJobs from end to end: Jobs by the clock, and their history."""

import asyncio

import pytest

from onggi.kinds import garbage
from onggi.kinds.batch.cronjob import CRONJOB
from onggi.kinds.batch.cronjob.reconcile import CONTROLLER as CRONJOBS
from onggi.kinds.batch.job import JOB, leftovers
from onggi.kinds.batch.job.reconcile import CONTROLLER as JOBS
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.pod import POD
from tests.stories.machine import Kubelet, running

pytestmark = pytest.mark.looptime

ALL = (SERVICE_ACCOUNTS, JOBS, leftovers.CONTROLLER, CRONJOBS, garbage.CONTROLLER)


def cronjob(image, **spec):
    pod = {"restartPolicy": "Never", "containers": [{"name": "c", "image": image}]}
    spec = {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": pod}}}} | spec
    meta = {"name": "tick", "namespace": "default"}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": meta, "spec": spec}


async def status(machine):
    return (await machine.get(CRONJOB, "default", "tick"))["status"]


async def test_a_job_runs_every_minute_and_two_are_remembered(machine):
    async with running(machine, ALL, Kubelet(ends={"good": (3, 0)})):
        await machine.create(CRONJOB, cronjob("good", successfulJobsHistoryLimit=2))
        await asyncio.sleep(5 * 60 + 20)
        assert len(await machine.names(JOB)) == len(await machine.names(POD)) == 2
        assert "active" not in await status(machine)
    assert len(await machine.messages("SuccessfulCreate")) >= 4
    assert (await status(machine))["lastSuccessfulTime"] > (await status(machine))[
        "lastScheduleTime"
    ]


async def test_a_job_that_takes_long_is_not_joined_by_another(machine):
    async with running(machine, ALL, Kubelet(ends={"slow": (150, 0)})):
        await machine.create(CRONJOB, cronjob("slow", concurrencyPolicy="Forbid"))
        await asyncio.sleep(170)
        (name,) = await machine.names(JOB)
        assert (await status(machine))["active"][0]["name"] == name
        await asyncio.sleep(60)
        assert len(await machine.names(JOB)) == 2
