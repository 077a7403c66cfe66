import asyncio
import errno
import os
import signal
import socket
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from onggi.config import Config, save
from onggi.facts import IP_FREEBIND, networks
from onggi.instance import find, hold
from onggi.node.leftovers import daemons
from onggi.progress import Progress
from onggi.store.store import Corrupt
from onggi.up.node import layout
from onggi.up.run import CannotStart, Platform, explain, going_on, leaves, run


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CannotStart("make room"), "make room"),
        (Corrupt("the file is damaged"), "the file is damaged"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/d/db"),
            "/d/db: No space left on device",
        ),
        (OSError(errno.EADDRINUSE, "Address already in use"), "the system: Address already in use"),
        (OSError("no number"), "no number"),
    ],
)
def test_what_a_user_can_mend_is_one_sentence(error, text):
    assert explain(error) == text


def test_errors_are_found_in_whatever_groups_they_came():
    one, two, three = CannotStart("1"), CannotStart("2"), CannotStart("3")
    group = ExceptionGroup("", [one, ExceptionGroup("", [two, ExceptionGroup("", [three])])])
    assert leaves(group) == [one, two, three]


async def test_a_part_goes_on_until_its_block_ends():
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    async with asyncio.TaskGroup() as tasks:
        async with going_on(tasks, work()):
            await asyncio.sleep(0)
        assert ended == ["work"]


async def test_a_part_that_fails_ends_all():
    async def work():
        raise CannotStart("no more")

    with pytest.raises(ExceptionGroup) as failed:
        async with asyncio.TaskGroup() as tasks, going_on(tasks, work()):
            await asyncio.Event().wait()
    assert [str(error) for error in leaves(failed.value)] == ["no more"]


@pytest.mark.parametrize(
    ("sign", "pods_stop"),
    [(signal.SIGTERM, True), (signal.SIGINT, True), (signal.SIGUSR1, False)],
)
async def test_a_life_from_start_to_signal(config, sign, pods_stop):
    save(config)
    sent = []
    platform = Platform(config, Progress(sent.append))
    with hold(config):
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            life = tasks.create_task(platform.serve())
            while not any("ready" in message for message in sent):
                assert not life.done()
                await asyncio.sleep(0.01)
            assert find(config).pid == os.getpid()
            assert config.kubeconfig.exists()
            os.kill(os.getpid(), sign)
    steps = [message["end"] for message in sent if "end" in message]
    assert steps == ["state", "API server", "controllers and scheduler"]
    assert platform.stop_pods is pods_stop
    assert find(config) is None
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_start_that_fails_says_why_and_leaves_no_record(config):
    save(config)
    sent = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = replace(config, api_port=server.getsockname()[1])
        assert run(taken, Progress(sent.append)) == 1
    assert "in use" in sent[-1]["failed"]
    assert find(config) is None
    hold(config).close()  # nobody else does


@pytest.mark.root
@pytest.mark.containers
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # uvloop's socket
def test_a_node_whose_start_fails_leaves_the_host_as_it_was():
    with tempfile.TemporaryDirectory(prefix="o", dir="/tmp") as data:
        config = Config(
            data=Path(data),
            node_name="n1",
            api_port=16543,
            http_port=0,
            https_port=0,
            pod_network="10.213.0.0/16",
            service_network="10.113.0.0/16",
        )
        save(config)
        sent = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
            other.bind((config.dns_service, 53))
            assert run(config, Progress(sent.append)) == 1
        assert config.dns_service in sent[-1]["failed"]
        assert config.bridge not in networks()
        assert all(f"{config.dns_service}/" not in a for a in networks()["lo"])
        assert daemons(layout(config)) == set()
        mounts = Path("/proc/self/mountinfo").read_text()
        assert data not in mounts
