import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.node.volumes.atomic import BadPath, File, check, group_bits, group_owned, write

STAMP = "2026_01_01_00_00_00"


def nobody(folder: Path) -> None:
    """Owners stay as they are."""


def put(volume: Path, **texts: str) -> bool:
    files = {name.replace("__", "/"): File(data=text.encode()) for name, text in texts.items()}
    return write(volume, files, STAMP, nobody)


def shown(volume: Path) -> dict[str, str]:
    found = {}
    for folder, _, files in os.walk(volume, followlinks=True):
        for file in files:
            path = Path(folder, file).relative_to(volume)
            if not path.parts[0].startswith(".."):
                found[str(path)] = Path(folder, file).read_text()
    return found


def test_files_are_seen_through_one_link(tmp_path: Path) -> None:
    assert put(tmp_path, a="1", d__b="2")
    assert shown(tmp_path) == {"a": "1", "d/b": "2"}
    assert os.readlink(tmp_path / "a") == "..data/a"
    assert os.readlink(tmp_path / "d") == "..data/d"
    assert os.readlink(tmp_path / "..data").startswith(f"..{STAMP}.")


def test_nothing_is_written_when_nothing_has_changed(tmp_path: Path) -> None:
    put(tmp_path, a="1")
    before = os.readlink(tmp_path / "..data")
    assert not put(tmp_path, a="1")
    assert os.readlink(tmp_path / "..data") == before


def test_a_change_replaces_everything_and_leaves_nothing_old(tmp_path: Path) -> None:
    put(tmp_path, a="1", b="1")
    assert put(tmp_path, b="2", c="2")
    assert shown(tmp_path) == {"b": "2", "c": "2"}
    assert len(list(tmp_path.glob("..2026*"))) == 1


def test_who_opened_a_directory_keeps_a_consistent_view(tmp_path: Path) -> None:
    put(tmp_path, a="old", b="old")
    seen = os.open(tmp_path / "a", os.O_RDONLY)
    put(tmp_path, a="new", b="new")
    assert os.read(seen, 10) == b"old"
    os.close(seen)


def test_modes_are_as_asked(tmp_path: Path) -> None:
    write(tmp_path, {"a": File(data=b"", mode=0o400)}, STAMP, nobody)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o400


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../../b", "..data", "..x/y", "a\0"])
def test_paths_that_leave_or_hide_are_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(BadPath):
        write(tmp_path, {path: File(data=b"")}, STAMP, nobody)
    assert not list(tmp_path.iterdir())


@given(st.text(max_size=60))
def test_an_accepted_path_lies_inside(path: str) -> None:
    try:
        accepted = check(path)
    except BadPath:
        return
    assert os.path.normpath(f"/volume/{accepted}").startswith("/volume")


NAMES = st.sampled_from(["a", "b", "d/a", "d/b", "e/f/g"])


@settings(max_examples=40)
@given(st.lists(st.dictionaries(NAMES, st.text("abc", max_size=3)), min_size=1, max_size=5))
def test_after_any_row_of_updates_exactly_the_last_is_seen(
    tmp_path_factory: pytest.TempPathFactory, updates: list[dict[str, str]]
) -> None:
    volume = tmp_path_factory.mktemp("v")
    for texts in updates:
        files = {name: File(data=text.encode()) for name, text in texts.items()}
        write(volume, files, STAMP, nobody)
        assert shown(volume) == texts


def test_a_group_may_read_what_is_read_only_and_write_the_rest() -> None:
    assert group_bits(stat.S_IFREG | 0o600, readonly=True) == 0o440
    assert group_bits(stat.S_IFREG | 0o600, readonly=False) == 0o660
    assert group_bits(stat.S_IFDIR | 0o700, readonly=False) == 0o2770


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_tree_is_given_to_a_group_without_following_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("")
    volume = tmp_path / "volume"
    volume.mkdir()
    (volume / "file").write_text("")
    (volume / "link").symlink_to(outside)
    group_owned(volume, 4321, readonly=False)
    assert (volume / "file").stat().st_gid == 4321
    assert volume.stat().st_mode & stat.S_ISGID
    assert outside.stat().st_gid == 0
    assert os.lstat(volume / "link").st_gid == 4321
