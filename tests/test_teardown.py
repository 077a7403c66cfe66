import json

import pytest

from onggi import teardown
from onggi.config import Config, save
from onggi.teardown import NotOurs, is_alone, remove_all, stop_processes


def quiet(text):
    """Nobody listens."""


@pytest.fixture
def config(tmp_path):
    made = Config(data=tmp_path / "data", node=False)
    made.data.mkdir()
    return made


def test_an_instance_without_a_node_leaves_nothing(config):
    save(config)
    (config.data / "pki").mkdir()
    config.run.mkdir()
    said = []
    remove_all(config, said.append)
    assert not config.data.exists()
    assert said


def test_a_directory_that_holds_no_instance_is_left_alone(config):
    (config.data / "letter").write_text("dear")
    with pytest.raises(NotOurs, match="holds no Onggi instance"):
        remove_all(config, quiet)
    assert (config.data / "letter").exists()


def test_what_is_gone_already_is_no_trouble(config):
    config.data.rmdir()
    remove_all(config, quiet)


def test_what_a_link_leads_to_stays(config, tmp_path):
    save(config)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "letter").write_text("dear")
    (config.data / "volume").symlink_to(tmp_path / "elsewhere")
    remove_all(config, quiet)
    assert (tmp_path / "elsewhere" / "letter").exists()


def test_kernel_settings_stay_while_another_instance_needs_them(config, monkeypatch):
    bridges = {"lo": [], config.bridge: []}
    monkeypatch.setattr(teardown, "networks", lambda: bridges)
    assert is_alone(config)
    bridges["onggi-12ab0"] = []
    assert not is_alone(config)


@pytest.mark.root
async def test_the_record_of_a_program_that_has_ended_is_removed(config):
    config.run.mkdir()
    record = config.run / "envoy.json"
    record.write_text(json.dumps({"pid": 1, "born": 1, "version": ""}))  # pid 1 is not that old
    assert await stop_processes(config) == []
    assert not record.exists()


@pytest.mark.root
def test_the_last_instance_gives_the_kernel_settings_back(config, tmp_path, monkeypatch):
    record = tmp_path / "host.json"
    record.write_text('{"net/ipv4/ip_forward": "0"}')
    restored, bridges = [], {"onggi-12ab0": []}
    monkeypatch.setattr(teardown, "HOST_RECORD", record)
    monkeypatch.setattr(teardown, "networks", lambda: bridges)
    monkeypatch.setattr(teardown, "stop_processes", nothing)
    monkeypatch.setattr(teardown.host, "restore", restored.append)
    teardown.stop_leftovers(config, quiet)
    assert not restored
    bridges.clear()
    teardown.stop_leftovers(config, quiet)
    assert restored == [{"net/ipv4/ip_forward": "0"}]
    assert not record.exists()


@pytest.mark.root
def test_addresses_of_another_instance_stay_where_ours_left_no_table(config, monkeypatch):
    monkeypatch.setattr(teardown, "remove_address", lambda address, label: pytest.fail(address))
    monkeypatch.setattr(teardown, "remove_route", lambda network: pytest.fail(network))
    monkeypatch.setattr(teardown, "stop_processes", nothing)
    teardown.stop_leftovers(config, quiet)


async def nothing(config):
    return []
