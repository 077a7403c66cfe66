import json
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.names import dns_subdomain
from onggi.config import HOME, BadSetting, Config, changed, host_name, is_own, load, save
from onggi.config import with_free_networks as free

INTERFACE_NAME = 15  # bytes, IFNAMSIZ without the end


def test_settings_are_stored_and_reloaded(tmp_path):
    config = changed(
        Config(data=tmp_path),
        {"node": False, "listen": ("127.0.0.1", "10.0.0.5"), "api_port": 7000},
    )
    save(config)
    assert load(tmp_path) == config


def test_an_option_that_is_not_given_keeps_its_stored_value(tmp_path):
    save(changed(Config(data=tmp_path), {"api_port": 7000}))
    assert changed(load(tmp_path), {"api_port": None, "http_port": 8080}).api_port == 7000


def test_settings_of_a_later_version_are_no_trouble(tmp_path):
    (tmp_path / "config.json").write_text('{"api_port": 7000, "not_yet_known": [1]}')
    assert load(tmp_path).api_port == 7000


def test_a_directory_without_settings_has_the_usual_ones(tmp_path):
    assert load(tmp_path) == Config(data=tmp_path)


def test_the_instance_in_the_usual_place_has_the_plain_names():
    config = Config()
    assert (config.name, config.bridge, config.run) == ("onggi", "onggi0", Path("/run/onggi"))


@given(st.lists(st.text("abc/", min_size=1), min_size=2, max_size=2, unique_by=lambda t: Path(t)))
def test_instances_share_no_name_with_each_other(paths):
    one, other = (Config(data=Path("/srv") / path.strip("/")) for path in paths)
    if one.data == other.data:
        return
    for config in (one, other):
        assert config.name != Config().name
        assert len(config.bridge) <= INTERFACE_NAME
        assert config.run.is_relative_to(config.data)
    assert one.bridge != other.bridge


def test_addresses_follow_from_the_networks():
    config = Config(pod_network="10.7.0.0/16", service_network="10.8.0.0/16")
    assert (config.node_network, config.gateway) == ("10.7.0.0/24", "10.7.0.1")
    assert (config.api_service, config.dns_service) == ("10.8.0.1", "10.8.0.10")
    assert replace(config, pod_network="10.7.3.0/26").node_network == "10.7.3.0/26"


@given(
    st.lists(
        st.builds(
            lambda address, prefix: IPv4Network((address, prefix), strict=False),
            st.integers(int(IPv4Address("10.0.0.0")), int(IPv4Address("10.255.255.255"))),
            st.integers(9, 32),
        ),
        max_size=8,
    )
)
def test_free_networks_meet_nothing_on_this_host(taken):
    try:
        config = free(Config(), taken)
    except BadSetting:
        return
    mine = [IPv4Network(config.pod_network), IPv4Network(config.service_network)]
    assert not any(net.overlaps(own) for net in taken for own in mine)
    assert not mine[0].overlaps(mine[1])


def test_the_usual_networks_are_taken_where_they_are_free():
    assert free(Config(), [IPv4Network("192.168.0.0/16")]) == Config()


def test_a_host_without_a_free_network_says_what_to_give():
    with pytest.raises(BadSetting, match="--pod-network"):
        free(Config(), [IPv4Network("10.0.0.0/8")])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"api_port": 0}, "--port must lie between 1 and 65535"),
        ({"http_port": -1}, "--http-port must lie between 0"),
        ({"https_port": 65536}, "--https-port must lie between 0"),
        ({"listen": ("localhost",)}, "--listen localhost: not an IPv4 address"),
        ({"node_name": "Web 1"}, "--node-name 'Web 1'"),
        ({"pod_network": "10.1.0.0"}, "--pod-network 10.1.0.0 is too small"),
        ({"pod_network": "10.1.2.3/16"}, "--pod-network 10.1.2.3/16: .* host bits"),
        ({"service_network": "web"}, "--service-network web: .* For example: 10.96.0.0/16"),
        ({"service_network": "10.244.9.0/24"}, "overlap"),
    ],
)
def test_a_setting_that_cannot_work_is_named(options, says):
    with pytest.raises(BadSetting, match=says):
        changed(Config(), options)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"name": "web"}', '{"api_port": "x"}', "null"])
def test_damaged_settings_are_named_with_their_file(tmp_path, text):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(BadSetting, match=r"config\.json is damaged"):
        load(tmp_path)


def test_what_is_stored_is_read_by_people_too(tmp_path):
    save(Config(data=tmp_path, node_name="web-1"))
    assert json.loads((tmp_path / "config.json").read_text())["node_name"] == "web-1"
    assert [path.name for path in tmp_path.iterdir()] == ["config.json"]


def test_an_instance_lives_in_a_directory_of_its_own(tmp_path):
    assert is_own(tmp_path / "not" / "yet")
    assert is_own(tmp_path)
    (tmp_path / "letters").mkdir()
    assert not is_own(tmp_path)
    save(Config(data=tmp_path))
    assert is_own(tmp_path)


def test_an_instance_whose_settings_were_deleted_is_still_one(tmp_path):
    (tmp_path / "lock").touch()
    (tmp_path / "pki").mkdir()
    assert is_own(tmp_path)


@pytest.mark.parametrize("name", ["Web_1.example.org", "-", "a" * 62 + "-b", "ÄÖ"])
def test_a_node_has_a_name_that_an_object_may_have(monkeypatch, name):
    monkeypatch.setattr("socket.gethostname", lambda: name)
    assert dns_subdomain(host_name()) == []


def test_the_usual_place_is_the_default():
    assert Config().data == HOME


def test_a_client_is_never_told_to_go_everywhere(tmp_path):
    config = changed(Config(data=tmp_path), {"listen": ("0.0.0.0", "127.0.0.1")})
    assert config.everywhere
    assert config.address == "127.0.0.1"


def test_fake_nodes_are_never_beside_a_real_one(tmp_path):
    with pytest.raises(BadSetting, match="--fake-nodes needs --no-node"):
        changed(Config(data=tmp_path), {"fake_nodes": 2})
    with pytest.raises(BadSetting, match="between 0 and 5000"):
        changed(Config(data=tmp_path), {"fake_nodes": -1, "node": False})
    assert changed(Config(data=tmp_path), {"fake_nodes": 2, "node": False}).fake_nodes == 2
