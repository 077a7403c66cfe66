"""DaemonSets and StatefulSets from end to end: made, rolled, rolled back."""

import asyncio

import pytest

from onggi.api.objects import get
from onggi.client.cluster import reference
from onggi.kinds.apps.controllerrevision import CONTROLLERREVISION
from onggi.kinds.apps.daemonset import DAEMONSET
from onggi.kinds.apps.daemonset.reconcile import CONTROLLER as DAEMONSETS
from onggi.kinds.apps.statefulset import STATEFULSET
from onggi.kinds.apps.statefulset.reconcile import CONTROLLER as STATEFULSETS
from onggi.kinds.core.namespace.furniture import SERVICE_ACCOUNTS
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from tests.stories.machine import Kubelet, running

pytestmark = pytest.mark.looptime

ALL = (SERVICE_ACCOUNTS, DAEMONSETS, STATEFULSETS)
WEB = reference("default", "web")


def workload(kind, image="v1", **spec):
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container(image)]}}
    return {
        "apiVersion": kind.api_version,
        "kind": kind.name,
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


def container(image):
    return {"name": "c", "image": image}


async def joined(machine, name):
    """A node, no longer tainted as one that is new."""
    await machine.create(NODE, {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
    await machine.patch(NODE, reference("", name), {"spec": {"taints": None}})


def with_image(image):
    return {"spec": {"template": {"spec": {"containers": [container(image)]}}}}


async def images(machine):
    pods = [p for p in await machine.all(POD) if not get(p, "metadata.deletionTimestamp")]
    return {p["metadata"]["name"]: p["spec"]["containers"][0]["image"] for p in pods}


async def status(machine, kind, *fields):
    found = (await machine.get(kind, "default", "web"))["status"]
    return tuple(found.get(field, 0) for field in fields)


class AnyNode(Kubelet):
    """Binds daemons to their own nodes."""

    def reconcile(self, pod, world, now):
        path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
        for term in get(pod, f"{path}.nodeSelectorTerms") or ():
            self.node = term["matchFields"][0]["values"][0]
        return super().reconcile(pod, world, now)


async def test_every_node_has_its_daemon_and_a_new_image_reaches_them_all(machine):
    async with running(machine, ALL, AnyNode()):
        for name in ("a", "b"):
            await joined(machine, name)
        await machine.create(DAEMONSET, workload(DAEMONSET))
        await asyncio.sleep(5)
        figures = ("desiredNumberScheduled", "numberReady", "numberUnavailable")
        assert await status(machine, DAEMONSET, *figures) == (2, 2, 0)
        await joined(machine, "c")
        await asyncio.sleep(5)
        assert sorted(p["spec"]["nodeName"] for p in await machine.all(POD)) == ["a", "b", "c"]
        await machine.patch(DAEMONSET, WEB, with_image("v2"))
        await asyncio.sleep(20)
        assert list((await images(machine)).values()) == ["v2"] * 3
        assert await status(machine, DAEMONSET, "updatedNumberScheduled", "numberReady") == (3, 3)
        await machine.patch(DAEMONSET, WEB, with_image("v1"))
        await asyncio.sleep(20)
        revisions = await machine.all(CONTROLLERREVISION)
    assert sorted(r["revision"] for r in revisions) == [2, 3]
    assert list((await images(machine)).values()) == ["v1"] * 3


async def test_numbered_pods_come_in_order_are_rolled_from_the_last_and_go_backwards(machine):
    async with running(machine, ALL, Kubelet()):
        await machine.create(STATEFULSET, workload(STATEFULSET, replicas=3, serviceName="web"))
        await asyncio.sleep(3)
        assert list(await images(machine)) == ["web-0", "web-1"]
        await asyncio.sleep(6)
        counts = ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas")
        assert await status(machine, STATEFULSET, *counts) == (3, 3, 3, 3)
        await machine.patch(STATEFULSET, WEB, with_image("v2"))
        await asyncio.sleep(5)
        found = await images(machine)
        assert (found["web-0"], found["web-2"]) == ("v1", "v2")
        await asyncio.sleep(15)
        assert set((await images(machine)).values()) == {"v2"}
        current, update = await status(machine, STATEFULSET, "currentRevision", "updateRevision")
        assert current == update
        await machine.patch(STATEFULSET, WEB, {"spec": {"replicas": 1}})
        await asyncio.sleep(10)
        assert list(await images(machine)) == ["web-0"]
    said = set(await machine.messages("SuccessfulDelete"))
    assert said == {f"delete Pod web-{n} in StatefulSet web successful" for n in (0, 1, 2)}
