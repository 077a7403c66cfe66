from datetime import datetime, timedelta
from pathlib import Path

from onggi.node.fake import FakeRuntime
from onggi.node.meter import Meter, node_use
from tests.world import NOW


async def test_asking_again_at_once_gives_the_same_sample(tmp_path: Path) -> None:
    now = NOW

    def clock() -> datetime:
        return now

    meter = Meter("n1", tmp_path, FakeRuntime(), clock)
    first = await meter.sample()
    assert await meter.sample() is first
    assert "" not in first.nano_cores
    now += timedelta(seconds=10)
    second = await meter.sample()
    assert second is not first
    assert second.nano_cores[""] >= 0


def test_the_machine_is_measured(tmp_path: Path) -> None:
    found = node_use("n1", tmp_path, NOW)
    assert found.cpu_ns > 0
    assert 0 < found.memory_available < found.memory_total
    assert found.booted.tzinfo is not None
