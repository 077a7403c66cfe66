import os
from pathlib import Path

import pytest

from onggi.node.mounting import below, unmount_below
from onggi.node.volumes.subpath import BadSubPath, place, prepare

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root"),
]


@pytest.fixture
def target(tmp_path: Path):
    (tmp_path / "volume").mkdir(mode=0o777)
    (tmp_path / "secret").write_text("host")
    yield place(tmp_path / "pod", "vol", "main", 0)
    unmount_below(tmp_path)


def test_a_part_of_a_volume_is_mounted_and_made_if_it_is_missing(
    tmp_path: Path, target: Path
) -> None:
    (tmp_path / "volume").chmod(0o2770)
    prepare(tmp_path / "volume", "a/b", target)
    (target / "x").write_text("1")
    assert (tmp_path / "volume" / "a" / "b" / "x").read_text() == "1"
    assert (tmp_path / "volume" / "a").stat().st_mode & 0o7777 == 0o2770


def test_a_file_can_be_a_part_also_behind_links_inside(tmp_path: Path, target: Path) -> None:
    volume = tmp_path / "volume"
    (volume / "..v1").mkdir()
    (volume / "..v1" / "key").write_text("value")
    (volume / "..data").symlink_to("..v1")
    (volume / "key").symlink_to("..data/key")
    prepare(volume, "key", target)
    assert target.read_text() == "value"


def test_an_earlier_mount_is_replaced(tmp_path: Path, target: Path) -> None:
    volume = tmp_path / "volume"
    (volume / "a").mkdir()
    (volume / "f").write_text("file")
    prepare(volume, "a", target)
    prepare(volume, "f", target)
    assert target.read_text() == "file"
    assert below(target) == [target]


@pytest.mark.parametrize("link", ["/", "..", "../secret", "/etc", "inner/../../.."])
@pytest.mark.parametrize("path", ["link", "link/x", "link/etc"])
def test_a_link_never_leads_out(tmp_path: Path, target: Path, link: str, path: str) -> None:
    volume = tmp_path / "volume"
    (volume / "inner").mkdir()
    (volume / "link").symlink_to(link)
    with pytest.raises(BadSubPath):
        prepare(volume, path, target)
    assert not below(tmp_path)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("path", ["/etc", "../x", "a/../../x"])
def test_a_path_that_says_it_leads_out_is_refused(tmp_path: Path, target: Path, path: str) -> None:
    with pytest.raises(BadSubPath):
        prepare(tmp_path / "volume", path, target)
