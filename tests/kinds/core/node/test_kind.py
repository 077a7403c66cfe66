from typing import Any

from onggi.kinds.core.node import NODE
from tests.kinds.samples import created, said, said_of_update
from tests.world import NOW


def cells(node: dict[str, Any]) -> dict[str, Any]:
    return {c.name: c.value(node, NOW) for c in NODE.columns if callable(c.value)}


def test_a_node_can_give_what_it_has() -> None:
    node = created(NODE)
    assert node["status"]["allocatable"] == {"cpu": "2", "memory": "4Gi"}


def test_taints_are_unique_by_key_and_effect() -> None:
    taint = {"key": "a", "effect": "NoSchedule"}
    assert said(NODE, taints=[taint, {**taint, "effect": "NoExecute"}]) == []
    (refusal,) = said(NODE, taints=[taint, taint])
    assert refusal.startswith("metadata.taints[1]: Duplicate value: ")
    assert refusal.endswith("taints must be unique by key and effect pair")


def test_the_pod_network_is_set_once() -> None:
    assert said_of_update(NODE, {"podCIDR": "10.1.0.0/24"}) == []
    change = {"podCIDR": "10.2.0.0/24", "podCIDRs": ["10.2.0.0/24"]}
    assert said_of_update(NODE, change, podCIDR="10.1.0.0/24") == [
        'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'
    ]


def test_what_kubectl_get_shows() -> None:
    node = created(NODE, unschedulable=True)
    found = cells(node)
    assert (found["Status"], found["Roles"]) == ("Unknown,SchedulingDisabled", "<none>")
    node["status"] = {
        "conditions": [{"type": "Ready", "status": "True"}],
        "addresses": [{"type": "InternalIP", "address": "192.0.2.1"}],
        "nodeInfo": {"osImage": "Debian"},
    }
    node["metadata"]["labels"] = {
        "node-role.kubernetes.io/worker": "",
        "node-role.kubernetes.io/control-plane": "",
    }
    node["spec"] = {}
    found = cells(node)
    assert (found["Status"], found["Roles"]) == ("Ready", "control-plane,worker")
    assert (found["Internal-IP"], found["External-IP"]) == ("192.0.2.1", "<none>")
    assert (found["OS-Image"], found["Kernel-Version"]) == ("Debian", "<unknown>")
