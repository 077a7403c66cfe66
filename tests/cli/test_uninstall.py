import pytest


@pytest.mark.slow
def test_a_running_instance_is_stopped_and_nothing_is_left(program):
    program.up()
    told = program("uninstall", "--yes")
    assert told.status == 0
    assert told.out.endswith("Nothing of it is left.\n")
    assert list(program.data.parent.iterdir()) == []


def test_it_asks_first(program):
    program.data.mkdir()
    (program.data / "config.json").write_text('{"node": false}')
    told = program("uninstall", stdin="n\n")
    assert told.status == 1
    assert f"deletes {program.data}" in told.out
    assert (program.data / "config.json").exists()
    assert program("uninstall", stdin="y\n").status == 0
    assert not program.data.exists()


def test_nothing_to_do_is_no_failure(invoke, tmp_path):
    told = invoke("uninstall", "--yes", "--data", tmp_path / "none")
    assert told.status == 0
    assert "There is nothing" in told.out


def test_a_directory_that_is_no_instance_is_never_deleted(invoke, tmp_path):
    (tmp_path / "letter").write_text("dear")
    told = invoke("uninstall", "--yes", "--data", tmp_path)
    assert told.status == 1
    assert "holds no Onggi instance" in told.err
    assert (tmp_path / "letter").exists()


def test_settings_of_another_program_are_not_ours(invoke, tmp_path):
    (tmp_path / "config.json").write_text('{"theme": "dark"}')
    told = invoke("uninstall", "--yes", "--data", tmp_path)
    assert told.status == 1
    assert (tmp_path / "config.json").exists()
