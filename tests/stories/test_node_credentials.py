"""What a node's own credentials reach: authorizer and admission of the real server together."""

import pytest

from onggi.api.errors import Forbidden
from onggi.api.http import User
from onggi.apiserver.access import access
from onggi.apiserver.assemble import assemble, parts_of
from onggi.client.cluster import reference
from onggi.client.fake import loop_clock
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod import POD
from onggi.kinds.core.serviceaccount import SERVICEACCOUNT
from onggi.store.memory import MemoryStore
from tests.apiserver import world

A = User("system:node:a", ("system:nodes", "system:authenticated"))
LEASES = "kube-node-lease"


def named(name, **more):
    return {"metadata": {"name": name}, **more}


def lease(name, namespace=LEASES):
    return {"metadata": {"name": name, "namespace": namespace}, "spec": {}}


def mirror(node):
    made = world.pod(f"mirror-{node}", nodeName=node)
    made["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "x"}
    return made


@pytest.fixture
async def served(keys):
    """An administrator's client, and node a's; nodes a and b have a pod each."""
    store = MemoryStore()
    server = assemble(store, parts_of(access(store, keys, loop_clock)), clock=loop_clock)
    await server.start()
    admin = world.client(server)
    account = {"metadata": {"name": "default", "namespace": "default"}}
    await admin.create(SERVICEACCOUNT, account)
    for name in ("a", "b"):
        await admin.create(NODE, named(name))
        await admin.create(LEASE, lease(name))
        await admin.create(POD, world.pod(f"pod-{name}", nodeName=name))
    return admin, world.client(server, A)


POD_B, NODE_B = reference("default", "pod-b"), reference("", "b")
CHANGE = {"metadata": {"annotations": {"x": "y"}}}
READY = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
REFUSED = {
    "create a node": lambda c: c.create(NODE, named("c")),
    "change another node": lambda c: c.patch(NODE, NODE_B, CHANGE),
    "change another node's status": lambda c: c.patch(NODE, NODE_B, READY, subresource="status"),
    "delete another node": lambda c: c.delete(NODE, NODE_B),
    "delete itself": lambda c: c.delete(NODE, reference("", "a")),
    "create a pod": lambda c: c.create(POD, world.pod("new", nodeName="a")),
    "create a mirror pod elsewhere": lambda c: c.create(POD, mirror("b")),
    "delete another node's pod": lambda c: c.delete(POD, POD_B),
    "change another node's pod": lambda c: c.patch(POD, POD_B, CHANGE),
    "change its own pod": lambda c: c.patch(POD, reference("default", "pod-a"), CHANGE),
    "change the status of another's pod": lambda c: c.patch(
        POD, POD_B, READY, subresource="status"
    ),
    "read another node's pod": lambda c: c.get(POD, "default", "pod-b"),
    "read all pods": lambda c: c.list(POD),
    "create another's lease": lambda c: c.create(LEASE, lease("c")),
    "renew another's lease": lambda c: c.patch(LEASE, reference(LEASES, "b"), CHANGE),
    "take a lease elsewhere": lambda c: c.create(LEASE, lease("a", "default")),
}
ALLOWED = {
    "change itself": lambda c: c.patch(NODE, reference("", "a"), CHANGE),
    "its own status": lambda c: c.patch(NODE, reference("", "a"), READY, subresource="status"),
    "renew its lease": lambda c: c.patch(LEASE, reference(LEASES, "a"), CHANGE),
    "the status of its pod": lambda c: c.patch(
        POD, reference("default", "pod-a"), READY, subresource="status"
    ),
    "read its pod": lambda c: c.get(POD, "default", "pod-a"),
    "delete its pod": lambda c: c.delete(POD, reference("default", "pod-a")),
}


@pytest.mark.parametrize("deed", REFUSED)
async def test_a_node_cannot(served, deed):
    admin, node = served
    before = [(await admin.list(kind)).items for kind in (NODE, POD, LEASE)]
    with pytest.raises(Forbidden):
        await REFUSED[deed](node)
    assert [(await admin.list(kind)).items for kind in (NODE, POD, LEASE)] == before


@pytest.mark.parametrize("deed", ALLOWED)
async def test_a_node_can(served, deed):
    _, node = served
    await ALLOWED[deed](node)
