"""The machine as a node: conditions, cordon, drain, taints, and why a pod finds no place."""

from collections.abc import Iterator

import pytest

from tests.e2e.manifests import container, deployment, pod, server, spec
from tests.e2e.platform import Space


@pytest.fixture
def node(space: Space) -> Iterator[str]:
    """The node's name; afterwards it takes pods again."""
    name = space.platform.node
    yield name
    space.platform.kubectl("uncordon", name)
    space.platform.try_kubectl("taint", "node", name, "jar:NoSchedule-")
    space.platform.try_kubectl("taint", "node", name, "jar:NoExecute-")
    space.platform.try_kubectl("label", "node", name, "disk-")


def refusal(space: Space, name: str) -> str:
    """Why the scheduler found no place."""
    space.wait(f"pod/{name}", "condition=PodScheduled=False")
    conditions = space.get("pod", name)["status"]["conditions"]
    [scheduled] = [c for c in conditions if c["type"] == "PodScheduled"]
    assert scheduled["reason"] == "Unschedulable"
    assert space.reasons(name)["FailedScheduling"] == scheduled["message"]
    return scheduled["message"]


def test_the_node_tells_of_itself(space: Space) -> None:
    [made] = space.get("nodes")["items"]
    status = made["status"]
    conditions = {c["type"]: c["status"] for c in status["conditions"]}
    assert conditions == {
        "Ready": "True",
        "MemoryPressure": "False",
        "DiskPressure": "False",
        "PIDPressure": "False",
    }
    assert status["nodeInfo"]["containerRuntimeVersion"].startswith("containerd://")
    assert int(status["capacity"]["pods"]) >= 100
    assert {a["type"] for a in status["addresses"]} == {"InternalIP", "Hostname"}
    shown = space.kubectl("get", "node", "-o", "wide").splitlines()[1].split()
    assert shown[1] == "Ready"
    assert "Allocated resources" in space.kubectl("describe", "node")


def test_a_cordoned_node_takes_no_more_pods(space: Space, node: str) -> None:
    space.run(pod("before"))
    space.platform.kubectl("cordon", node)
    space.apply(pod("after"))
    assert "1 node(s) were unschedulable" in refusal(space, "after")
    space.platform.kubectl("uncordon", node)
    space.wait("pod/after", "condition=Ready")
    space.wait("pod/before", "condition=Ready")


def test_a_drained_node_is_empty_of_pods(space: Space, node: str) -> None:
    space.run(deployment("web", spec(server())))
    space.platform.kubectl(
        *("drain", node, "--pod-selector=app=web", "--force", "--delete-emptydir-data"),
        "--timeout=60s",
    )
    space.kubectl("wait", "pod", "-l", "app=web", "--for=condition=PodScheduled=False")
    space.platform.kubectl("uncordon", node)
    space.kubectl("rollout", "status", "deploy/web", "--timeout=60s")


def test_a_taint_keeps_away_who_does_not_tolerate_it(space: Space, node: str) -> None:
    space.platform.kubectl("taint", "node", node, "jar=full:NoSchedule")
    tolerant = [{"key": "jar", "operator": "Equal", "value": "full", "effect": "NoSchedule"}]
    space.apply(pod("stranger"), pod("friend", tolerations=tolerant))
    space.wait("pod/friend", "condition=Ready")
    assert "had untolerated taint" in refusal(space, "stranger")
    space.platform.kubectl("taint", "node", node, "jar:NoSchedule-")
    space.wait("pod/stranger", "condition=Ready")


def test_a_no_execute_taint_puts_pods_out(space: Space, node: str) -> None:
    everything = [{"operator": "Exists"}]
    brief = [{"operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 3}]
    space.run(
        pod("stranger"), pod("guest", tolerations=brief), pod("friend", tolerations=everything)
    )
    space.platform.kubectl("taint", "node", node, "jar=hot:NoExecute")
    space.wait("pod/stranger", "delete", within=30)
    space.wait("pod/guest", "delete", within=30)
    space.platform.kubectl("taint", "node", node, "jar:NoExecute-")
    assert space.field("pod/friend", ".status.phase") == "Running"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"nodeSelector": {"disk": "gold"}}, "didn't match Pod's node affinity/selector"),
        ({"containers": [container(resources={"requests": {"cpu": "9000"}})]}, "Insufficient cpu"),
        (
            {"containers": [container(resources={"requests": {"memory": "9Ti"}})]},
            "Insufficient memory",
        ),
    ],
)
def test_a_pod_that_finds_no_place_says_why(
    space: Space, parts: dict[str, object], why: str
) -> None:
    wanted = pod("picky")
    wanted["spec"].update(parts)
    space.apply(wanted)
    said = refusal(space, "picky")
    assert said.startswith("0/1 nodes are available: 1 ")
    assert why in said


def test_two_pods_do_not_share_a_host_port(space: Space) -> None:
    hosted = server(ports=[{"containerPort": 8080, "hostPort": 31997}])
    space.run(pod("first", hosted))
    space.apply(pod("second", hosted))
    assert "didn't have free ports" in refusal(space, "second")
    space.kubectl("delete", "pod", "first")
    space.wait("pod/second", "condition=Ready")


def test_a_label_on_the_node_opens_the_place(space: Space, node: str) -> None:
    space.apply(pod("picky", nodeSelector={"disk": "gold"}))
    refusal(space, "picky")
    space.platform.kubectl("label", "node", node, "disk=gold")
    space.wait("pod/picky", "condition=Ready")
