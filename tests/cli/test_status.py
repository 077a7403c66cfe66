"""``onggi status`` against a server that runs, and one that has stopped answering."""

import json
import os
import signal

from onggi.cli import status_look

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"containers": [{"name": "web", "image": "example/web:1"}]},
}


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


def test_a_pod_that_waits_is_named_with_its_reason(running):
    running("kubectl", "create", "-f", "-", stdin=json.dumps(POD))
    try:
        told = running("status")
    finally:
        running("kubectl", "delete", "pod", "web", "--force", "--grace-period=0")
    assert "PODS  1 pending" in told.out
    assert "default/web" in told.out


def test_a_server_that_does_not_answer_is_told_with_what_is_known(running, invoke, monkeypatch):
    monkeypatch.setattr(status_look, "PATIENCE", 0.2)
    os.kill(running.pid, signal.SIGSTOP)
    try:
        told = invoke("status", "--data", running.data)
    finally:
        os.kill(running.pid, signal.SIGCONT)
    assert told.status == 1
    assert "The API does not answer: " in told.out
    assert str(running.pid) in told.out


def test_certificates_that_were_lost_are_told(running, invoke):
    trust = running.data / "pki" / "ca.crt"
    kept = trust.rename(trust.with_suffix(".kept"))
    try:
        told = invoke("status", "--data", running.data)
    finally:
        kept.rename(trust)
    assert told.status == 1
    assert "The API does not answer: [Errno 2] No such file" in told.out
