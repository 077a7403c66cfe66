import stat
from pathlib import Path

import pytest

from onggi.node.downward import Surroundings
from onggi.node.volumes.emptydir import make, memory_size, setup
from onggi.node.volumes.volume import Ask, VolumeError
from tests.node.pods import pod

AROUND = Surroundings(allocatable={"memory": "4Gi"})


def ask(folder: Path, source: dict) -> Ask:
    return Ask(pod=pod(), name="v", source=source, path=folder / "v")


def test_everybody_may_write_and_what_is_there_stays(tmp_path: Path) -> None:
    one = ask(tmp_path, {})
    make(one, 0, memory=False)
    assert stat.S_IMODE(one.path.stat().st_mode) == 0o777
    (one.path / "x").write_text("1")
    make(one, 0, memory=False)
    assert (one.path / "x").read_text() == "1"


def test_memory_is_bounded_by_volume_pod_and_node() -> None:
    bound = {"resources": {"limits": {"memory": "1Gi"}}}
    assert memory_size(pod(), {}, AROUND) == 4 << 30
    assert memory_size(pod(bound), {}, AROUND) == 1 << 30
    assert memory_size(pod(bound), {"sizeLimit": "10Mi"}, AROUND) == 10 << 20
    assert memory_size(pod(), {}, Surroundings()) == 0


async def test_other_media_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(VolumeError, match="HugePages"):
        await setup(ask(tmp_path, {"medium": "HugePages"}), None)  # type: ignore[arg-type]
