"""What is seen of an instance that runs."""

import os

import pytest

from onggi.cli import status_look
from onggi.config import load
from onggi.instance import Instance, find


@pytest.fixture
def seen(running):
    config = load(running.data)
    return status_look.look(config, find(config))


def test_memory_and_start_are_those_of_the_process(seen, running):
    (onggi,) = seen.components
    assert onggi.pid == running.pid
    assert 10e6 < onggi.memory < 1e9
    assert onggi.began <= seen.instance.started
    assert onggi.lives
    assert not onggi.restarted


def test_the_data_directory_is_measured(seen):
    assert seen.disk > 1000


def test_a_program_that_has_ended_is_not_running(tmp_path, running):
    record = tmp_path / "envoy.json"
    record.write_text('{"pid": 1, "born": 1, "version": ""}')
    children = {"envoy": str(record), "containerd": str(tmp_path / "none.json")}
    instance = Instance(os.getpid(), "0.1.0", "", started=0.0, children=children)
    own, *others = status_look.components(load(running.data), instance)
    assert own.lives
    assert [(c.name, c.lives, c.memory) for c in others] == [
        ("envoy", False, 0),
        ("containerd", False, 0),
    ]


def test_a_program_that_began_after_the_platform_was_ready_was_restarted():
    assert status_look.component("envoy", os.getpid(), restarted_after=1.0).restarted
    assert not status_look.component("envoy", os.getpid(), restarted_after=4e9).restarted
