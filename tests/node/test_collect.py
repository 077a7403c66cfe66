from datetime import timedelta
from pathlib import Path

import pytest

from onggi.node import collect
from onggi.node.collect import Collector, Disk, unneeded
from onggi.node.fake import FakeRuntime
from onggi.node.runtime import Image
from tests.world import NOW

OLD, OLDER = NOW - timedelta(hours=1), NOW - timedelta(hours=2)


def image(name: str, **more: object) -> Image:
    return Image(id=f"sha256:{name}", repo_tags=(f"docker.io/library/{name}:1",), size=10, **more)


def test_a_disk_is_freed_from_85_down_to_80_percent() -> None:
    assert Disk(capacity=100, available=16).excess() == 0
    assert Disk(capacity=100, available=15).excess() == 5
    assert Disk(capacity=100, available=0).excess() == 20


def test_what_was_longest_unused_goes_first_and_what_is_needed_stays() -> None:
    local = Image(id="sha256:mine", repo_tags=("localhost/mine:1",), size=10)
    images = [image("a"), image("b"), image("used"), image("pin", pinned=True), image("new"), local]
    used = {i.id: OLD for i in images} | {"sha256:b": OLDER, "sha256:new": NOW}
    in_use = frozenset({"docker.io/library/used:1"})
    assert [i.id for i in unneeded(images, in_use, used, NOW)] == ["sha256:b", "sha256:a"]


async def test_no_more_is_removed_than_has_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = FakeRuntime()
    for name in ("docker.io/library/a:1", "docker.io/library/b:1"):
        runtime.add_image(name)
    images = await runtime.images()
    size = images[0].size
    disk = Disk(capacity=size * 10, available=size)
    monkeypatch.setattr(collect, "disk_of", lambda path: disk)
    used = {i.id: OLD for i in images} | {images[1].id: OLDER}
    collector = Collector(runtime, tmp_path, lambda: NOW, used)
    assert await collector.collect_images() == 0
    left = await runtime.images()
    assert [i.id for i in left] == [images[0].id]


def test_a_disk_is_measured_where_the_images_lie(tmp_path: Path) -> None:
    found = collect.disk_of(tmp_path)
    assert 0 < found.available <= found.capacity
