"""``onggi status`` against a server that runs, and one that has stopped answering."""

import json
import os
import signal

import pytest

from onggi.cli import status
from onggi.config import load
from onggi.instance import Instance, find

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "example/web:1"}]},
}


@pytest.fixture
def seen(running):
    config = load(running.data)
    return status.look(config, find(config))


def test_one_screen_shows_the_whole_instance(running):
    told = running("status")
    assert told.status == 0
    assert told.out.startswith("Onggi 0.1.0, Kubernetes v1.37.")
    for text in (
        f"API         https://127.0.0.1:{running.port}",
        f"kubeconfig  {running.data}/kubeconfig",
        f"{running.pid}",
        "default/kubernetes",
    ):
        assert text in told.out
    assert len(told.out.splitlines()) < 40


def test_an_api_server_alone_says_that_it_has_no_node(running):
    assert "No node: pods stay Pending (--no-node)." in running("status").out


def test_memory_and_start_are_those_of_the_process(seen, running):
    (onggi,) = seen.components
    assert onggi.pid == running.pid
    assert 10e6 < onggi.memory < 1e9
    assert onggi.began <= seen.instance.started
    assert onggi.lives
    assert not onggi.restarted


def test_the_data_directory_is_measured(seen):
    assert seen.disk > 1000


def test_a_pod_that_waits_is_named_with_its_reason(running):
    running("kubectl", "create", "-f", "-", stdin=json.dumps(POD))
    try:
        told = running("status")
    finally:
        running("kubectl", "delete", "pod", "web", "--force", "--grace-period=0")
    assert "PODS  1 pending" in told.out
    assert "default/web" in told.out


def test_a_server_that_does_not_answer_is_told_with_what_is_known(running, invoke, monkeypatch):
    monkeypatch.setattr(status, "PATIENCE", 0.2)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        told = invoke("status", "--data", running.data)
    finally:
        os.kill(running.pid, signal.SIGCONT)
    assert told.status == 1
    assert "The API does not answer: " in told.out
    assert str(running.pid) in told.out


def test_a_kubeconfig_that_was_lost_is_told(running, invoke):
    kubeconfig = running.data / "kubeconfig"
    kept = kubeconfig.rename(kubeconfig.with_suffix(".kept"))
    try:
        told = invoke("status", "--data", running.data)
    finally:
        kept.rename(kubeconfig)
    assert told.status == 1
    assert "cannot read the kubeconfig" in told.out


def test_a_program_that_has_ended_is_not_running(tmp_path, running):
    record = tmp_path / "envoy.json"
    record.write_text('{"pid": 1, "born": 1, "version": ""}')
    children = {"envoy": str(record), "containerd": str(tmp_path / "none.json")}
    instance = Instance(os.getpid(), "0.1.0", "", started=0.0, children=children)
    own, *others = status.components(load(running.data), instance)
    assert own.lives
    assert [(c.name, c.lives, c.memory) for c in others] == [
        ("envoy", False, 0),
        ("containerd", False, 0),
    ]


def test_a_program_that_began_after_the_platform_was_ready_was_restarted():
    assert status.component("envoy", os.getpid(), restarted_after=1.0).restarted
    assert not status.component("envoy", os.getpid(), restarted_after=4e9).restarted
