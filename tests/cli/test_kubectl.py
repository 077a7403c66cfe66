import json
from pathlib import Path

from onggi.cli.kubectl import chosen


def test_kubectl_is_pointed_at_the_instance(running):
    told = running("kubectl", "get", "namespace", "default", "-o", "name")
    assert (told.status, told.out) == (0, "namespace/default\n")


def test_its_exit_status_and_errors_are_its_own(running):
    told = running("kubectl", "get", "configmap", "none")
    assert told.status == 1
    assert 'configmaps "none" not found' in told.err


def test_what_it_reads_from_standard_input_reaches_it(running):
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "piped"}}
    assert running("kubectl", "apply", "-f", "-", stdin=json.dumps(config)).status == 0


def test_no_cluster_says_how_to_start_one(program):
    told = program("kubectl", "get", "pods")
    assert told.status == 1
    assert "onggi up" in told.err


def test_the_instance_is_chosen_by_the_first_argument_or_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ONGGI_DATA", "/srv/one")
    assert chosen(["get", "pods"]) == (Path("/srv/one"), ["get", "pods"])
    assert chosen(["--data", "/srv/two", "get"]) == (Path("/srv/two"), ["get"])
    assert chosen(["--data=/srv/two", "get"]) == (Path("/srv/two"), ["get"])
    assert chosen(["get", "--data", "x"])[1] == ["get", "--data", "x"]
