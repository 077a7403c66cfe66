import asyncio
import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.node import logs_read
from onggi.node.logs import LogOptions
from onggi.node.logs_read import complete, follow, read, tail_start


def line(text: str) -> bytes:
    return f"2026-01-01T00:00:01Z stdout F {text}\n".encode()


async def whole(path: Path, **wanted: object) -> bytes:
    return b"".join([part async for part in read(path, LogOptions(**wanted))])


@settings(max_examples=200)
@given(
    st.lists(st.binary(max_size=9).map(lambda b: b.replace(b"\n", b""))),
    st.integers(0, 12),
    st.booleans(),
)
def test_a_tail_is_the_last_lines_whatever_the_blocks(
    lines: list[bytes], count: int, ended: bool
) -> None:
    text = b"\n".join(lines) + (b"\n" if ended and lines else b"")
    whole, rest = complete(text)
    known = [*whole, rest] if rest else whole
    old, logs_read.BLOCK = logs_read.BLOCK, 4
    try:
        start = tail_start(io.BytesIO(text), count)
    finally:
        logs_read.BLOCK = old
    assert text[start:] == b"".join(known[-count:] if count else [])


def test_whole_lines_are_told_from_the_beginning_of_the_next() -> None:
    assert complete(b"a\rb\nc\nd") == ([b"a\rb\n", b"c\n"], b"d")
    assert complete(b"") == ([], b"")


async def test_a_file_is_read_from_its_tail_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "0.log"
    path.write_bytes(b"".join(line(str(n)) for n in range(5000)))
    assert await whole(path, tail=2) == b"4998\n4999\n"
    assert await whole(path, tail=0) == b""
    assert len((await whole(path)).splitlines()) == 5000
    assert await whole(path, limit=3) == b"0\n1"


class Container:
    """Runs until it is told otherwise."""

    def __init__(self) -> None:
        self.running = True

    async def is_running(self) -> bool:
        return self.running


class Listener:
    """Collects what a follower of the log gets."""

    def __init__(self, path: Path, container: Container, **wanted: object) -> None:
        self.text = b""
        self._news = asyncio.Event()
        self._frames = follow(path, LogOptions(follow=True, **wanted), container.is_running)

    async def run(self) -> None:
        async for part in self._frames:
            self.text += part
            self._news.set()

    async def until(self, text: bytes) -> None:
        async with asyncio.timeout(5):
            while self.text != text:
                self._news.clear()
                await self._news.wait()


async def test_following_sees_new_lines_a_rotation_and_the_end(tmp_path: Path) -> None:
    path, container = tmp_path / "0.log", Container()
    writer = path.open("ab", buffering=0)
    writer.write(line("old") + line("one"))
    listener = Listener(path, container, tail=1)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(listener.run())
        await listener.until(b"one\n")
        writer.write(line("two")[:-3])
        writer.write(line("two")[-3:])
        await listener.until(b"one\ntwo\n")
        path.rename(tmp_path / "0.log.1")
        writer.write(line("late"))
        await listener.until(b"one\ntwo\nlate\n")
        fresh = path.open("ab", buffering=0)
        fresh.write(line("new"))
        writer.write(line("later"))
        writer.close()
        await listener.until(b"one\ntwo\nlate\nlater\nnew\n")
        fresh.write(line("last"))
        container.running = False
        fresh.close()
    assert listener.text == b"one\ntwo\nlate\nlater\nnew\nlast\n"


async def test_a_log_that_is_closed_before_its_container_ends_is_waited_for(tmp_path: Path) -> None:
    path, container = tmp_path / "0.log", Container()
    writer = path.open("ab", buffering=0)
    writer.write(line("one"))
    listener = Listener(path, container)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(listener.run())
        await listener.until(b"one\n")
        writer.close()
        await asyncio.sleep(0.1)
        container.running = False
    assert listener.text == b"one\n"


async def test_following_what_has_ended_reads_it_and_ends(tmp_path: Path) -> None:
    path, container = tmp_path / "0.log", Container()
    path.write_bytes(line("one"))
    container.running = False
    listener = Listener(path, container)
    async with asyncio.timeout(5):
        await listener.run()
    assert listener.text == b"one\n"


async def test_a_follower_that_has_enough_stops(tmp_path: Path) -> None:
    path = tmp_path / "0.log"
    path.write_bytes(line("one") + line("two"))
    listener = Listener(path, Container(), limit=5)
    async with asyncio.timeout(5):
        await listener.run()
    assert listener.text == b"one\nt"
