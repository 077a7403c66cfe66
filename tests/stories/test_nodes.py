"""Nodes fall silent, and what becomes of their pods."""

import asyncio

import pytest

from onggi.api.conditions import find
from onggi.api.objects import get
from onggi.api.times import micro, stamp
from onggi.client.cluster import reference
from onggi.client.fake import loop_clock
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.controllers import CONTROLLERS
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from tests.stories.machine import Kubelet, deployment, running

pytestmark = pytest.mark.looptime

TOLERATED = [
    {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute"}
    | {"tolerationSeconds": 300}
    for key in ("not-ready", "unreachable")
]


async def add_node(machine, name):
    node = await machine.create(NODE, {"metadata": {"name": name}, "spec": {}})
    ready = {"type": "Ready", "status": "True", "lastHeartbeatTime": stamp(loop_clock())}
    status = {
        "conditions": [
            ready | {"reason": "KubeletReady", "lastTransitionTime": stamp(loop_clock())}
        ]
    }
    await machine.update(NODE, {**node, "status": status}, subresource="status")
    lease = {"metadata": {"name": name, "namespace": "kube-node-lease"}, "spec": {}}
    await machine.create(LEASE, lease)


async def beat(machine, name):
    """Renew the node's lease every ten seconds, until cancelled."""
    while True:
        renewed = {"spec": {"renewTime": micro(loop_clock())}}
        await machine.patch(LEASE, reference("kube-node-lease", name), renewed)
        await asyncio.sleep(10)


def taints(node):
    return {(t["key"].split("/")[1], t["effect"]) for t in get(node, "spec.taints") or ()}


def tolerant(image="v1"):
    d = deployment(image=image)
    d["spec"]["template"]["spec"]["tolerations"] = TOLERATED
    return d


async def test_a_silent_node_becomes_unknown_and_its_pods_move_after_their_patience(machine):
    await add_node(machine, "node-1")
    await add_node(machine, "node-2")
    kubelet = Kubelet(node="node-1")
    async with asyncio.TaskGroup() as group, running(machine, CONTROLLERS, kubelet):
        first = group.create_task(beat(machine, "node-1"))
        second = group.create_task(beat(machine, "node-2"))
        await machine.create(DEPLOYMENT, tolerant())
        await asyncio.sleep(120)
        assert taints(await machine.get(NODE, "", "node-1")) == set()
        first.cancel()
        kubelet.dead, kubelet.node = True, "node-2"
        await asyncio.sleep(35)
        assert taints(await machine.get(NODE, "", "node-1")) == set()
        await asyncio.sleep(20)
        node = await machine.get(NODE, "", "node-1")
        assert find(node, "Ready")["status"] == "Unknown"
        assert find(node, "Ready")["message"] == "Kubelet stopped posting node status."
        assert taints(node) == {("unreachable", "NoSchedule"), ("unreachable", "NoExecute")}
        assert all(find(p, "Ready")["status"] == "False" for p in await machine.all(POD))
        assert await machine.messages("NodeNotReady", "default")
        kubelet.dead = False
        await asyncio.sleep(280)
        on_first = [p for p in await machine.all(POD) if get(p, "spec.nodeName") == "node-1"]
        assert len(on_first) == 3
        assert not any(get(p, "metadata.deletionTimestamp") for p in on_first)
        await asyncio.sleep(60)
        pods = await machine.all(POD)
        assert {get(p, "spec.nodeName") for p in pods} == {"node-2"}
        assert len(pods) == 3
        second.cancel()


async def test_the_only_node_is_never_evicted_and_comes_back(machine):
    await add_node(machine, "node-1")
    async with asyncio.TaskGroup() as group, running(machine, CONTROLLERS, Kubelet()):
        await machine.create(DEPLOYMENT, tolerant())
        await asyncio.sleep(1000)
        node = await machine.get(NODE, "", "node-1")
        assert taints(node) == {("unreachable", "NoSchedule")}
        assert len(await machine.names(POD)) == 3
        task = group.create_task(beat(machine, "node-1"))
        fresh = {"type": "Ready", "status": "True", "lastHeartbeatTime": stamp(loop_clock())}
        status = {"conditions": [fresh | {"lastTransitionTime": stamp(loop_clock())}]}
        await machine.update(NODE, {**node, "status": status}, subresource="status")
        await asyncio.sleep(5)
        assert taints(await machine.get(NODE, "", "node-1")) == set()
        task.cancel()


async def test_a_pod_that_does_not_tolerate_a_taint_goes_at_once(machine):
    await add_node(machine, "node-1")
    kubelet = Kubelet()
    async with running(machine, CONTROLLERS, kubelet):
        await machine.create(DEPLOYMENT, tolerant())
        await asyncio.sleep(10)
        before = set(await machine.names(POD))
        kubelet.node = ""
        taint = {"key": "example.com/x", "value": "y", "effect": "NoExecute"}
        await machine.patch(NODE, reference("", "node-1"), {"spec": {"taints": [taint]}})
        await asyncio.sleep(0.5)
        pods = [p for p in await machine.all(POD) if p["metadata"]["name"] in before]
        assert all(find(p, "DisruptionTarget")["reason"] == "DeletionByTaintManager" for p in pods)
        await machine.patch(NODE, reference("", "node-1"), {"spec": {"taints": None}})
        await asyncio.sleep(20)
        assert before.isdisjoint(await machine.names(POD))


async def test_a_cordoned_node_is_tainted_until_it_is_not(machine):
    await add_node(machine, "node-1")
    async with running(machine, CONTROLLERS):
        await machine.patch(NODE, reference("", "node-1"), {"spec": {"unschedulable": True}})
        await asyncio.sleep(1)
        assert taints(await machine.get(NODE, "", "node-1")) == {("unschedulable", "NoSchedule")}
        await machine.patch(NODE, reference("", "node-1"), {"spec": {"unschedulable": None}})
        await asyncio.sleep(1)
        assert taints(await machine.get(NODE, "", "node-1")) == set()


async def test_pods_of_a_deleted_node_are_collected_after_a_while(machine):
    await add_node(machine, "node-1")
    await add_node(machine, "node-2")
    kubelet = Kubelet(node="node-1")
    async with running(machine, CONTROLLERS, kubelet):
        await machine.create(DEPLOYMENT, tolerant())
        await asyncio.sleep(10)
        kubelet.node = "node-2"
        await machine.delete(NODE, reference("", "node-1"))
        await asyncio.sleep(30)
        pods = await machine.all(POD)
        assert {get(p, "spec.nodeName") for p in pods} == {"node-1"}
        await asyncio.sleep(30)
        pods = await machine.all(POD)
        assert {get(p, "spec.nodeName") for p in pods} == {"node-2"}


async def test_a_node_that_comes_back_in_time_keeps_its_pods(machine):
    await add_node(machine, "node-1")
    async with running(machine, CONTROLLERS, Kubelet()):
        await machine.create(DEPLOYMENT, tolerant())
        await asyncio.sleep(10)
        before = await machine.names(POD)
        await machine.delete(NODE, reference("", "node-1"))
        await asyncio.sleep(20)
        await machine.create(NODE, {"metadata": {"name": "node-1"}})
        await asyncio.sleep(100)
        assert await machine.names(POD) == before


async def test_nodes_are_welcomed_and_missed(machine):
    await add_node(machine, "node-1")
    async with running(machine, CONTROLLERS):
        await add_node(machine, "node-2")
        await asyncio.sleep(1)
        await machine.delete(NODE, reference("", "node-1"))
        await asyncio.sleep(1)
        assert sorted(await machine.messages("RegisteredNode")) == [
            "Registered Node node-1 in Controller",
            "Registered Node node-2 in Controller",
        ]
        assert await machine.messages("RemovingNode") == ["Removing Node node-1 from Controller"]
