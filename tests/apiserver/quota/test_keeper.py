"""``status.used`` follows what is there, by itself."""

import asyncio
from contextlib import asynccontextmanager

from onggi.api.objects import get
from onggi.apiserver.quota.keeper import Keeper
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from tests.apiserver.world import client, config_map


@asynccontextmanager
async def kept(running):
    keeper = Keeper(running.quotas, client(running), running.app.backend.clock)
    task = asyncio.ensure_future(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(running, used):
    """Wait until the quota's status says so."""
    store = running.app.backend.store
    watch = store.watch("resourcequotas", since=store.revision)
    async with asyncio.timeout(5):
        while True:
            (record,) = store.list("resourcequotas")
            if get(record.object, "status.used") == used:
                return
            await watch.next()


async def test_the_status_follows(running, cluster):
    meta = {"name": "q", "namespace": "default"}
    spec = {"hard": {"count/configmaps": "3", "pods": "1"}}
    async with kept(running):
        made = await cluster.create(RESOURCEQUOTA, {"metadata": meta, "spec": spec})
        await becomes(running, {"count/configmaps": "0", "pods": "0"})
        one = await cluster.create(CONFIGMAP, config_map())
        await becomes(running, {"count/configmaps": "1", "pods": "0"})
        await cluster.delete(CONFIGMAP, one)
        await becomes(running, {"count/configmaps": "0", "pods": "0"})
        wrong = {"status": {"used": {"pods": "7"}}}
        await cluster.patch(RESOURCEQUOTA, made, wrong, subresource="status")
        await becomes(running, {"count/configmaps": "0", "pods": "0"})


async def test_quotas_that_were_there_before_are_counted_at_the_start(running, cluster):
    meta = {"name": "q", "namespace": "default"}
    await cluster.create(CONFIGMAP, config_map())
    spec = {"hard": {"count/configmaps": "3"}}
    await cluster.create(RESOURCEQUOTA, {"metadata": meta, "spec": spec})
    async with kept(running):
        await becomes(running, {"count/configmaps": "1"})
