"""Nodes' own requests are approved if they may make them."""

from onggi.kinds.certificates.certificatesigningrequest.approve import reconcile
from tests.kinds.certificates.requests import NODE_CLIENT, NODE_USAGES, pem, request
from tests.world import NOW, ListWorld

NODE = pem("system:node:n1", ("system:nodes",))


def approved(csr, *rights):
    """The message of the approval; None where there is none. ``rights`` are subresources."""
    actions = list(reconcile(csr, ListWorld(), NOW).actions)
    while actions:
        (action,) = actions
        if getattr(action, "subresource", "") == "approval":
            return action.obj["status"]["conditions"][-1]["message"]
        asked = action.obj["spec"]["resourceAttributes"]["subresource"]
        actions = list(action.done({"status": {"allowed": asked in rights}}))
    return None


def node(username="system:node:n1", **more):
    return request(NODE_CLIENT, NODE_USAGES, content=NODE, username=username, **more)


def test_a_node_renews_its_own_certificate():
    assert "self kubelet client" in approved(node(), "selfnodeclient")
    assert approved(node(), "nodeclient").startswith("Auto approving kubelet client")
    assert approved(node()) is None


def test_for_another_node_it_takes_more():
    assert approved(node("system:bootstrap:x"), "selfnodeclient") is None
    assert approved(node("system:bootstrap:x"), "nodeclient")


def test_nothing_else_is_approved_by_itself():
    assert approved(request(username="eve"), "selfnodeclient", "nodeclient") is None
    assert approved(node(conditions=["Denied"]), "selfnodeclient") is None
    other = request(NODE_CLIENT, NODE_USAGES, username="eve")
    assert approved(other, "selfnodeclient", "nodeclient") is None
