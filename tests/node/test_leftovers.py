import asyncio
import os
from pathlib import Path

import pytest

from onggi.controller.child import birth
from onggi.node import leftovers
from onggi.node.layout import Layout


async def test_killing_waits_until_the_process_is_gone() -> None:
    sleeper = await asyncio.create_subprocess_exec("/bin/sleep", "60")
    assert await leftovers.kill({sleeper.pid}, "sleeper") == [f"sleeper {sleeper.pid}"]
    assert not birth(sleeper.pid)
    await sleeper.wait()


async def test_oneself_is_never_killed() -> None:
    assert await leftovers.kill({os.getpid()}, "me") == []


def test_only_sockets_where_shims_keep_theirs_are_ours_to_remove(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, run=tmp_path)
    for name, address in (("a", "unix:///run/containerd/s/1"), ("b", "unix:///etc/passwd")):
        folder = layout.containerd_state / "io.containerd.runtime.v2.task" / "k8s.io" / name
        folder.mkdir(parents=True)
        (folder / "address").write_text(address)
    assert leftovers.shim_sockets(layout) == [Path("/run/containerd/s/1")]


def test_folders_that_others_use_stay(tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "x").write_text("")
    (tmp_path / "empty").mkdir()
    leftovers.remove_empty(tmp_path / "used", tmp_path / "empty", tmp_path / "none")
    assert [p.name for p in tmp_path.iterdir()] == ["used"]


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
async def test_where_nothing_is_left_nothing_is_found(tmp_path: Path) -> None:
    layout = Layout(data=tmp_path, run=tmp_path, instance="onggi-t4")
    assert await leftovers.clean(layout) == []
