"""Pods live and die on a node in memory; time is virtual."""

import pytest

from tests.node.agent_lab import lab

pytestmark = pytest.mark.looptime


async def test_a_pod_runs():
    async with lab() as node:
        await node.create()
        await node.settle()
        status = await node.status()
        assert status["phase"] == "Running"
        assert status["podIP"] == "10.88.0.3"
        assert status["hostIP"] == "192.0.2.1"
        assert node.conditions(status) == {
            "PodReadyToStartContainers": "True",
            "Initialized": "True",
            "Ready": "True",
            "ContainersReady": "True",
            "PodScheduled": "True",
        }
        shown = status["containerStatuses"][0]
        assert shown["ready"]
        assert shown["started"]
        assert shown["restartCount"] == 0
        assert shown["state"] == {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        assert node.said.reasons == ["Created", "Started"]


async def test_a_deleted_pod_is_stopped_then_goes():
    async with lab() as node:
        await node.create()
        await node.settle()
        await node.delete()
        await node.settle(5)
        assert await node.exists()
        await node.settle(30)
        assert not await node.exists()
        assert await node.runtime.sandboxes() == []
        assert node.said.messages("Killing") == ["Stopping container c0"]
