import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from onggi.node import logs_rotate
from onggi.node.layout import Layout
from onggi.node.logs_rotate import LogKeeper, make_room, prune, rotated
from onggi.node.runtime import Container, ContainerState, RuntimeFailure
from tests.world import NOW


class Writer:
    """A runtime with one container that writes one log."""

    def __init__(self, path: Path) -> None:
        self.path, self.refuses = path, False
        self.reopened: list[str] = []

    async def containers(self) -> list[Container]:
        return [await self.container_status("c1")]

    async def container_status(self, container_id: str) -> Container:
        return Container(
            id=container_id,
            sandbox_id="s",
            name="main",
            attempt=0,
            image="i",
            image_ref="i",
            state=ContainerState.RUNNING,
            created_at=NOW,
            log_path=str(self.path),
        )

    async def reopen_log(self, container_id: str) -> None:
        if self.refuses:
            raise RuntimeFailure("no")
        self.reopened.append(container_id)
        self.path.write_bytes(b"")


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setattr(logs_rotate, "SIZE", 10)
    return Layout(data=tmp_path, run=tmp_path)


def log_of(layout: Layout, pod: str = "shop_web_u1", attempt: int = 0) -> Path:
    path = layout.logs / pod / "main" / f"{attempt}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * 20)
    return path


async def test_a_large_log_is_moved_away_and_begun_anew(layout: Layout) -> None:
    path = log_of(layout)
    writer = Writer(path)
    keeper = LogKeeper(layout, writer, lambda: {"u1"}, lambda: NOW)
    await keeper.rotate_all()
    assert writer.reopened == ["c1"]
    assert path.read_bytes() == b""
    assert [p.name for p in rotated(path)] == ["0.log.20260101-000000"]
    await keeper.rotate_all()
    assert writer.reopened == ["c1"]


async def test_five_files_are_kept_and_the_older_ones_compressed(layout: Layout) -> None:
    path = log_of(layout)
    times = iter(NOW + timedelta(seconds=n) for n in range(10))
    keeper = LogKeeper(layout, Writer(path), lambda: {"u1"}, lambda: next(times))
    for turn in range(8):
        path.write_bytes(f"turn {turn} {'x' * 20}".encode())
        await keeper.rotate_all()
    names = [p.name for p in rotated(path)]
    assert names == [
        "0.log.20260101-000004.gz",
        "0.log.20260101-000005.gz",
        "0.log.20260101-000006.gz",
        "0.log.20260101-000007",
    ]
    with gzip.open(rotated(path)[0]) as file:
        assert file.read().startswith(b"turn 4")


async def test_a_log_that_cannot_be_begun_anew_keeps_its_name(layout: Layout) -> None:
    path = log_of(layout)
    writer = Writer(path)
    writer.refuses = True
    with pytest.raises(RuntimeFailure):
        await LogKeeper(layout, writer, lambda: None, lambda: NOW).rotate_all()
    assert path.read_bytes() == b"x" * 20
    assert rotated(path) == []


def test_logs_go_with_their_pods_and_with_their_containers(layout: Layout) -> None:
    for attempt in range(9, 12):
        log_of(layout, attempt=attempt)
    (layout.logs / "shop_web_u1" / "main" / "9.log.1.gz").write_bytes(b"")
    log_of(layout, "shop_gone_u2")
    prune(layout.logs, {"u1"})
    assert [p.name for p in layout.logs.iterdir()] == ["shop_web_u1"]
    assert sorted(p.name for p in (layout.logs / "shop_web_u1" / "main").iterdir()) == [
        "10.log",
        "11.log",
    ]


def test_an_interrupted_compression_does_no_harm(layout: Layout) -> None:
    path = log_of(layout)
    path.with_name("0.log.1").write_bytes(b"1")
    path.with_name("0.log.1.tmp").write_bytes(b"half")
    make_room(path)
    assert [p.name for p in rotated(path)] == ["0.log.1.gz"]
