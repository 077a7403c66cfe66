"""A node joins and stays, in virtual time."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest

from onggi.api.errors import ServiceUnavailable
from onggi.client.cluster import reference
from onggi.client.fake import loop_clock
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.node.kind import NODE
from onggi.node.facts import Facts
from onggi.node.fake import FakeRuntime
from onggi.node.heartbeat import LEASES, LOOK, Heartbeat, runtime_health
from onggi.node.node_status import Health
from onggi.node.runtime import RuntimeUnavailable
from tests.node.agent_lab import NodeCluster, Said
from tests.node.test_node_status import FACTS, HEALTH, SETTING

pytestmark = pytest.mark.looptime


@dataclass
class Machine:
    cluster: NodeCluster = field(default_factory=NodeCluster)
    said: Said = field(default_factory=Said)
    facts: Facts = FACTS
    health: Health = HEALTH

    async def look(self):
        return self.health

    async def node(self):
        return await self.cluster.get(NODE, "", "jar")

    async def lease(self):
        return await self.cluster.get(LEASE, LEASES, "jar")

    async def ready(self):
        conditions = (await self.node())["status"]["conditions"]
        return next(c["status"] for c in conditions if c["type"] == "Ready")

    @asynccontextmanager
    async def beating(self):
        heart = Heartbeat(
            self.cluster, SETTING, lambda: self.facts, self.look, loop_clock, self.said
        )
        task = asyncio.ensure_future(heart.run())
        try:
            yield heart
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_a_node_joins():
    machine = Machine()
    async with machine.beating() as heart:
        await heart.registered.wait()
        await asyncio.sleep(0.1)
        assert await machine.ready() == "True"
        lease = await machine.lease()
        assert lease["spec"]["holderIdentity"] == "jar"
        assert lease["spec"]["leaseDurationSeconds"] == 40
        assert lease["metadata"]["ownerReferences"][0]["kind"] == "Node"
        assert machine.said.reasons == ["Starting", "NodeReady"]


async def test_at_rest_only_the_lease_is_written():
    machine = Machine()
    async with machine.beating():
        await asyncio.sleep(1)
        before = len(machine.cluster.history)
        await asyncio.sleep(240)
        written = [change.resource for change in machine.cluster.history[before:]]
        assert set(written) == {"leases.coordination.k8s.io"}
        assert 23 <= len(written) <= 25
        await asyncio.sleep(120)
        written = [change.resource for change in machine.cluster.history[before:]]
        assert written.count("nodes") == 1


async def test_troubles_are_told_at_the_next_look():
    machine = Machine()
    async with machine.beating():
        await asyncio.sleep(1)
        machine.health = Health(troubles=["container runtime is down: gone"])
        await asyncio.sleep(LOOK)
        assert await machine.ready() == "False"
        assert machine.said.reasons[-1] == "NodeNotReady"
        machine.health = HEALTH
        await asyncio.sleep(11)
        assert await machine.ready() == "True"


async def test_a_server_that_is_away_is_waited_for():
    machine = Machine()

    def away(verb, kind, name):
        raise ServiceUnavailable("away")

    machine.cluster.gate = away
    async with machine.beating() as heart:
        await asyncio.sleep(20)
        assert not heart.registered.is_set()
        machine.cluster.gate = lambda verb, kind, name: None
        await asyncio.sleep(8)
        assert await machine.ready() == "True"


async def test_a_deleted_node_joins_again():
    machine = Machine()
    async with machine.beating():
        await asyncio.sleep(1)
        await machine.cluster.delete(NODE, reference("", "jar"))
        await asyncio.sleep(600)
        assert await machine.ready() == "True"


async def test_a_known_node_keeps_what_others_gave_it():
    machine = Machine()
    async with machine.beating():
        await asyncio.sleep(1)
    await machine.cluster.patch(
        NODE, reference("", "jar"), {"metadata": {"labels": {"disk": "ssd"}}}
    )
    machine.facts = replace(FACTS, architecture="arm64")
    async with machine.beating():
        await asyncio.sleep(1)
        labels = (await machine.node())["metadata"]["labels"]
        assert labels["disk"] == "ssd"
        assert labels["kubernetes.io/arch"] == "arm64"


async def test_the_health_of_a_runtime():
    async def images():
        return []

    health = await runtime_health(FakeRuntime(), images)
    assert (health.runtime, health.troubles) == ("fake://1", [])

    class Down(FakeRuntime):
        async def status(self):
            raise RuntimeUnavailable("no socket")

    health = await runtime_health(Down(), images)
    assert health.troubles == ["container runtime is down: no socket"]
