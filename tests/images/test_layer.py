"""Layers: the same folder gives the same bytes; nothing of the machine or the day is in them."""

import gzip
import hashlib
import io
import os
import random
import tarfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.images.layer import Layer, Packing, pack
from onggi.images.tree import Node, Tree, union

EPOCH = 1_000_000_000
FILES = {"b/x": b"1", "a": b"2", "b-c": b"3", "b/y/z": b"4" * 5000}


def fill(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def packed(root: Path, packing: Packing | None = None) -> tuple[bytes, Layer]:
    target = io.BytesIO()
    layer = pack(root, target, packing or Packing(EPOCH))
    return target.getvalue(), layer


def members(data: bytes) -> dict[str, tarfile.TarInfo]:
    return {m.name: m for m in tarfile.open(fileobj=io.BytesIO(data))}


def test_digests_are_of_blob_and_content(tmp_path: Path) -> None:
    data, layer = packed(fill(tmp_path, FILES))
    assert layer.digest == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert layer.diff_id == f"sha256:{hashlib.sha256(gzip.decompress(data)).hexdigest()}"
    assert layer.size == len(data)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_time_of_writing_leave_no_trace(shuffle: random.Random) -> None:
    from tempfile import TemporaryDirectory

    names = list(FILES)
    shuffle.shuffle(names)
    with TemporaryDirectory() as folder:
        root = fill(Path(folder), {name: FILES[name] for name in names})
        for path in root.rglob("*"):
            os.utime(path, (shuffle.randrange(1 << 30), shuffle.randrange(1 << 30)))
        data, _ = packed(root)
    assert list(members(data)) == ["a", "b", "b/x", "b/y", "b/y/z", "b-c"]
    assert hashlib.sha256(data).hexdigest() == hashlib.sha256(expected()).hexdigest()


def expected() -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        return packed(fill(Path(folder), FILES))[0]


def test_times_of_packages_stay_and_our_own_do_not(tmp_path: Path) -> None:
    fill(tmp_path, {"old": b"", "new": b""})
    os.utime(tmp_path / "old", (500, 500))
    found = members(packed(tmp_path, Packing(EPOCH, since=1000))[0])
    assert (found["old"].mtime, found["new"].mtime) == (500, EPOCH)


def test_links_stay_links(tmp_path: Path) -> None:
    fill(tmp_path, {"file": b"content"})
    os.link(tmp_path / "file", tmp_path / "twin")
    (tmp_path / "way").symlink_to("/elsewhere")
    found = members(packed(tmp_path)[0])
    assert found["twin"].islnk()
    assert found["twin"].linkname == "file"
    assert found["way"].linkname == "/elsewhere"


def test_owners_are_numbers_and_modes_are_kept(tmp_path: Path) -> None:
    (fill(tmp_path, {"tool": b""}) / "tool").chmod(0o4755)
    info = members(packed(tmp_path)[0])["tool"]
    assert (info.uname, info.gname, info.mode) == ("", "", 0o4755)


def test_what_is_skipped_is_not_there(tmp_path: Path) -> None:
    fill(tmp_path, {"usr/share/man/x": b"", "usr/bin/y": b""})
    skipping = Packing(EPOCH, skip=lambda path: path == "/usr/share")
    assert list(members(packed(tmp_path, skipping)[0])) == ["usr", "usr/bin", "usr/bin/y"]


def tree(*names: str, **links: str) -> Tree:
    nodes = {f"/{name}": Node(folder=name.endswith("d")) for name in names}
    return Tree(nodes | {f"/{name}": Node(target=target) for name, target in links.items()})


def test_upper_layers_hide_lower_ones() -> None:
    upper = tree("d", "d/new")
    upper.removed.append("/gone")
    whole = union([tree("d", "d/old", "gone", "stays"), upper])
    assert set(whole.nodes) == {"/d", "/d/old", "/d/new", "/stays"}
    upper.emptied.append("/d")
    assert set(union([tree("d", "d/old"), upper]).nodes) == {"/d", "/d/new"}


def test_paths_go_through_links_and_never_above_the_root() -> None:
    image = tree("usr", bin="usr/bin", run="/var/run", up="../../../etc")
    assert image.resolve("/bin/tool") == "/usr/bin/tool"
    assert image.resolve("/run/lock") == "/var/run/lock"
    assert image.resolve("/up/passwd") == "/etc/passwd"
    assert image.resolve("/bin") == "/bin"


def test_a_tree_survives_being_written(tmp_path: Path) -> None:
    fill(tmp_path, FILES)
    packing = Packing(EPOCH)
    data, _ = packed(tmp_path, packing)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        again = Tree.of(tar)
    assert again == packing.tree
    assert Tree.read(again.written()) == again
