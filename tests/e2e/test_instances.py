"""Several instances on one machine, starts that cannot work, and ends that leave nothing."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import host
from tests.e2e.conftest import CACHE, short_folder
from tests.e2e.manifests import config_map, container, ingress, path, pod, rule, server, service
from tests.e2e.outside import Outside
from tests.e2e.platform import ONGGI, Platform, Space, bring, must, run
from tests.e2e.test_crashes import kill
from tests.e2e.test_ingress import ask, eventually
from tests.e2e.test_network import cluster_ip, fetch


@pytest.fixture
def folder() -> Iterator[Path]:
    made = short_folder()
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_two_instances_side_by_side_and_one_crashes_and_goes(space: Space, folder: Path) -> None:
    space.run(pod("web", server("first ")), service("web"))
    before = host.picture()
    with Outside() as outside:
        second = Platform.at(folder / "d")
        second.up("--listen", "127.0.0.1", "--listen", outside.host)
        bring(second, "tools", CACHE)
        other = Space(second, "default")
        names = [
            p.settings[n]
            for p in (space.platform, second)
            for n in ("pod_network", "service_network")
        ]
        assert len(set(names)) == 4
        other.run(pod("web", server("second ")), service("web"), pod("asks"))
        other.apply(ingress("web", rule("web.example", path("web"))))
        eventually(lambda: ask(other, "web.example"), (200, "second web /"))
        said = outside.curl(
            "-H", "Host: web.example", f"http://{outside.host}:{second.http_port}/x"
        )
        assert said == "second web /x\n"
        assert other.sh("asks", "curl -s http://web").startswith("second ")
        assert fetch(f"http://{cluster_ip(space)}").startswith("first ")
        kill(second.pid)
        second.uninstall()
    assert host.left_over(before, second) == {}
    assert fetch(f"http://{cluster_ip(space)}").startswith("first ")
    space.run(pod("later", server()))


def test_what_host_paths_lead_to_outlives_crash_and_uninstall(folder: Path) -> None:
    kept = folder / "kept"
    (kept / "part").mkdir(parents=True)
    platform = Platform.at(folder / "d")
    platform.up()
    bring(platform, "tools", CACHE)
    mounts = [
        {"name": "kept", "mountPath": "/kept"},
        {"name": "kept", "mountPath": "/part", "subPath": "part"},
    ]
    main = container("echo a >/kept/a; echo b >/part/b; exec sleep 1000", volumeMounts=mounts)
    volumes = [{"name": "kept", "hostPath": {"path": str(kept)}}]
    space = Space(platform, "default")
    space.run(pod("writes", main, volumes=volumes))
    space.sh("writes", "until [ -e /part/b ]; do sleep 0.1; done")
    for victim in (platform.pid, platform.child("containerd"), platform.child("envoy")):
        kill(victim)
    platform.uninstall()
    assert host.processes(platform) == []
    assert not platform.data.exists()
    assert (kept / "a").read_text() == "a\n"
    assert (kept / "part" / "b").read_text() == "b\n"


def refused(platform: Platform, *options: str) -> str:
    """What ``up`` says instead of starting; without a traceback, and nothing runs."""
    done = platform.onggi(
        *("up", "--port", str(platform.port), "--http-port", str(platform.http_port)),
        *("--https-port", str(platform.https_port), *options),
    )
    assert done.returncode == 1, done.stdout
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert host.processes(platform) == []
    return str(said)


def test_a_port_in_use_is_told_with_its_holder(folder: Path) -> None:
    platform = Platform.at(folder / "d")
    with socket.create_server(("127.0.0.1", platform.port)):
        said = refused(platform)
    assert f"port {platform.port}" in said
    assert "in use by" in said


def test_a_stranger_on_containerds_socket_is_told(folder: Path) -> None:
    platform = Platform.at(folder / "d")
    platform.up()
    platform.down()
    path = platform.data / "run" / "containerd.sock"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        stranger.listen()
        said = refused(platform)
    assert str(path) in said
    platform.uninstall()


def test_without_root_the_way_out_is_told(folder: Path) -> None:
    folder.chmod(0o777)
    platform = Platform.at(folder / "d")
    said = as_nobody("up", "--data", str(platform.data), "--port", str(platform.port))
    assert said.returncode == 1
    assert "containers need root" in said.stdout + said.stderr
    assert "--no-node" in said.stdout + said.stderr


def as_nobody(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Nobody may do anything, but read what lies in root's home (the interpreter, perhaps)."""
    reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    who = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *reading)
    return run(*who, "env", "HOME=/tmp", ONGGI, *arguments)


def test_an_api_alone_needs_no_root(folder: Path) -> None:
    folder.chmod(0o777)
    platform = Platform.at(folder / "d")
    options = ("--data", str(platform.data))
    started = as_nobody("up", "--no-node", *options, "--port", str(platform.port))
    assert started.returncode == 0, started.stdout + started.stderr
    platform.kubectl("create", "configmap", "letter")
    assert as_nobody("uninstall", "--yes", *options).returncode == 0
    assert not platform.data.exists()


def test_a_damaged_database_is_told_and_left_as_it_is(folder: Path) -> None:
    platform = Platform.at(folder / "d")
    platform.up("--no-node")
    platform.apply(config_map("letter", text="dear"))
    platform.down()
    [database] = platform.data.glob("store/*.db")
    damaged = b"this is no database" + database.read_bytes()[19:]
    database.write_bytes(damaged)
    said = refused(platform, "--no-node")
    assert str(database) in said
    assert database.read_bytes() == damaged
    platform.uninstall()


def test_a_second_start_tells_of_the_first(folder: Path) -> None:
    platform = Platform.at(folder / "d")
    platform.up("--no-node")
    assert "runs already" in platform.up()
    assert "Nothing runs" not in platform.down()
    assert "Nothing runs" in platform.down()
    platform.uninstall()


def test_no_acknowledged_write_is_lost_by_a_crash(folder: Path) -> None:
    platform = Platform.at(folder / "d")
    platform.up("--no-node")
    for number in range(3):
        platform.apply(config_map(f"letter-{number}", text="dear"))
        kill(platform.pid)
        platform.up()
        names = platform.kubectl("get", "cm", "-o", "name").split()
        assert f"configmap/letter-{number}" in names
    platform.uninstall()


def test_a_disk_without_room_is_told(folder: Path) -> None:
    must(run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)))
    try:
        said = refused(Platform.at(folder / "d"), "--no-node")
    finally:
        must(run("umount", str(folder)))
    assert "make room" in said


def test_uninstall_touches_no_foreign_folder(folder: Path) -> None:
    (folder / "letter").write_text("dear")
    done = Platform.at(folder).onggi("uninstall", "--yes")
    assert done.returncode == 1
    assert "nothing was removed" in done.stderr
    assert (folder / "letter").read_text() == "dear"
