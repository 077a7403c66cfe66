import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from onggi.controller import child
from onggi.controller.child import ChildFailed, Program, supervised

READY = "open('{}', 'w').write(str(__import__('os').getpid())); print('hello', flush=True); "


def program(folder: Path, code: str, **more: object) -> Program:
    mark = folder / "mark"

    async def ready() -> bool:
        return mark.exists() and mark.read_text() != ""

    options: dict[str, object] = {
        "name": "thing",
        "command": (sys.executable, "-c", READY.format(mark) + code),
        "log": folder / "thing.log",
        "record": folder / "thing.pid",
        "ready": ready,
        "stop_within": 2.0,
    }
    return Program(**{**options, **more})  # type: ignore[arg-type]


FOREVER = "__import__('signal').pause()"


async def test_a_program_runs_inside_the_block_and_is_gone_after_it(tmp_path: Path) -> None:
    async with supervised(program(tmp_path, FOREVER)) as running:
        assert child.birth(running.pid)
        assert os.getsid(running.pid) == running.pid
        pid = running.pid
    assert not child.birth(pid)
    assert (tmp_path / "thing.log").read_text() == "hello\n"
    assert not (tmp_path / "thing.pid").exists()


async def test_a_program_that_dies_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "delay", lambda restarts: 0.0)
    async with supervised(program(tmp_path, FOREVER)) as running:
        first = running.pid
        (tmp_path / "mark").unlink()
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(10):
            while running.restarts == 0 or not running.lives.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert running.pid != first
        assert child.birth(running.pid)


async def test_a_program_that_ends_at_once_is_an_error_with_the_end_of_its_log(
    tmp_path: Path,
) -> None:
    async def never() -> bool:
        return False

    broken = program(tmp_path, "raise SystemExit('no such option')", ready=never)
    with pytest.raises(ChildFailed, match="no such option"):
        async with supervised(broken):
            pass


async def test_a_program_that_never_gets_ready_is_stopped(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    slow = program(tmp_path, FOREVER, ready=never, start_within=0.3)
    with pytest.raises(ChildFailed, match="not ready after"):
        async with supervised(slow):
            pass
    assert child.recorded(slow) is None


async def test_a_program_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    code = "import signal; signal.signal(15, signal.SIG_IGN); signal.pause(); signal.pause()"
    stubborn = program(tmp_path, code, stop_within=0.2)
    async with supervised(stubborn) as running:
        pid = running.pid
    assert not child.birth(pid)


async def test_a_program_of_an_earlier_run_is_adopted(tmp_path: Path) -> None:
    wanted = program(tmp_path, FOREVER)
    left = child.spawn(wanted)
    while not await wanted.ready():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    async with supervised(wanted) as running:
        assert running.pid == left.pid
        assert running.adopted
    assert not left.alive


async def test_a_program_of_another_version_is_replaced(tmp_path: Path) -> None:
    left = child.spawn(program(tmp_path, FOREVER, version="old"))
    async with supervised(program(tmp_path, FOREVER, version="new")) as running:
        assert running.pid != left.pid
        assert not left.alive


async def test_a_recycled_process_id_is_left_alone(tmp_path: Path) -> None:
    wanted = program(tmp_path, FOREVER)
    child.remember(wanted, child.Process(os.getpid(), 1))
    assert child.recorded(wanted) is None


def test_a_log_is_cut_at_its_limit_and_one_generation_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("a" * 100)
    child.bound(path, 1000)
    assert path.stat().st_size == 100
    child.bound(path, 50)
    assert path.stat().st_size == 0
    assert (tmp_path / "x.log.1").stat().st_size == 100


def test_delays_grow_and_are_bounded() -> None:
    assert [child.delay(n) for n in range(4)] == [0.5, 1.0, 2.0, 4.0]
    assert child.delay(1000) == 30.0


def test_a_process_that_ended_before_it_was_looked_at_is_not_alive() -> None:
    assert not child.Process(pid=999_999_999, born=0).alive
