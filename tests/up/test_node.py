import json

import pytest

from onggi.node.layout import Layout
from onggi.up import node
from onggi.up.node import layout, network, prepare_host


@pytest.fixture
def record(tmp_path, monkeypatch):
    monkeypatch.setattr(node, "HOST_RECORD", tmp_path / "host.json")
    return tmp_path / "host.json"


def test_kernel_settings_are_remembered_as_they_were_at_first(record, monkeypatch):
    answers = iter([{"net/ipv4/ip_forward": "0"}, {"net/ipv4/ip_forward": "1"}, {}])
    monkeypatch.setattr(node.host, "prepare", lambda: next(answers))
    for _ in range(3):
        prepare_host()
    assert json.loads(record.read_text()) == {"net/ipv4/ip_forward": "0"}


def test_a_host_that_needed_nothing_leaves_no_record(record, monkeypatch):
    monkeypatch.setattr(node.host, "prepare", dict)
    prepare_host()
    assert not record.exists()


def test_the_node_lives_where_the_instance_does(config):
    assert layout(config) == Layout(data=config.data, run=config.run, instance=config.name)
    assert network(config).subnet == config.node_network
