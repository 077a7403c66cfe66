"""Deployments from end to end: deployment and replicaset controllers, and a kubelet."""

import asyncio

import pytest

from onggi.api.conditions import find
from onggi.api.objects import get
from onggi.client.cluster import reference
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.deployment.reconcile import CONTROLLER as DEPLOYMENTS
from onggi.kinds.apps.deployment.revision import REVISION
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.apps.replicaset.reconcile import CONTROLLER as REPLICASETS
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.pod import POD
from tests.stories.machine import Kubelet, deployment, running

pytestmark = pytest.mark.looptime

APPS = (SERVICE_ACCOUNTS, DEPLOYMENTS, REPLICASETS)
WEB = reference("default", "web")


def set_image(image):
    return {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": image}]}}}}


async def images(machine):
    pods = [p for p in await machine.all(POD) if not get(p, "metadata.deletionTimestamp")]
    return sorted(p["spec"]["containers"][0]["image"] for p in pods)


async def status(machine):
    d = await machine.get(DEPLOYMENT, "default", "web")
    return {k: v for k, v in d["status"].items() if k.endswith("eplicas")}


async def progressing(machine):
    return find(await machine.get(DEPLOYMENT, "default", "web"), "Progressing")


async def test_a_deployment_becomes_available(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(1)
        d = await machine.get(DEPLOYMENT, "default", "web")
        assert find(d, "Available")["reason"] == "MinimumReplicasUnavailable"
        await asyncio.sleep(5)
        d = await machine.get(DEPLOYMENT, "default", "web")
        (rs,) = await machine.all(REPLICASET)
        name = rs["metadata"]["name"]
        created = sorted(await machine.messages("SuccessfulCreate"))
        assert created == sorted(f"Created pod: {n}" for n in await machine.names(POD))
        assert await machine.messages("ScalingReplicaSet") == [
            f"Scaled up replica set {name} from 0 to 3"
        ]
    assert await status(machine) == {
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "terminatingReplicas": 0,
    }
    assert find(d, "Available")["message"] == "Deployment has minimum availability."
    assert find(d, "Progressing")["reason"] == "NewReplicaSetAvailable"
    assert find(d, "Progressing")["message"] == f'ReplicaSet "{name}" has successfully progressed.'
    assert d["metadata"]["annotations"][REVISION] == "1"
    assert rs["metadata"]["annotations"] == {
        REVISION: "1",
        "deployment.kubernetes.io/desired-replicas": "3",
        "deployment.kubernetes.io/max-replicas": "4",
    }
    assert name.startswith("web-")
    assert rs["metadata"]["labels"]["pod-template-hash"] == name.removeprefix("web-")


async def test_a_rolling_update_keeps_within_its_limits_at_every_moment(machine):
    rolling = {"maxSurge": 1, "maxUnavailable": 1}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    async with running(machine, APPS, Kubelet(stop=0)):
        await machine.create(DEPLOYMENT, deployment(replicas=5, strategy=strategy))
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        for _ in range(60):
            await asyncio.sleep(0.5)
            pods = [p for p in await machine.all(POD) if "deletionTimestamp" not in p["metadata"]]
            ready = sum(c["status"] == "True" for p in pods if (c := find(p, "Ready")))
            assert len(pods) <= 6
            assert ready >= 4
        assert await images(machine) == ["v2"] * 5
        assert (await progressing(machine))["reason"] == "NewReplicaSetAvailable"


async def test_undo_goes_back_to_the_replicaset_of_the_earlier_revision(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        await asyncio.sleep(30)
        assert await images(machine) == ["v2"] * 3
        await machine.patch(DEPLOYMENT, WEB, set_image("v1"))  # as kubectl rollout undo does
        await asyncio.sleep(30)
        assert await images(machine) == ["v1"] * 3
        sets = await machine.all(REPLICASET)
        first = next(s for s in sets if s["spec"]["replicas"])
    assert len(sets) == 2
    assert first["metadata"]["annotations"][REVISION] == "3"
    assert first["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    d = await machine.get(DEPLOYMENT, "default", "web")
    assert d["metadata"]["annotations"][REVISION] == "3"


async def test_a_broken_image_exceeds_the_deadline_and_the_old_pods_keep_serving(machine):
    async with running(machine, APPS, Kubelet(broken={"v2"})):
        await machine.create(DEPLOYMENT, deployment(replicas=4, progressDeadlineSeconds=60))
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        await asyncio.sleep(50)
        assert (await progressing(machine))["reason"] == "ReplicaSetUpdated"
        await asyncio.sleep(20)
        condition = await progressing(machine)
        assert condition["reason"] == "ProgressDeadlineExceeded"
        assert condition["status"] == "False"
        assert (await images(machine)).count("v1") == 3
        await machine.patch(DEPLOYMENT, WEB, set_image("v3"))
        await asyncio.sleep(60)
        assert await images(machine) == ["v3"] * 4
        assert (await progressing(machine))["reason"] == "NewReplicaSetAvailable"


async def test_recreate_waits_until_the_old_pods_are_gone(machine):
    async with running(machine, APPS, Kubelet(stop=7)):
        await machine.create(DEPLOYMENT, deployment(strategy={"type": "Recreate"}))
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        for _ in range(30):
            await asyncio.sleep(0.5)
            pods = await machine.all(POD)
            assert len({p["spec"]["containers"][0]["image"] for p in pods}) <= 1
        assert await images(machine) == ["v2"] * 3


async def test_scaling_in_the_middle_of_a_rollout_keeps_the_proportions(machine):
    rolling = {"maxSurge": 3, "maxUnavailable": 2}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    async with running(machine, APPS, Kubelet(broken={"v2"})):
        await machine.create(DEPLOYMENT, deployment(replicas=10, strategy=strategy))
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        await asyncio.sleep(10)
        assert (await images(machine)).count("v1") == 8
        assert (await images(machine)).count("v2") == 5
        await machine.patch(DEPLOYMENT, WEB, {"spec": {"replicas": 30}})
        await asyncio.sleep(10)
        assert (await images(machine)).count("v1") == 20
        assert (await images(machine)).count("v2") == 13


async def test_a_paused_deployment_scales_but_does_not_roll(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment(paused=False))
        await asyncio.sleep(10)
        await machine.patch(DEPLOYMENT, WEB, {"spec": {"paused": True}})
        await machine.patch(DEPLOYMENT, WEB, set_image("v2"))
        await machine.patch(DEPLOYMENT, WEB, {"spec": {"replicas": 5}})
        await asyncio.sleep(10)
        assert await images(machine) == ["v1"] * 5
        assert (await progressing(machine))["reason"] == "DeploymentPaused"
        await machine.patch(DEPLOYMENT, WEB, {"spec": {"paused": False}})
        await asyncio.sleep(30)
        assert await images(machine) == ["v2"] * 5


async def test_only_as_many_old_revisions_are_kept_as_asked(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment(revisionHistoryLimit=2))
        await asyncio.sleep(20)
        for number in range(2, 7):
            await machine.patch(DEPLOYMENT, WEB, set_image(f"v{number}"))
            await asyncio.sleep(30)
        sets = await machine.all(REPLICASET)
    kept = sorted(s["metadata"]["annotations"][REVISION] for s in sets)
    assert kept == ["4", "5", "6"]


async def test_a_killed_pod_is_replaced(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        before = await machine.names(POD)
        await machine.delete(POD, reference("default", before[0]))
        await asyncio.sleep(10)
        after = await machine.names(POD)
    assert len(after) == 3
    assert len(set(before) & set(after)) == 2


async def test_an_orphan_is_adopted_and_a_relabelled_pod_let_go(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        names = await machine.names(POD)
        await machine.patch(
            POD, reference("default", names[0]), {"metadata": {"labels": {"app": "x"}}}
        )
        await asyncio.sleep(10)
        released = await machine.get(POD, "default", names[0])
        assert not released["metadata"].get("ownerReferences")
        assert len(await machine.names(POD)) == 4
        await machine.patch(
            POD, reference("default", names[0]), {"metadata": {"labels": {"app": "web"}}}
        )
        await asyncio.sleep(10)
        assert len(await machine.names(POD)) == 3
    assert await status(machine) == {
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
        "terminatingReplicas": 0,
    }


async def test_min_ready_seconds_slow_a_rollout_down(machine):
    async with running(machine, APPS, Kubelet()):
        await machine.create(DEPLOYMENT, deployment(minReadySeconds=20))
        await asyncio.sleep(15)
        assert (await status(machine))["readyReplicas"] == 3
        assert "availableReplicas" not in await status(machine)
        await asyncio.sleep(15)
        assert (await status(machine))["availableReplicas"] == 3
