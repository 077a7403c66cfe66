"""Bindings and tokens."""

import pytest

from onggi.apiserver.verbs.below import assigned
from tests.apiserver.world import ask, pod

PODS = "/api/v1/namespaces/default/pods"
BINDING = {"target": {"kind": "Node", "name": "n1"}}


@pytest.fixture
async def pending(running, cluster):
    await ask(running, "POST", PODS, pod())


async def test_a_binding_puts_a_pod_on_a_node(running, pending):
    binding = BINDING | {"metadata": {"annotations": {"a": "b"}}}
    code, body = await ask(running, "POST", f"{PODS}/web/binding", binding)
    assert (code, body["status"]) == (201, "Success")
    _, found = await ask(running, "GET", f"{PODS}/web")
    assert found["spec"]["nodeName"] == "n1"
    assert found["metadata"]["annotations"] == {"a": "b"}
    [condition] = found["status"]["conditions"]
    assert (condition["type"], condition["status"]) == ("PodScheduled", "True")


async def test_a_pod_is_bound_once(running, pending):
    url = "/api/v1/namespaces/default/bindings"
    binding = BINDING | {"metadata": {"name": "web"}}
    assert (await ask(running, "POST", url, binding))[0] == 201
    code, body = await ask(running, "POST", url, binding)
    assert code == 409
    assert body["message"] == (
        'Operation cannot be fulfilled on pods/binding "web": '
        'pod web is already assigned to node "n1"'
    )


async def test_a_binding_names_a_node(running, pending):
    code, body = await ask(running, "POST", f"{PODS}/web/binding", {"target": {"kind": "Pod"}})
    assert code == 422
    assert "target.name: Required value" in body["message"]
    assert 'supported values: "Node", "<empty>"' in body["message"]


async def test_nothing_to_bind_is_not_found(running):
    assert (await ask(running, "POST", f"{PODS}/web/binding", BINDING))[0] == 404


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"metadata": {"deletionTimestamp": "x"}}, "is being deleted, cannot be assigned"),
        ({"spec": {"schedulingGates": [{"name": "g"}]}}, "has non-empty .spec.schedulingGates"),
        ({"metadata": {"uid": "other"}}, "Precondition failed: UID in precondition: u"),
    ],
)
def test_a_pod_that_may_not_be_bound_says_why(what, words):
    from onggi.api.errors import Conflict

    old = {"metadata": {"name": "web", "uid": "u"} | what.get("metadata", {}), "spec": {}}
    old["spec"] = what.get("spec", {})
    with pytest.raises(Conflict, match=words):
        assigned(old, BINDING | {"metadata": {"uid": "u"}}, "now")


async def test_without_an_issuer_there_are_no_tokens(running, cluster):
    url = "/api/v1/namespaces/default/serviceaccounts/default/token"
    assert (await ask(running, "POST", url, {"spec": {}}))[0] == 404
