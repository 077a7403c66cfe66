import json
import os
import socket

from onggi.checks import Finding
from onggi.cli.doctor import line, listening
from onggi.config import Config
from onggi.controller.child import birth


def test_a_good_machine_for_an_api_server_ends_well(running):
    told = running("doctor --no-node")
    assert told.status == 0
    assert "✓ disk" in told.out


def test_the_ports_of_our_own_instance_are_in_nobodys_way(running):
    assert f"port {running.port}" not in running("doctor --no-node").out


def test_a_taken_port_is_a_failure_with_its_cure(program):
    program.data.mkdir()
    (program.data / "config.json").write_text(f'{{"node": false, "api_port": {program.port}}}')
    with socket.socket() as server:
        server.bind(("127.0.0.1", program.port))
        server.listen()
        told = program("doctor --no-node")
    assert told.status == 1
    assert f"✗ port {program.port}" in told.out
    assert "→" in told.out


def test_a_node_is_judged_by_more(running):
    told = running("doctor")
    for subject in ("kernel", "cgroups", "overlayfs", "containerd", "memory"):
        assert subject in told.out


def test_a_trouble_shows_what_to_do_and_the_rest_does_not():
    assert line(Finding("ok", "kernel", "6.1")) == f"  ✓ {'kernel':<32}6.1"
    assert line(Finding("fail", "runc", "not installed", "apt-get install runc")).splitlines() == [
        f"  ✗ {'runc':<32}not installed",
        "      → apt-get install runc",
    ]


def test_the_ports_of_an_envoy_that_outlived_a_crash_are_adopted_with_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        config = Config(data=tmp_path, http_port=port, https_port=0)
        assert ("127.0.0.1", port) in listening(config, node=True)
        config.run.mkdir()
        ours = json.dumps({"pid": os.getpid(), "born": birth(os.getpid())})
        (config.run / "envoy.json").write_text(ours)
        dns = ("10.96.0.10", 53)
        assert listening(config, node=True) == [("127.0.0.1", config.api_port), dns]
        assert listening(config, node=False) == [("127.0.0.1", config.api_port)]
