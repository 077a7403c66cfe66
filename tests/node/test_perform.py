"""What removing a container's log touches, and what it never does."""

import pytest

from onggi.node.perform import remove_log


@pytest.fixture
def logs(tmp_path):
    root = tmp_path / "logs"
    (root / "a_web_1" / "main").mkdir(parents=True)
    return root


def test_a_log_goes_with_what_was_rotated_away(logs):
    folder = logs / "a_web_1" / "main"
    for name in ("0.log", "0.log.20260101-000000.gz", "1.log"):
        (folder / name).touch()
    remove_log(folder / "0.log", logs)
    assert [f.name for f in folder.iterdir()] == ["1.log"]


def test_empty_folders_go_too(logs):
    log = logs / "a_web_1" / "main" / "0.log"
    log.touch()
    remove_log(log, logs)
    assert list(logs.iterdir()) == []


@pytest.mark.parametrize("path", ["", "/", ".", "a_web_1", "a_web_1/main", "../x/y.log", "x.log"])
def test_nothing_else_is_touched(logs, path):
    for place in (logs / "x.log", logs / "a_web_1" / "x.log", logs.parent / "x" / "y.log"):
        place.parent.mkdir(exist_ok=True)
        place.touch()
    before = sorted(logs.parent.rglob("*"))
    remove_log(logs / path, logs)
    assert sorted(logs.parent.rglob("*")) == before
