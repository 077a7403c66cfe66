"""Deletion across kinds: background, foreground, orphans, whole namespaces."""

import asyncio

import pytest

from onggi.api import errors
from onggi.api.conditions import find
from onggi.api.objects import get, owner_reference
from onggi.client.cluster import reference
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.controllers import CONTROLLERS, with_keys
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.event import EVENT
from onggi.kinds.core.namespace import NAMESPACE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.secret import SECRET
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from tests.stories.machine import Kubelet, deployment, running

pytestmark = pytest.mark.looptime

WEB = reference("default", "web")
KEYED = with_keys("-----BEGIN CERTIFICATE-----", lambda order: "", lambda account, secret: "")
ALL = (*CONTROLLERS, *KEYED)


def configmap(name, namespace="default", **meta):
    return {"metadata": {"name": name, "namespace": namespace, **meta}, "data": {}}


async def test_dependents_follow_their_owner_in_the_background(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, ALL, Kubelet(stop=5)):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        await machine.delete(DEPLOYMENT, WEB, {"propagationPolicy": "Background"})
        assert await machine.names(DEPLOYMENT) == []
        await asyncio.sleep(1)
        assert await machine.names(REPLICASET) == []
        assert len(await machine.names(POD)) == 3
        await asyncio.sleep(10)
        assert await machine.names(POD) == []


async def test_in_the_foreground_the_owner_is_the_last_to_go(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, ALL, Kubelet(stop=5)):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        await machine.delete(DEPLOYMENT, WEB, {"propagationPolicy": "Foreground"})
        await asyncio.sleep(3)
        assert await machine.names(DEPLOYMENT) == ["web"]
        assert len(await machine.names(REPLICASET)) == 1
        pods = await machine.all(POD)
        assert len(pods) == 3
        assert all(get(p, "metadata.deletionTimestamp") for p in pods)
        await asyncio.sleep(5)
        for kind in (POD, REPLICASET, DEPLOYMENT):
            assert await machine.names(kind) == []


async def test_orphans_stay_and_are_adopted_by_the_next_owner(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, ALL, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        pods = await machine.names(POD)
        await machine.delete(DEPLOYMENT, WEB, {"propagationPolicy": "Orphan"})
        await asyncio.sleep(1)
        assert await machine.names(DEPLOYMENT) == []
        (rs,) = await machine.all(REPLICASET)
        assert not rs["metadata"].get("ownerReferences")
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(10)
        assert await machine.names(POD) == pods
        assert len(await machine.names(REPLICASET)) == 1


async def test_an_object_with_an_owner_left_only_forgets_the_other(machine):
    async with running(machine, ALL):
        one = await machine.create(CONFIGMAP, configmap("one"))
        two = await machine.create(CONFIGMAP, configmap("two"))
        owners = [owner_reference(one), owner_reference(two) | {"controller": False}]
        await machine.create(SECRET, configmap("child", ownerReferences=owners))
        await machine.delete(CONFIGMAP, reference("default", "one"))
        await asyncio.sleep(1)
        child = await machine.get(SECRET, "default", "child")
        assert [o["name"] for o in child["metadata"]["ownerReferences"]] == ["two"]
        await machine.delete(CONFIGMAP, reference("default", "two"))
        await asyncio.sleep(1)
        assert await machine.names(SECRET) == []


async def test_an_owner_that_the_cache_does_not_know_yet_is_asked_for(machine):
    """The child comes first through its watch: the owner's is slow."""
    quick = machine.watch

    async def lagging(kind, *, since=""):
        async for event in quick(kind, since=since):
            await asyncio.sleep(10 if kind is CONFIGMAP else 0)
            yield event

    machine.cluster.watch = lagging
    async with running(machine, ALL):
        owner = await machine.create(CONFIGMAP, configmap("owner"))
        child = configmap("child", ownerReferences=[owner_reference(owner)])
        await machine.create(SECRET, child)
        await asyncio.sleep(60)
        assert await machine.names(SECRET) == ["child"]


async def test_an_owner_in_another_namespace_is_told_and_does_not_count(machine):
    async with running(machine, ALL):
        owner = await machine.create(CONFIGMAP, configmap("owner", "kube-system"))
        await asyncio.sleep(1)
        child = configmap("child", ownerReferences=[owner_reference(owner)])
        await machine.create(SECRET, child)
        await asyncio.sleep(1)
        assert await machine.names(SECRET) == []
        (message,) = await machine.messages("OwnerRefInvalidNamespace")
    uid = owner["metadata"]["uid"]
    assert message == (
        f"ownerRef [v1/ConfigMap, namespace: default, name: owner, uid: {uid}] "
        'does not exist in namespace "default"'
    )


async def test_a_circle_of_owners_can_be_deleted_in_the_foreground(machine):
    async with running(machine, ALL):
        made = [await machine.create(CONFIGMAP, configmap(n)) for n in "abc"]
        for child, owner in zip(made, [*made[1:], made[0]], strict=True):
            patch = {"metadata": {"ownerReferences": [owner_reference(owner)]}}
            await machine.patch(CONFIGMAP, child, patch)
        await machine.delete(CONFIGMAP, made[0], {"propagationPolicy": "Foreground"})
        await asyncio.sleep(60)
        assert await machine.names(CONFIGMAP) == ["kube-root-ca.crt"]


async def test_a_new_namespace_gets_its_account_and_the_ca(machine):
    async with running(machine, ALL):
        await machine.create(NAMESPACE, {"metadata": {"name": "shop"}})
        await asyncio.sleep(1)
        assert await machine.names(SERVICEACCOUNT, "shop") == ["default"]
        ca = await machine.get(CONFIGMAP, "shop", "kube-root-ca.crt")
        assert ca["data"] == {"ca.crt": "-----BEGIN CERTIFICATE-----"}
        await machine.delete(SERVICEACCOUNT, reference("shop", "default"))
        await machine.patch(CONFIGMAP, ca, {"data": {"ca.crt": "other", "more": "x"}})
        await asyncio.sleep(1)
        assert await machine.names(SERVICEACCOUNT, "shop") == ["default"]
        assert (await machine.get(CONFIGMAP, "shop", "kube-root-ca.crt"))["data"] == ca["data"]


async def test_a_namespace_goes_with_all_that_is_in_it(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, ALL, Kubelet(stop=5)):
        await machine.create(NAMESPACE, {"metadata": {"name": "shop"}})
        d = deployment()
        d["metadata"]["namespace"] = "shop"
        await machine.create(DEPLOYMENT, d)
        await machine.create(CONFIGMAP, configmap("held", "shop", finalizers=["example.com/hold"]))
        await asyncio.sleep(10)
        await machine.delete(NAMESPACE, reference("", "shop"))
        await asyncio.sleep(2)
        shop = await machine.get(NAMESPACE, "", "shop")
        assert shop["status"]["phase"] == "Terminating"
        remaining = find(shop, "NamespaceContentRemaining")
        assert remaining["message"] == (
            "Some resources are remaining: pods. has 3 resource instances"
        )
        assert await machine.names(DEPLOYMENT, "shop") == ["web"]  # pods first
        await asyncio.sleep(5)
        shop = await machine.get(NAMESPACE, "", "shop")
        assert find(shop, "NamespaceFinalizersRemaining")["message"] == (
            "Some content in the namespace has finalizers remaining: "
            "example.com/hold in 1 resource instances"
        )
        assert await machine.names(DEPLOYMENT, "shop") == []
        with pytest.raises(errors.Forbidden, match="because it is being terminated"):
            await machine.create(CONFIGMAP, configmap("late", "shop"))
        held = reference("shop", "held")
        await machine.patch(CONFIGMAP, held, {"metadata": {"finalizers": None}})
        await asyncio.sleep(2)
        with pytest.raises(errors.NotFound):
            await machine.get(NAMESPACE, "", "shop")
    for kind in (DEPLOYMENT, REPLICASET, POD, CONFIGMAP, SERVICEACCOUNT, EVENT):
        assert await machine.names(kind, "shop") == []


async def test_events_are_forgotten_after_an_hour(machine):
    await machine.create(NODE, {"metadata": {"name": "node-1"}})
    async with running(machine, ALL, Kubelet()):
        await machine.create(DEPLOYMENT, deployment())
        await asyncio.sleep(3500)
        assert await machine.names(EVENT) != []
        await asyncio.sleep(200)
        assert await machine.names(EVENT) == []
