import os
import signal

import pytest

from onggi.cli import down
from onggi.cli.failure import Failure
from onggi.config import load
from onggi.controller.child import birth


def test_stopping_ends_the_process_and_keeps_the_state(program):
    program.up()
    pid = program.pid
    told = program("down")
    assert (told.status, told.out) == (0, "Stopped.\n")
    assert program.instance is None
    assert birth(pid) == 0
    assert not (program.data / "instance.json").exists()
    assert (program.data / "store" / "onggi.db").exists()


def test_stopping_what_does_not_run_is_no_failure(program):
    told = program("down")
    assert (told.status, told.out) == (0, f"Nothing runs on {program.data}.\n")
    assert not program.data.exists()


def test_a_platform_that_does_not_end_is_named(running, monkeypatch):
    monkeypatch.setattr(down, "PATIENCE", 0.05)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        with pytest.raises(Failure, match=f"kill -9 {running.pid}"):
            down.stop(load(running.data), signal.SIGWINCH)
    finally:
        os.kill(running.pid, signal.SIGCONT)
