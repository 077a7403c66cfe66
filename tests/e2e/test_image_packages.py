"""Real packages, a real build step, a real containerd; slow, and only as root."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from onggi.images import pause, sources
from onggi.images.apt import Apt
from onggi.images.build import Builder
from onggi.images.containerd import Containerd
from onggi.images.errors import ImageError
from onggi.images.layout import Layout
from onggi.images.spec import parse

pytestmark = [
    pytest.mark.containers,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("mmdebstrap"), reason="mmdebstrap is not installed"),
]
HERE = Path("/x/image.yaml")
TOOL = """
name: localhost/tool:1
packages: [busybox, libc6]
build-packages: [dash]
without: ["*"]
directories: [/srv]
run:
  - [/usr/bin/busybox, touch, /srv/made]
  - test ! -e /tmp/left && echo left > /tmp/left
  - if busybox ping -c1 -W1 127.0.0.2; then exit 1; fi
  - busybox rm /usr/share/doc/libc6/copyright
entrypoint: [/usr/bin/busybox]
cmd: [echo, works]
"""
CONFIG = """
version = 2
root = "{0}/root"
state = "{0}/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "{0}/sock"
[ttrpc]
  address = "{0}/sock.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  disable_apparmor = true
  sandbox_image = "localhost/pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "{0}/cni"
"""


def make(folder: Path, apt: Apt) -> Builder:
    return Builder(Layout(folder), apt, lambda text: None, time.time)  # noqa: TID251


@pytest.fixture(scope="module")
def apt(tmp_path_factory: pytest.TempPathFactory) -> Apt:
    folder = tmp_path_factory.mktemp("apt")
    return Apt(folder / "apt", sources.default("bookworm"), "bookworm", lambda text: None)


@pytest.fixture(scope="module")
def containerd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containerd]:
    folder = tmp_path_factory.mktemp("c")
    (folder / "config.toml").write_text(CONFIG.format(folder))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            ["containerd", "--config", str(folder / "config.toml")], stdout=log, stderr=log
        )
    found = Containerd(folder / "sock")
    for _ in range(100):
        try:
            found.list()
            break
        except ImageError:
            time.sleep(0.1)
    yield found
    process.terminate()
    process.wait(10)


def test_packages_and_steps_give_the_same_image_twice(apt: Apt, tmp_path: Path) -> None:
    one, two = (make(tmp_path / name, apt) for name in "ab")
    spec = parse(TOOL, HERE)
    first = one.build(spec)
    assert first.digest == two.build(spec).digest
    manifest = one.layout.read(first.digest)
    top = one.layout.blob(manifest["layers"][-1]["digest"])
    names = subprocess.run(["tar", "-tzf", top], capture_output=True, text=True, check=True).stdout
    assert "srv/made" in names
    assert "usr/share/doc/libc6/.wh.copyright" in names
    assert "dash" not in names
    assert "tmp/left" not in names


def test_mistakes_of_packages_and_steps_name_their_line(apt: Apt, tmp_path: Path) -> None:
    builder = make(tmp_path / "images", apt)
    with pytest.raises(ImageError, match=r"^/x/image.yaml:2: packages\[1\]: .*nonesuch"):
        builder.build(parse("name: a\npackages: [libc6, nonesuch]", HERE))
    with pytest.raises(
        ImageError, match=r"^/x/image.yaml:8: run\[1\]: echo no; exit 3 failed with 3\n  no"
    ):
        builder.build(parse(FAILING, HERE))
    assert not list((tmp_path / "images" / "tmp").iterdir())


FAILING = """name: a
packages: [libc6]
build-packages: [dash]
without: ["*"]

run:
  - ":"
  - echo no; exit 3
"""


def test_images_come_and_go(apt: Apt, tmp_path: Path, containerd: Containerd) -> None:
    builder = make(tmp_path / "images", apt)
    builder.build(pause.description())
    builder.build(parse("name: localhost/a:1\nfiles: [{path: /a, text: b}]", HERE))
    for name in builder.layout.names:
        assert containerd.load(builder.layout, name)
        assert not containerd.load(builder.layout, name)
    assert [i.names for i in containerd.list()] == [("localhost/a:1",), ("localhost/pause:1",)]
    assert not any(i.used for i in containerd.list())
    with (tmp_path / "a.tar").open("wb") as file:
        builder.layout.export("localhost/a:1", file)
    assert [i.names for i in containerd.prune()] == [("localhost/a:1",)]
    assert containerd.bring(tmp_path / "a.tar") == ("localhost/a:1",)
    (tmp_path / "junk").write_bytes(b"junk" * 1000)
    with pytest.raises(ImageError, match="is not an archive of images"):
        containerd.bring(tmp_path / "junk")
