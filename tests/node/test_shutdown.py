"""Everything stops, nothing is forgotten."""

import pytest

from onggi.node.shutdown import stop_all
from tests.node.agent_lab import Said, lab, make, running

pytestmark = pytest.mark.looptime


async def test_pods_are_stopped_with_their_grace_and_run_again_later(looptime):
    async with lab() as node:
        forever = {"command": ["sleep", "100000"]}
        await node.create(forever, name="a", terminationGracePeriodSeconds=5)
        await node.create(forever, name="b", terminationGracePeriodSeconds=500)
        await node.settle(1)
        began = float(looptime)
    assert await stop_all(node.runtime, 20) == 2
    assert float(looptime) - began == pytest.approx(20, abs=0.1)
    states = {s.state for s in await node.runtime.sandboxes()}
    assert states == {"SANDBOX_NOTREADY"}
    async with running(make(node.runtime, node.cluster, Said())) as again:
        await again.settle(1)
        for name in ("a", "b"):
            status = await again.status(name)
            assert status["phase"] == "Running"
            assert status["containerStatuses"][0]["restartCount"] == 1
