import os
from pathlib import Path

import pytest

from onggi.node.mounting import (
    inside,
    is_mount_point,
    mount_points,
    open_beneath,
    opened,
    parse_line,
    share,
    tmpfs,
    unmount_all,
    unmount_inside,
)

root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def test_a_line_of_mountinfo_says_where_what_and_how() -> None:
    line = "36 35 98:0 /mnt1 /mnt\\040two rw,noatime shared:1 master:2 - ext3 /dev/root rw"
    found = parse_line(line)
    assert (found.path, found.kind, found.shared, found.slave) == ("/mnt two", "ext3", True, True)
    plain = parse_line("1 0 0:1 / / rw - overlay overlay rw,lowerdir=/한글")
    assert (plain.path, plain.shared) == ("/", False)


def test_a_path_below_never_leaves_and_never_passes_through_proc(tmp_path: Path) -> None:
    (tmp_path / "up").symlink_to("..")
    (tmp_path / "self").symlink_to("/proc/self/cwd")
    (tmp_path / "here").symlink_to("inner")
    (tmp_path / "inner").mkdir()
    with opened(tmp_path) as folder:
        os.close(open_beneath(folder, "here"))
        for path in ("up", "self", "..", "inner/../.."):
            with pytest.raises(OSError, match="cross-device"):
                open_beneath(folder, path)
        with pytest.raises(FileNotFoundError):
            open_beneath(folder, "none")


@root
@pytest.mark.root
def test_mounts_are_found_shared_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    tmpfs(tmp_path / "a b", "size=1048576")
    try:
        assert is_mount_point(tmp_path / "a b")
        (tmp_path / "a b" / "c").mkdir()
        share(tmp_path / "a b" / "c")
        assert [m.shared for m in mount_points() if m.path.startswith(str(tmp_path))][-1]
        assert inside(tmp_path) == [tmp_path / "a b" / "c", tmp_path / "a b"]
        assert inside(tmp_path / "a b") == [tmp_path / "a b" / "c"]
    finally:
        unmount_inside(tmp_path)
    assert not inside(tmp_path)


@pytest.mark.root
@root
def test_a_mount_that_somebody_else_took_away_first_is_done(tmp_path: Path) -> None:
    unmount_all([tmp_path, tmp_path / "gone"])
