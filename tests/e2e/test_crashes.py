"""kill -9 of each part: what runs goes on, what was written is there, everything comes back."""

import os
import select
import signal
import time
from collections.abc import Iterator

import pytest

from tests.e2e import host
from tests.e2e.manifests import (
    config_map,
    deployment,
    ingress,
    path,
    pod,
    rule,
    server,
    service,
    spec,
)
from tests.e2e.platform import Space
from tests.e2e.test_ingress import ask, eventually
from tests.e2e.test_network import cluster_ip, fetch


def kill(pid: int) -> None:
    """SIGKILL; returns when the process is gone."""
    process = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    select.select([process], [], [], 10)
    os.close(process)


@pytest.fixture
def yard(space: Space) -> Iterator[Space]:
    """Two web pods behind a service and an ingress."""
    space.run(deployment("web", spec(server()), 2), service("web"))
    space.apply(ingress("web", rule(host_of(space), path("web"))))
    space.wait("deploy/web", "jsonpath={.status.readyReplicas}=2")
    eventually(lambda: ask(space, host_of(space))[0], 200)
    yield space
    space.platform.up()


def host_of(space: Space) -> str:
    return f"{space.name}.example"


def containers(space: Space) -> dict[str, int]:
    """The id of each container, and how often it was restarted."""
    pods = space.get("pod", "-l", "app=web")["items"]
    statuses = [s for p in pods for s in p["status"]["containerStatuses"]]
    return {status["containerID"]: status["restartCount"] for status in statuses}


def answering(space: Space, address: str) -> None:
    """Both pods answer through the cluster address and through the ingress."""
    assert len({fetch(f"http://{address}").split()[0] for _ in range(20)}) == 2
    assert len({ask(space, host_of(space))[1] for _ in range(20)}) == 2


def restarted(yard: Space, before: dict[str, int]) -> None:
    """After ``up``: the same containers, the same objects, and everything goes on."""
    assert containers(yard) == before
    assert yard.field("cm/letter", ".data.text") == "dear"
    yard.kubectl("scale", "deploy/web", "--replicas=3")
    yard.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    assert before.items() <= containers(yard).items()
    address = cluster_ip(yard)
    eventually(lambda: len({fetch(f"http://{address}").split()[0] for _ in range(30)}), 3)


def test_containers_outlive_onggi_and_are_adopted(yard: Space) -> None:
    yard.apply(config_map("letter", text="dear"))
    before, address = containers(yard), cluster_ip(yard)
    kill(yard.platform.pid)
    answering(yard, address)
    yard.platform.up()
    restarted(yard, before)


def test_down_may_leave_the_pods(yard: Space) -> None:
    yard.apply(config_map("letter", text="dear"))
    before, address = containers(yard), cluster_ip(yard)
    yard.platform.down("--leave-pods")
    assert len({fetch(f"http://{address}").split()[0] for _ in range(20)}) == 2
    yard.platform.up()
    restarted(yard, before)


def test_down_leaves_no_process_and_up_brings_the_pods_back(yard: Space) -> None:
    assert "Stopped." in yard.platform.down()
    assert host.processes(yard.platform) == []
    yard.platform.up()
    yard.kubectl("rollout", "status", "deploy/web", "--timeout=60s")
    address = cluster_ip(yard)
    eventually(lambda: ask(yard, host_of(yard))[0], 200)
    assert fetch(f"http://{address}").startswith("web-")


def test_containerd_is_started_again_and_no_pod_notices(yard: Space) -> None:
    before, old = containers(yard), yard.platform.child("containerd")
    kill(old)
    answering(yard, cluster_ip(yard))
    yard.run(pod("later", server()))
    assert yard.platform.child("containerd") != old
    assert containers(yard) == before


def test_envoy_is_started_again(yard: Space) -> None:
    old = yard.platform.child("envoy")
    kill(old)
    eventually(lambda: answers(yard), 200)
    assert yard.platform.child("envoy") != old


def answers(space: Space) -> int:
    try:
        return ask(space, host_of(space))[0]
    except OSError:
        return 0


def test_a_container_that_is_killed_is_started_again(yard: Space) -> None:
    [name, *_] = yard.kubectl("get", "pod", "-l", "app=web", "-o", "name").split()
    began = time.monotonic()
    yard.try_kubectl("exec", name, "--", "python3", "-c", "import os; os.kill(1, 15)")
    yard.wait(name, "jsonpath={.status.containerStatuses[0].restartCount}=1")
    yard.wait(name, "condition=Ready")
    assert time.monotonic() - began < 30
