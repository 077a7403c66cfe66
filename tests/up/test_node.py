import json

from onggi.node.layout import Layout
from onggi.up import node
from onggi.up.node import host_record, layout, network, prepare_host


def test_kernel_settings_are_remembered_as_they_were_at_first(config, monkeypatch):
    answers = iter([{"net/ipv4/ip_forward": "0"}, {"net/ipv4/ip_forward": "1"}, {}])
    monkeypatch.setattr(node.host, "prepare", lambda: next(answers))
    for _ in range(3):
        prepare_host(config)
    assert json.loads(host_record(config).read_text()) == {"net/ipv4/ip_forward": "0"}


def test_a_host_that_needed_nothing_leaves_no_record(config, monkeypatch):
    monkeypatch.setattr(node.host, "prepare", dict)
    prepare_host(config)
    assert not host_record(config).exists()


def test_the_node_lives_where_the_instance_does(config):
    assert layout(config) == Layout(data=config.data, run=config.run, instance=config.name)
    assert network(config).subnet == config.node_network
