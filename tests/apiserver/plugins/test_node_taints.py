"""TaintNodesByCondition."""

from tests.apiserver.world import ask

NODES = "/api/v1/nodes"
NOT_READY = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}


async def test_a_new_node_is_not_ready(running):
    _, body = await ask(running, "POST", NODES, {"metadata": {"name": "n1"}})
    assert body["spec"]["taints"] == [NOT_READY]


async def test_the_taint_is_there_once(running):
    wanted = {"metadata": {"name": "n1"}, "spec": {"taints": [NOT_READY]}}
    _, body = await ask(running, "POST", NODES, wanted)
    assert body["spec"]["taints"] == [NOT_READY]


async def test_a_node_keeps_the_status_it_registers_with(running):
    wanted = {"metadata": {"name": "n1"}, "status": {"capacity": {"cpu": "2"}}}
    _, body = await ask(running, "POST", NODES, wanted)
    assert body["status"]["capacity"] == {"cpu": "2"}
