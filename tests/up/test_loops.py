import asyncio
from contextlib import asynccontextmanager

from onggi.client.cluster import Selection
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.pod import POD
from onggi.up.loops import Loops
from tests.up.conftest import ADMIN

DEFAULT = Selection(namespace="default")


def deployment(replicas=2):
    labels = {"app": "web"}
    containers = [{"name": "c", "image": "example/web:1"}]
    return {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }


@asynccontextmanager
async def at_work(plane):
    loops = Loops(plane)
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(loops.run())
        await loops.synced.wait()
        yield plane.cluster(ADMIN)
        work.cancel()


async def seen(cluster, kind, wanted):
    """Follow a kind until ``wanted(objects by name)``; the objects."""
    listing = await cluster.list(kind, DEFAULT)
    objects = {o["metadata"]["name"]: o for o in listing.items}
    if wanted(objects):
        return objects
    async with asyncio.timeout(20):
        async for event in cluster.watch(kind, DEFAULT, since=listing.resource_version):
            if event.type == "BOOKMARK":
                continue
            objects.pop(event.object["metadata"]["name"], None)
            if event.type != "DELETED":
                objects[event.object["metadata"]["name"]] = event.object
            if wanted(objects):
                break
    return objects


async def test_a_deployment_becomes_pods_that_wait_for_a_node(plane):
    async with plane() as running, at_work(running) as cluster:
        await cluster.create(DEPLOYMENT, deployment())
        pods = await seen(cluster, POD, lambda found: len(found) == 2)
        for name in pods:
            await seen(cluster, POD, lambda found, name=name: unschedulable(found[name]))


def unschedulable(pod):
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(c.get("reason") == "Unschedulable" for c in conditions)


async def test_what_a_deployment_made_goes_with_it(plane):
    async with plane() as running, at_work(running) as cluster:
        made = await cluster.create(DEPLOYMENT, deployment())
        await seen(cluster, POD, lambda found: len(found) == 2)
        await cluster.delete(DEPLOYMENT, made)
        await seen(cluster, POD, lambda found: not found)


async def test_every_namespace_has_the_authority_s_certificate(plane):
    async with plane() as running, at_work(running) as cluster:
        found = await seen(cluster, CONFIGMAP, lambda found: "kube-root-ca.crt" in found)
        trust = running.pki.trust.read_text()
    assert found["kube-root-ca.crt"]["data"]["ca.crt"] == trust


async def test_stopping_ends_every_task(plane):
    async with plane() as running, at_work(running) as cluster:
        await cluster.create(DEPLOYMENT, deployment())
        await seen(cluster, POD, lambda found: len(found) == 2)
    assert asyncio.all_tasks() == {asyncio.current_task()}
