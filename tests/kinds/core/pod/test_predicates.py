from datetime import timedelta
from typing import Any

from onggi.kinds.core.pod import predicates
from tests.world import NOW


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "p"}, "spec": {"containers": []}, "status": status}


def ready(since: str = "2025-12-31T23:59:50Z") -> dict[str, Any]:
    return {"type": "Ready", "status": "True", "lastTransitionTime": since}


def test_a_pod_is_ready_by_its_condition() -> None:
    assert predicates.is_ready(pod(conditions=[ready()]))
    assert not predicates.is_ready(pod(conditions=[ready() | {"status": "False"}]))
    assert not predicates.is_ready({})


def test_a_pod_is_available_once_it_was_ready_long_enough() -> None:
    p = pod(conditions=[ready()])  # ten seconds ago
    assert predicates.is_available(p, 0, NOW)
    assert predicates.is_available(p, 10, NOW)
    assert not predicates.is_available(p, 11, NOW)
    assert predicates.available_at(p, 11) == NOW + timedelta(seconds=1)


def test_finished_and_terminating_pods_are_not_active() -> None:
    assert predicates.is_active(pod(phase="Running"))
    assert not predicates.is_active(pod(phase="Failed"))
    going = pod(phase="Running")
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert predicates.is_terminating(going)
    assert not predicates.is_active(going)


def test_host_ports_are_those_of_containers_and_sidecars() -> None:
    port = {"containerPort": 80, "hostPort": 8080, "protocol": "TCP"}
    p = pod()
    p["spec"] = {
        "containers": [{"name": "a", "ports": [port]}],
        "initContainers": [
            {"name": "b", "ports": [{"containerPort": 1, "hostPort": 2}]},
            {"name": "c", "ports": [port | {"hostPort": 9}], "restartPolicy": "Always"},
        ],
    }
    assert predicates.host_ports(p) == {("0.0.0.0", "TCP", 8080), ("0.0.0.0", "TCP", 9)}
