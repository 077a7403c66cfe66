import pytest

from onggi.images.errors import ImageError
from onggi.up import images
from onggi.up.images import codename, source_files


def test_the_release_of_this_machine_names_the_suite():
    assert codename('NAME="Debian"\nVERSION_CODENAME=bookworm\n') == "bookworm"
    assert codename('VERSION_CODENAME="noble"') == "noble"


def test_a_machine_without_packages_says_so():
    with pytest.raises(ImageError, match="not a Debian"):
        codename("NAME=Arch\n")


def test_all_of_apt_s_own_sources_are_read_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "APT", tmp_path)
    (tmp_path / "sources.list").write_text("one")
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    for name in ("b.sources", "a.list", "old.list.save"):
        (folder / name).write_text(name)
    assert [name for name, _ in source_files()] == ["sources.list", "a.list", "b.sources"]


def test_a_machine_without_sources_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "APT", tmp_path)
    assert list(source_files()) == []
