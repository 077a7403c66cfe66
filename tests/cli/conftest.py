"""The command line as users meet it: the program in processes of its own, on free ports."""

import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onggi.cli.app import app
from onggi.cli.failure import Failure
from onggi.config import BadSetting, load
from onggi.instance import find

ONGGI = str(Path(sys.executable).with_name("onggi"))
KEPT_OUT = {"ONGGI_DATA", "KUBECONFIG"}
WITHIN = 60  # seconds; a start takes one, or a few where the machine is busy


@dataclass(frozen=True)
class Told:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass
class Program:
    """``onggi`` on one data directory and port."""

    data: Path
    port: int

    def __call__(self, command, *arguments, stdin="", prefix=(), **environment):
        done = subprocess.run(
            [*prefix, ONGGI, *command.split(), "--data", str(self.data), *arguments],
            input=stdin,
            env=surroundings(environment),
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def up(self, *arguments, **more):
        return self("up --no-node", "--port", str(self.port), *arguments, **more)

    def kill(self):
        """End the platform as a crash would."""
        pid = self.pid
        process = os.pidfd_open(pid)
        os.kill(pid, signal.SIGKILL)
        select.select([process], [], [], WITHIN)
        os.close(process)

    @property
    def instance(self):
        return find(load(self.data))

    @property
    def pid(self):
        """Of what runs. Never 0: as a process to signal that would be our own group."""
        instance = self.instance
        assert instance, "nothing runs"
        return instance.pid


def surroundings(more):
    return {**{k: v for k, v in os.environ.items() if k not in KEPT_OUT}, **more}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def program(tmp_path):
    """Nothing runs yet; whatever the test starts is ended after it."""
    made = Program(tmp_path / "data", free_port())
    yield made
    with suppress(BadSetting):  # a test may have damaged the settings on purpose
        if instance := made.instance:
            os.kill(instance.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One instance without a node, for the tests of a file that only look at it."""
    made = Program(tmp_path_factory.mktemp("running") / "data", free_port())
    told = made.up()
    assert told.status == 0, told.err
    yield made
    made("down")


@pytest.fixture
def invoke(monkeypatch):
    """A command in this process: ``invoke("status", "--data", …)`` → status, output, failure."""
    for name in KEPT_OUT:
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, stdin=""):
        done = CliRunner().invoke(app, [str(word) for word in arguments], input=stdin)
        if isinstance(done.exception, Failure):
            return Told(1, done.stdout, str(done.exception))
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Told(done.exit_code, done.stdout, done.stderr)

    return run
