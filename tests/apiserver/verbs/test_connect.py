"""The way to a pod's containers."""

import pytest

from onggi.api.errors import BadRequest
from onggi.api.http import Request, Response, Upgrade
from onggi.apiserver.verbs.connect import container_of
from tests.apiserver.world import ADMIN, ask, pod

PODS = "/api/v1/namespaces/default/pods"


class Node:
    """Remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def handle(self, request):
        self.asked.append(request)
        if request.path.startswith("/containerLogs"):
            return Response(body=b"a line\n", content_type="text/plain")
        return Upgrade(url="http://127.0.0.1:1/exec/token")


@pytest.fixture
async def node(running, cluster):
    found = running.app.backend.nodes["n1"] = Node()
    await ask(running, "POST", PODS, pod(nodeName="n1"))
    return found


async def test_logs_come_from_the_pods_node(running, node):
    code, text = await ask(running, "GET", f"{PODS}/web/log?tailLines=5")
    assert (code, text) == (200, "a line\n")
    assert node.asked[0].path == "/containerLogs/default/web/main"
    assert node.asked[0].query == {"tailLines": ["5"]}


async def test_a_pod_without_a_node_has_no_logs_yet(running, cluster):
    await ask(running, "POST", PODS, pod())
    assert (await ask(running, "GET", f"{PODS}/web/log"))[0] == 204


@pytest.mark.parametrize("what", ["exec", "attach", "portforward"])
async def test_a_connection_is_handed_over(running, node, what):
    for method, protocol in (("POST", "SPDY/3.1"), ("GET", "websocket")):
        request = Request(
            method=method,
            path=f"{PODS}/web/{what}",
            query={"command": ["ls", "-l"]},
            headers={"upgrade": protocol, "connection": "Upgrade"},
            user=ADMIN,
        )
        answer = await running.handle(request)
        assert answer == Upgrade(url="http://127.0.0.1:1/exec/token")
    uid = (await ask(running, "GET", f"{PODS}/web"))[1]["metadata"]["uid"]
    paths = {
        "exec": f"/exec/default/web/{uid}/main",
        "attach": f"/attach/default/web/{uid}/main",
        "portforward": f"/portForward/default/web/{uid}",
    }
    assert node.asked[0].path == paths[what]
    assert node.asked[0].query == {"command": ["ls", "-l"]}


async def test_without_an_upgrade_there_is_no_connection(running, node):
    code, body = await ask(running, "POST", f"{PODS}/web/exec?command=ls")
    assert (code, body["message"]) == (400, "Upgrade request required")


async def test_a_pod_must_have_a_node(running, cluster):
    await ask(running, "POST", PODS, pod())
    code, body = await ask(running, "POST", f"{PODS}/web/exec", upgrade="SPDY/3.1")
    assert (code, body["message"]) == (400, "pod web does not have a host assigned")


async def test_a_node_that_is_away_is_an_error(running, node):
    running.app.backend.nodes.clear()
    code, body = await ask(running, "GET", f"{PODS}/web/log")
    assert code == 500
    assert 'node "n1" cannot be reached' in body["message"]


def containers(**groups):
    spec = {field: [{"name": n} for n in found] for field, found in groups.items()}
    return {"metadata": {"name": "web"}, "spec": spec}


def test_the_only_container_is_meant():
    assert container_of(containers(containers=["a"], initContainers=["i"]), "") == "a"


def test_any_container_may_be_named():
    what = containers(containers=["a"], initContainers=["i"], ephemeralContainers=["e"])
    for name in "aie":
        assert container_of(what, name) == name
    with pytest.raises(BadRequest) as refused:
        container_of(what, "x")
    assert refused.value.message == "container x is not valid for pod web"


def test_one_of_several_must_be_named():
    what = containers(containers=["a", "b"], initContainers=["i"])
    with pytest.raises(BadRequest) as refused:
        container_of(what, "")
    assert refused.value.message == (
        "a container name must be specified for pod web, choose one of: [a b] "
        "or one of the init containers: [i]"
    )
