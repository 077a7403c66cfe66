import json
import os
import select
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from onggi.cli import up
from onggi.config import Config
from tests.cli.conftest import ONGGI, surroundings

NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]


@pytest.fixture
def nobody(tmp_path_factory):
    """The words that make a command run as another user, where this machine has all it takes."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    try:
        subprocess.run([*NOBODY, ONGGI, "version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this checkout cannot be read by other users")
    return NOBODY


def test_a_start_shows_its_steps_and_what_to_do_next(program):
    told = program.up()
    assert (told.status, told.err) == (0, "")
    for step in ("loading", "state", "API server", "controllers and scheduler"):
        assert f"✓ {step}" in told.out
    assert f"export KUBECONFIG={program.data}/kubeconfig" in told.out
    assert f"onggi status --data {program.data}" in told.out
    assert program.instance


def test_a_second_start_says_that_it_runs_already(running):
    told = running.up()
    assert told.status == 0
    assert f"runs already: https://127.0.0.1:{running.port} (pid {running.pid})" in told.out


@pytest.mark.slow
def test_options_are_remembered_and_state_survives(program):
    program.up()
    assert program("kubectl", "create", "namespace", "kept").status == 0
    program("down")
    assert program("up").status == 0
    assert program("kubectl", "get", "namespace", "kept").status == 0
    assert json.loads((program.data / "config.json").read_text())["api_port"] == program.port


@pytest.mark.slow
def test_a_crash_loses_nothing_that_was_answered(program):
    program.up()
    assert program("kubectl", "create", "configmap", "kept", "--from-literal=a=b").status == 0
    program.kill()
    assert program("status").status == 1
    assert program("up").status == 0
    told = program("kubectl", "get", "configmap", "kept", "-o", "jsonpath={.data.a}")
    assert told.out == "b"


def test_the_directory_is_for_its_owner_only(running):
    assert running.data.stat().st_mode & 0o077 == 0
    assert (running.data / "kubeconfig").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_the_foreground_stays_until_it_is_interrupted(program):
    command = [ONGGI, "up", "--foreground", "--no-node", "--port", str(program.port)]
    with subprocess.Popen(
        [*command, "--data", str(program.data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings({}),
    ) as process:
        shown = ""
        while "Ready in" not in shown and select.select([process.stdout], [], [], 60)[0]:
            shown += process.stdout.readline()
        assert program.pid == process.pid
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert program.instance is None


def test_a_port_in_use_names_its_holder_before_anything_starts(program):
    with socket.socket() as server:
        server.bind(("127.0.0.1", program.port))
        server.listen()
        told = program.up()
    assert told.status == 1
    assert f"port {program.port}" in told.err
    assert f"(pid {os.getpid()})" in told.err
    assert "→" in told.err
    assert not (program.data / "store").exists()


def test_an_address_of_another_host_is_named(program):
    told = program.up("--listen", "192.0.2.77")
    assert told.status == 1
    assert "192.0.2.77" in told.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--listen", "localhost"], "--listen localhost"),
        (["--port", "0"], "--port must lie between"),
        (["--service-network", "10.0.0.0/33"], "--service-network"),
        (["--pod-network", "10.96.0.0/17"], "overlap"),
        (["--node-name", "Web 1"], "--node-name"),
    ],
)
def test_a_bad_setting_is_named_and_nothing_is_stored(invoke, tmp_path, options, says):
    told = invoke("up", "--no-node", "--data", tmp_path / "data", *options)
    assert told.status == 1
    assert says in told.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_a_directory_is_named(invoke, tmp_path, place):
    (tmp_path / "file").write_text("a letter")
    told = invoke("up", "--no-node", "--data", tmp_path / place)
    assert told.status == 1
    assert "--data" in told.err
    assert (tmp_path / "file").read_text() == "a letter"


def test_a_directory_with_other_things_is_left_alone(invoke, tmp_path):
    (tmp_path / "letter").write_text("dear")
    told = invoke("up", "--no-node", "--data", tmp_path)
    assert told.status == 1
    assert "holds other things" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_damaged_settings_stop_the_start(program):
    program.data.mkdir()
    (program.data / "config.json").write_text("{")
    told = program.up()
    assert told.status == 1
    assert "config.json is damaged" in told.err
    assert (program.data / "config.json").read_text() == "{"


@pytest.mark.slow
def test_a_damaged_database_stops_the_start_and_is_kept(program):
    program.up()
    program("down")
    database = program.data / "store" / "onggi.db"
    damaged = b"no database" * 500
    database.write_bytes(damaged)
    told = program.up()
    assert told.status == 1
    assert "onggi.db is damaged" in told.err
    assert "Traceback" not in told.err
    assert database.read_bytes() == damaged


def test_the_network_of_another_instance_is_seen(monkeypatch, tmp_path):
    config = Config(data=tmp_path)
    bridges = {"lo": ["10.244.0.1/32"], config.bridge: ["10.244.0.1/24"], "onggi0": ["10.1.0.1/24"]}
    monkeypatch.setattr(up, "networks", lambda: bridges)
    assert up.rival(config) == ""
    bridges["onggi0"] = ["10.244.0.1/255.255.255.0"]
    assert up.rival(config) == "onggi0"


@pytest.fixture
def shared():
    """A directory that everybody can reach: pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.root
def test_a_directory_that_may_not_be_written_says_who_may(program, nobody, shared):
    program.data = shared / "data"
    told = program.up(prefix=nobody)
    assert told.status == 1
    assert f"{program.data} may not be written: run as root" in told.err


@pytest.mark.root
def test_the_directory_of_another_user_is_named(program, nobody, shared):
    program.data = shared / "data"
    program.data.mkdir(mode=0o700)
    told = program.up(prefix=nobody)
    assert told.status == 1
    assert f"{program.data} belongs to another user" in told.err


@pytest.mark.root
def test_containers_take_root(program, nobody, shared):
    program.data = shared
    os.chown(shared, 65534, 65534)
    told = program("up", prefix=nobody)
    assert told.status == 1
    assert "run as root, or use --no-node" in told.err


@pytest.mark.root
@pytest.mark.slow
def test_an_api_server_alone_needs_no_root(program, nobody, shared):
    program.data = shared
    os.chown(shared, 65534, 65534)
    assert program.up(prefix=nobody).status == 0
    assert program("status", prefix=nobody).status == 0
    assert program("down", prefix=nobody).out == "Stopped.\n"
