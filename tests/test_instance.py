import json
import os
import signal
import subprocess
import sys

import pytest

from onggi.config import Config
from onggi.instance import AlreadyRunning, Instance, announce, find, hold, is_running, record_file

HOLDER = """
import sys
from pathlib import Path
from onggi.config import Config
from onggi.instance import hold
lock = hold(Config(data=Path(sys.argv[1])))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def config(tmp_path):
    return Config(data=tmp_path)


@pytest.fixture
def holder(config):
    """Another process that holds the lock until it is ended."""
    command = [sys.executable, "-c", HOLDER, str(config.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def instance(pid=1):
    return Instance(pid=pid, version="0.1.0", server="https://127.0.0.1:6443", started=1.5)


def test_one_process_holds_a_directory(config, holder):
    with pytest.raises(AlreadyRunning, match=str(config.data)):
        hold(config)
    assert is_running(config)


def test_the_lock_dies_with_the_process_however_it_ends(config, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert not is_running(config)
    hold(config).close()


def test_other_directories_do_not_mind(config, holder, tmp_path_factory):
    hold(Config(data=tmp_path_factory.mktemp("other"))).close()


def test_the_running_instance_is_found_by_its_record(config):
    with hold(config):
        announce(config, instance())
        assert find(config) == instance()


def test_a_record_without_a_process_is_stale(config):
    with hold(config):
        announce(config, instance())
    assert find(config) is None


def test_a_process_that_has_announced_nothing_yet_is_not_found(config):
    with hold(config):
        assert find(config) is None


@pytest.mark.parametrize("text", ["", "{", '{"pid": 1'])
def test_half_a_record_is_none(config, text):
    record_file(config).write_text(text)
    with hold(config):
        assert find(config) is None


def test_nobody_runs_where_there_is_no_directory(tmp_path):
    config = Config(data=tmp_path / "none")
    assert not is_running(config)
    assert find(config) is None
    assert not config.data.exists()


def test_the_lock_is_readable_by_its_owner_only(config):
    with hold(config) as file:
        assert os.fstat(file.fileno()).st_mode & 0o777 == 0o600


def test_a_new_record_takes_the_place_of_the_old_one_whole(config):
    announce(config, instance(1))
    announce(config, instance(2))
    assert json.loads(record_file(config).read_text())["pid"] == 2
    assert [path.name for path in config.data.iterdir()] == ["instance.json"]
