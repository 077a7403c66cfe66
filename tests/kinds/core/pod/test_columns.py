"""What upstream's printer says of the same pods (``printers_test.go`` has the like)."""

from typing import Any

import pytest

from onggi.kinds.core.pod import POD
from tests.world import NOW

RUNNING: dict[str, Any] = {"running": {}}


def waiting(reason: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason}}


def ended(code: int = 0, reason: str = "", **more: Any) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, **({"reason": reason} if reason else {}), **more}}


def container(state: dict[str, Any], name: str = "c", **more: Any) -> dict[str, Any]:
    return {"name": name, "state": state, **more}


def pod(
    containers: int = 1,
    *statuses: dict[str, Any],
    init: tuple[dict[str, Any], ...] = (),
    init_spec: tuple[dict[str, Any], ...] = (),
    phase: str = "Running",
    **status: Any,
) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "creationTimestamp": "2025-12-31T23:55:00Z"},
        "spec": {
            "containers": [{"name": f"c{i}"} for i in range(containers)],
            "initContainers": list(init_spec),
        },
        "status": {
            "phase": phase,
            "containerStatuses": list(statuses),
            "initContainerStatuses": list(init),
            **status,
        },
    }


def cells(p: dict[str, Any]) -> dict[str, Any]:
    return {c.name: c.value(p, NOW) for c in POD.columns if callable(c.value)}


def shown(p: dict[str, Any]) -> tuple[str, str, str]:
    found = cells(p)
    return found["Ready"], found["Status"], found["Restarts"]


READY = {"type": "Ready", "status": "True"}
SIDECAR = {"name": "s", "restartPolicy": "Always"}


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (pod(1, phase="Pending"), ("0/1", "Pending", "0")),
        (pod(2, container(RUNNING, ready=True), container(RUNNING)), ("1/2", "Running", "0")),
        (pod(1, container(waiting("CrashLoopBackOff"))), ("0/1", "CrashLoopBackOff", "0")),
        (pod(1, container(ended(0, "Completed")), phase="Succeeded"), ("0/1", "Completed", "0")),
        (pod(1, container(ended(3))), ("0/1", "ExitCode:3", "0")),
        (pod(1, container(ended(137, signal=9))), ("0/1", "Signal:9", "0")),
        (pod(1, phase="Failed", reason="Evicted"), ("0/1", "Evicted", "0")),
        (
            pod(2, container(ended(0, "Completed")), container(RUNNING, ready=True)),
            ("1/2", "NotReady", "0"),
        ),
        (
            pod(
                2,
                container(ended(0, "Completed")),
                container(RUNNING, ready=True),
                conditions=[READY],
            ),
            ("1/2", "Running", "0"),
        ),
        (
            pod(
                1,
                init=(container(ended()), container(RUNNING)),
                init_spec=({"name": "a"}, {"name": "b"}),
                phase="Pending",
            ),
            ("0/1", "Init:1/2", "0"),
        ),
        (
            pod(1, init=(container(ended(1, "Error")),), init_spec=({"name": "c"},)),
            ("0/1", "Init:Error", "0"),
        ),
        (
            pod(1, init=(container(waiting("CrashLoopBackOff"), restartCount=3),),
                init_spec=({"name": "c"},)),
            ("0/1", "Init:CrashLoopBackOff", "3"),
        ),
        (
            pod(
                1,
                container(RUNNING, ready=True, restartCount=1),
                init=(container(RUNNING, "s", started=True, ready=True, restartCount=2),),
                init_spec=(SIDECAR,),
            ),
            ("2/2", "Running", "3"),
        ),
        (
            pod(1, conditions=[{"type": "PodScheduled", "reason": "SchedulingGated"}],
                phase="Pending"),
            ("0/1", "SchedulingGated", "0"),
        ),
    ],
)  # fmt: skip
def test_ready_status_and_restarts(p: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert shown(p) == expected


def test_a_pod_that_is_going_is_terminating_until_it_is_over() -> None:
    p = pod(1, container(RUNNING, ready=True))
    p["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert cells(p)["Status"] == "Terminating"
    p["status"]["reason"] = "NodeLost"
    assert cells(p)["Status"] == "Unknown"
    over = pod(1, container(ended(0, "Completed")), phase="Succeeded")
    over["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert cells(over)["Status"] == "Completed"


def test_restarts_say_when_the_last_one_was() -> None:
    last = {"terminated": {"exitCode": 1, "finishedAt": "2025-12-31T23:55:00Z"}}
    p = pod(1, container(RUNNING, restartCount=4, lastState=last))
    assert cells(p)["Restarts"] == "4 (5m ago)"


def test_wide_cells_say_none_where_there_is_nothing() -> None:
    found = cells(pod(1))
    assert [found[n] for n in ("IP", "Node", "Nominated Node", "Readiness Gates")] == ["<none>"] * 4
    p = pod(1, podIPs=[{"ip": "10.1.0.2"}], conditions=[{"type": "a", "status": "True"}])
    p["spec"] |= {"nodeName": "n", "readinessGates": [{"conditionType": t} for t in "ab"]}
    found = cells(p)
    assert (found["IP"], found["Node"], found["Readiness Gates"]) == ("10.1.0.2", "n", "1/2")
