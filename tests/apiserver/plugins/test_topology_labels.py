"""PodTopologyLabels."""

from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"
ZONE, REGION = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"


async def node(running):
    labels = {ZONE: "z1", REGION: "r1", "other": "x"}
    await ask(running, "POST", "/api/v1/nodes", {"metadata": {"name": "n1", "labels": labels}})


async def bound(running, name):
    target = {"target": {"kind": "Node", "name": "n1"}}
    assert (await ask(running, "POST", f"{PODS}/{name}/binding", target))[0] == 201
    return (await ask(running, "GET", f"{PODS}/{name}"))[1]["metadata"].get("labels")


async def test_a_pod_takes_over_the_place_of_its_node(running, cluster):
    await node(running)
    await ask(running, "POST", PODS, pod("a"))
    assert await bound(running, "a") == {ZONE: "z1", REGION: "r1"}


async def test_what_a_pod_says_itself_stays(running, cluster):
    await node(running)
    wanted = pod("a")
    wanted["metadata"]["labels"] = {ZONE: "mine"}
    await ask(running, "POST", PODS, wanted)
    assert await bound(running, "a") == {ZONE: "mine", REGION: "r1"}


async def test_a_pod_that_is_made_on_its_node_is_labelled_at_once(running, cluster):
    await node(running)
    _, body = await ask(running, "POST", PODS, pod(nodeName="n1"))
    assert body["metadata"]["labels"] == {ZONE: "z1", REGION: "r1"}
