import pytest

from onggi.cli.failure import Failure
from onggi.cli.options import configured, running
from onggi.config import Config, save


@pytest.mark.parametrize("command", ["status", "image list", "image prune"])
def test_nothing_runs_says_how_to_start_it(invoke, tmp_path, command):
    told = invoke(*command.split(), "--data", tmp_path)
    assert told.status == 1
    assert told.err == f"no Onggi runs on {tmp_path}: start one with `onggi up`."


@pytest.mark.parametrize("command", ["status", "down", "logs", "doctor", "up", "uninstall --yes"])
def test_damaged_settings_are_named_by_every_command(invoke, tmp_path, command):
    (tmp_path / "config.json").write_text("[")
    told = invoke(*command.split(), "--data", tmp_path)
    assert told.status == 1
    assert f"{tmp_path}/config.json is damaged" in told.err


def test_the_environment_names_the_instance(program, running):
    told = program("status", ONGGI_DATA=str(program.data))
    assert told.status == 1


def test_settings_come_from_the_directory(tmp_path):
    save(Config(data=tmp_path, api_port=7000))
    assert configured(tmp_path).api_port == 7000
    with pytest.raises(Failure):
        running(tmp_path)
