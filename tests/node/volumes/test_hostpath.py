import os
import socket
from pathlib import Path

import pytest

from onggi.node.volumes.hostpath import check
from onggi.node.volumes.volume import VolumeError


def make(folder: Path) -> dict[str, Path]:
    (folder / "dir").mkdir()
    (folder / "file").write_text("")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(folder / "sock"))
    return {
        "Directory": folder / "dir",
        "File": folder / "file",
        "Socket": folder / "sock",
        "CharDevice": Path("/dev/null"),
    }


def test_each_type_accepts_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    made = make(tmp_path)
    for type in ("Directory", "File", "Socket", "CharDevice", "BlockDevice"):
        for kind, path in made.items():
            if kind == type:
                check(path, type)
            else:
                with pytest.raises(VolumeError, match=f"hostPath type check failed: {path} is not"):
                    check(path, type)


@pytest.mark.parametrize("type", ["Directory", "File", "Socket", "CharDevice", "BlockDevice"])
def test_what_is_missing_is_an_error_and_is_not_made(type: str, tmp_path: Path) -> None:
    with pytest.raises(VolumeError, match="is not a"):
        check(tmp_path / "none", type)
    assert not list(tmp_path.iterdir())


def test_what_may_be_made_is_made(tmp_path: Path) -> None:
    check(tmp_path / "a" / "b", "DirectoryOrCreate")
    check(tmp_path / "f", "FileOrCreate")
    check(tmp_path / "plain", "")
    assert (tmp_path / "a" / "b").is_dir()
    assert (tmp_path / "f").is_file()
    assert (tmp_path / "plain").is_dir()
    with pytest.raises(VolumeError):
        check(tmp_path / "x" / "f", "FileOrCreate")


def test_without_a_type_anything_will_do(tmp_path: Path) -> None:
    for path in make(tmp_path).values():
        check(path, "")
    assert os.path.exists("/dev/null")
