"""Images of files alone: built without packages, in a folder of the test's own."""

import io
import json
import os
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from onggi.images.apt import Apt, Package, Resolved
from onggi.images.archive import inspect
from onggi.images.build import EPOCH, Builder, Built
from onggi.images.errors import ImageError
from onggi.images.layout import Layout
from onggi.images.pause import description
from onggi.images.spec import Spec, parse

NOW = 1_700_000_000.0  # before any file that the tests write


@dataclass(frozen=True)
class Shelf(Apt):
    """Packages without a network: each is one file; ``lib`` comes with any other."""

    unpacked: list[str] = field(default_factory=list)

    @property
    def architecture(self) -> str:  # type: ignore[override]
        return "amd64"

    def refresh(self, now: float, *, force: bool = False) -> None:
        pass

    def resolve(self, spec: Spec, packages: Sequence[str]) -> Resolved:
        found = [Package(name, "1", "amd64") for name in (*packages, "lib")]
        return Resolved(tuple(sorted(found))) if packages else Resolved(())

    def unpack(self, resolved: Resolved, root: Path) -> None:
        for package in resolved.unpacked:
            self.unpacked.append(package.name)
            path = root / "usr/bin" / package.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(package.version)
            os.utime(path, (NOW / 2, NOW / 2))
        (root / "bin").symlink_to("usr/bin")

    def describe(self, packages: Sequence[Package]) -> dict[str, str]:
        return {p.name: f"Package: {p.name}\n" for p in packages}


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    apt = Shelf(tmp_path / "apt", "", "bookworm", lambda text: None)
    return Builder(Layout(tmp_path / "images"), apt, lambda text: None, lambda: NOW)


def build(builder: Builder, text: str) -> Built:
    return builder.build(parse(text, Path("/x/image.yaml")))


def config(builder: Builder, name: str) -> Any:
    manifest = manifest_of(builder, name)
    return builder.layout.read(manifest["config"]["digest"])


def manifest_of(builder: Builder, name: str) -> Any:
    descriptor = builder.layout.manifest(name)
    assert descriptor
    return builder.layout.read(descriptor["digest"])


def files(builder: Builder, name: str) -> dict[str, tarfile.TarInfo]:
    found: dict[str, tarfile.TarInfo] = {}
    for layer in manifest_of(builder, name)["layers"]:
        with tarfile.open(builder.layout.blob(layer["digest"])) as tar:
            found |= {f"/{m.name}": m for m in tar}
    return found


def text(builder: Builder, name: str, path: str) -> str:
    for layer in reversed(manifest_of(builder, name)["layers"]):
        with tarfile.open(builder.layout.blob(layer["digest"])) as tar:
            if path.lstrip("/") in tar.getnames():
                file = tar.extractfile(path.lstrip("/"))
                assert file
                return file.read().decode()
    raise KeyError(path)


APP = """
name: localhost/app:1
packages: [nginx]
users: [{name: app, uid: 1000, gid: 1001}]
files: [{path: /bin/tool, text: "x", mode: 0755, owner: app}]
user: app
env: {A: b}
cmd: [/bin/tool]
ports: [80]
volumes: [/data]
labels: {a: b}
"""


def test_a_second_build_takes_everything_from_the_cache(builder: Builder) -> None:
    first, second = build(builder, APP), build(builder, APP)
    assert not first.cached
    assert second.cached
    assert (first.digest, first.size) == (second.digest, second.size)
    assert builder.apt.unpacked == ["base-files", "lib", "nginx"]  # type: ignore[attr-defined]


def test_another_place_gives_the_same_digest(builder: Builder, tmp_path: Path) -> None:
    elsewhere = Builder(Layout(tmp_path / "b"), builder.apt, builder.progress, lambda: NOW + 99)
    assert build(builder, APP).digest == build(elsewhere, APP).digest


def test_layers_are_shared_and_a_changed_file_changes_only_its_layer(builder: Builder) -> None:
    build(builder, APP)
    changed = APP.replace("app:1", "app:2").replace('"x"', '"y"')
    assert not build(builder, changed).cached
    one, two = (manifest_of(builder, f"localhost/app:{n}")["layers"] for n in (1, 2))
    assert one[0] == two[0]
    assert one[1] != two[1]
    assert builder.apt.unpacked.count("nginx") == 1  # type: ignore[attr-defined]


def test_the_configuration_says_how_to_run_it(builder: Builder) -> None:
    build(builder, APP)
    found = config(builder, "localhost/app:1")
    assert found["created"] == "1980-01-01T00:00:00Z"
    assert (found["architecture"], found["os"]) == ("amd64", "linux")
    assert found["config"] == {
        "User": "1000:1001",
        "Cmd": ["/bin/tool"],
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "A=b"],
        "ExposedPorts": {"80/tcp": {}},
        "Volumes": {"/data": {}},
        "Labels": {"a": "b"},
    }
    assert len(found["rootfs"]["diff_ids"]) == 2


def test_files_go_through_the_links_of_the_layers_below(builder: Builder) -> None:
    build(builder, APP)
    found = files(builder, "localhost/app:1")
    assert found["/bin"].issym()
    tool = found["/usr/bin/tool"]
    assert (tool.mode, tool.uid, tool.gid, tool.mtime) == (0o755, 1000, 1001, EPOCH)
    assert found["/usr/bin/nginx"].mtime == NOW / 2
    assert text(builder, "localhost/app:1", "/etc/passwd").splitlines() == [
        "root:x:0:0:root:/root:/bin/sh",
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
        "app:x:1000:1001:app:/nonexistent:/usr/sbin/nologin",
    ]
    assert "Package: nginx" in text(builder, "localhost/app:1", "/var/lib/dpkg/status.d/nginx")


def test_an_image_upon_another_inherits_and_adds(builder: Builder) -> None:
    build(builder, APP)
    upper = """
name: localhost/upper:1
base: localhost/app:1
users: [{name: more, uid: 7}]
files: [{path: /srv/a, text: b, owner: app}, {path: /srv/c, text: d, owner: more}]
env: {A: c, D: e}
entrypoint: [/bin/sh]
"""
    build(builder, upper)
    found = config(builder, "localhost/upper:1")["config"]
    assert found["Env"][1:] == ["A=c", "D=e"]
    assert found["User"] == "1000:1001"
    assert "Cmd" not in found
    assert found["Entrypoint"] == ["/bin/sh"]
    assert (
        manifest_of(builder, "localhost/upper:1")["layers"][:2]
        == (manifest_of(builder, "localhost/app:1")["layers"])
    )
    assert (files(builder, "localhost/upper:1")["/srv/a"].uid) == 1000
    names = [
        line.split(":")[0] for line in text(builder, "localhost/upper:1", "/etc/passwd").split()
    ]
    assert names == ["root", "nobody", "app", "more"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: a\nbase: localhost/b:1", ':2: base: there is no image "localhost/b:1" here'),
        ("name: a\nfiles:\n- {path: /a, text: b, owner: joe}", ":3: files[0]: there is no user"),
        ("name: a\nuser: joe", ":2: user: there is no user"),
        ("name: a\nfiles: [{path: /a, text: b}, {path: /a/b, text: c}]", "files[1]: is not a fold"),
        ("name: a\ndirectories: [/a]\nfiles: [{path: /a, text: b}]", "files[0]: is a folder"),
    ],
)
def test_late_mistakes_name_line_and_key(builder: Builder, text: str, said: str) -> None:
    with pytest.raises(ImageError) as caught:
        build(builder, text)
    assert said in str(caught.value)
    assert builder.layout.names == []


def test_a_folder_is_copied_and_nothing_outside_is_touched(
    builder: Builder, tmp_path: Path
) -> None:
    source = tmp_path / "src"
    (source / "site").mkdir(parents=True)
    (source / "site/run.sh").write_text("x")
    (source / "site/run.sh").chmod(0o700)
    (source / "site/way").symlink_to("run.sh")
    outside = tmp_path / "outside"
    outside.mkdir()
    file = source / "image.yaml"
    described = f"""
name: localhost/site:1
links: {{/escape: {outside}}}
files: [{{path: /srv/site, from: site}}]
"""
    builder.build(parse(described, file))
    found = files(builder, "localhost/site:1")
    assert found["/srv/site/run.sh"].mode == 0o755
    assert found["/srv/site/way"].linkname == "run.sh"
    (source / "site/run.sh").write_text("y")
    assert not builder.build(parse(described, file)).cached
    assert list(outside.iterdir()) == []


def test_what_is_exported_can_be_inspected(builder: Builder, tmp_path: Path) -> None:
    build(builder, APP)
    archive = tmp_path / "app.tar"
    with archive.open("wb") as target:
        builder.layout.export("localhost/app:1", target)
    assert inspect(archive).names == ("localhost/app:1",)
    with tarfile.open(archive) as tar:
        index = json.load(tar.extractfile("index.json") or io.BytesIO())
    notes = index["manifests"][0]["annotations"]
    assert notes["io.containerd.image.name"] == "localhost/app:1"
    assert notes["org.opencontainers.image.ref.name"] == "1"


def test_the_pause_image_is_one_program(builder: Builder, tmp_path: Path) -> None:
    program = tmp_path / "catatonit"
    program.write_text("#!")
    assert builder.build(description(program)).size < 5000
    found = files(builder, "localhost/pause:1")
    assert [m for m in found.values() if m.isreg()] == [found["/usr/bin/catatonit"]]
    assert config(builder, "localhost/pause:1")["config"]["User"] == "65534:65534"


def test_pruning_keeps_what_images_need(builder: Builder) -> None:
    build(builder, APP)
    build(builder, APP.replace("app:1", "app:2").replace('"x"', '"y"'))
    assert builder.layout.prune() == 0
    assert builder.layout.prune(["localhost/app:1"]) > 0
    assert builder.layout.names == ["localhost/app:1"]
    assert build(builder, APP).cached
    for layer in manifest_of(builder, "localhost/app:1")["layers"]:
        assert builder.layout.blob(layer["digest"]).exists()
