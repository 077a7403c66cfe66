"""containerd over CRI: the suite, and what only a process of its own can go through."""

import asyncio
from contextlib import aclosing

import pytest

from onggi.node.cri import CriRuntime
from onggi.node.runtime import Exited, NoSuchThing, Relist, RuntimeUnavailable
from tests.node.real_containerd import IMAGE, RealContainerd, is_possible
from tests.suites.runtime import FOREVER, Lab, RuntimeSuite

pytestmark = [
    pytest.mark.containers,
    pytest.mark.skipif(not is_possible(), reason="needs root, containerd, runc, busybox-static"),
]


@pytest.fixture(scope="module")
def containerd(tmp_path_factory):
    real = RealContainerd(tmp_path_factory.mktemp("cri"))
    real.start()
    yield real
    real.stop()


@pytest.fixture
async def lab(containerd, tmp_path):
    runtime = CriRuntime(containerd.socket)
    yield Lab(runtime, IMAGE, str(tmp_path))
    await containerd._clear()
    await runtime.close()


class TestContainerd(RuntimeSuite):
    pass


async def test_nobody_on_the_socket_is_told_apart(tmp_path):
    runtime = CriRuntime(str(tmp_path / "none.sock"))
    with pytest.raises(RuntimeUnavailable):
        await runtime.status()
    await runtime.close()


async def test_what_is_not_there_is_told_apart(lab):
    with pytest.raises(NoSuchThing, match="rpc error: code = NotFound desc = "):
        await lab.runtime.container_status("none")


async def test_events_survive_a_crash_of_the_runtime(lab, containerd):
    made = await lab.run(*FOREVER)
    seen = []
    async with aclosing(lab.runtime.events()) as events, asyncio.timeout(60):
        reader = asyncio.ensure_future(collect(events, seen, Exited(made)))
        await asyncio.sleep(0.2)  # until it listens; nothing tells
        await asyncio.to_thread(containerd.restart)
        await asyncio.sleep(0.5)  # until it listens again
        await lab.runtime.stop_container(made, 0)
        await reader
    assert seen[-2:] == [Relist(), Exited(made)]


async def collect(events, seen, last):
    async for event in events:
        seen.append(event)
        if event == last:
            return
