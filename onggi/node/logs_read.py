"""Log files read as they grow: from the end backwards for a tail, on through a rotation.

Waiting is for inotify, never for a clock: the kernel tells of a line that was written, and
that the writer has closed the file, which is when a container may have ended.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from asyncinotify import Inotify, Mask, Watch

from onggi.node.logs import LogOptions, Selection

BLOCK = 1 << 16
CLOSED = Mask.CLOSE_WRITE
FILE = Mask.MODIFY | CLOSED | Mask.MOVE_SELF | Mask.DELETE_SELF | Mask.ATTRIB
FOLDER = Mask.CREATE | Mask.MOVED_TO
FIRST_LOOK, LAST_LOOK = 0.05, 2.0  # seconds until a closed log is asked about again

IsRunning = Callable[[], Awaitable[bool]]


def tail_start(file: BinaryIO, lines: int | None) -> int:
    """Where the last ``lines`` lines begin; reads no more than it needs."""
    if lines is None:
        return 0
    size = position = file.seek(0, os.SEEK_END)
    missing = lines
    while position > 0:
        step = min(BLOCK, position)
        position -= step
        file.seek(position)
        block = file.read(step)
        if position + step == size and block.endswith(b"\n"):
            missing += 1  # the newline that ends the last line begins no other
        at = len(block)
        while missing > 0 and (at := block.rfind(b"\n", 0, at)) >= 0:
            missing -= 1
            if missing == 0:
                return position + at + 1
    return 0 if lines else size


async def read(path: Path, wanted: LogOptions) -> AsyncIterator[bytes]:
    """What is in the file now."""
    chosen = Selection(wanted)
    with path.open("rb") as file:
        file.seek(tail_start(file, wanted.tail))
        rest = b""
        while not chosen.full and (block := file.read(BLOCK)):
            lines, rest = complete(rest + block)
            if text := chosen.take(lines):
                yield text
        if rest and (text := chosen.take([rest])):
            yield text


async def follow(path: Path, wanted: LogOptions, is_running: IsRunning) -> AsyncIterator[bytes]:
    """What is in the file and what is written to it, until the container has ended."""
    chosen = Selection(wanted)
    follower = Follower(path)
    try:
        follower.begin(wanted.tail)
        async for lines in follower.lines(is_running):
            if text := chosen.take(lines):
                yield text
            if chosen.full:
                return
    finally:
        follower.close()


class Follower:
    """One log that is written to. A rotation renames the file and begins a new one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        self._inotify = Inotify()
        self._inotify.add_watch(path.parent, FOLDER)
        self._file, self._watch = self._open()
        self._closed = False  # by the writer: it writes no more to this file

    def _open(self) -> tuple[BinaryIO, Watch]:
        """Open and watch the same file, whatever is renamed meanwhile."""
        while True:
            file = self._path.open("rb")
            watch = self._inotify.add_watch(f"/proc/self/fd/{file.fileno()}", FILE)
            if self._is_current(file):
                return file, watch
            self._inotify.rm_watch(watch)
            file.close()

    def begin(self, lines: int | None) -> None:
        self._file.seek(tail_start(self._file, lines))

    def close(self) -> None:
        self._inotify.close()
        self._file.close()

    async def lines(self, is_running: IsRunning) -> AsyncIterator[list[bytes]]:
        """Batches of whole lines."""
        ended, patience = not await is_running(), FIRST_LOOK
        while True:
            while block := self._file.read(BLOCK):
                batch, self._rest = complete(self._rest + block)
                yield batch
            if self._closed and not self._is_current(self._file):
                self._renew()
                continue
            if ended:
                return
            if await self._news(patience if self._closed else None):
                patience = FIRST_LOOK
            else:
                patience = min(2 * patience, LAST_LOOK)
            ended = self._closed and not await is_running()

    def _is_current(self, file: BinaryIO) -> bool:
        """Whether the log's name still stands for this file."""
        try:
            return os.stat(self._path).st_ino == os.fstat(file.fileno()).st_ino
        except FileNotFoundError:
            return True  # moved away, and nothing there yet

    def _renew(self) -> None:
        self._file.close()
        with suppress(ValueError, OSError):
            self._inotify.rm_watch(self._watch)
        self._file, self._watch = self._open()
        self._closed = False

    async def _news(self, patience: float | None) -> bool:
        """Wait for something to happen; False when ``patience`` seconds have passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                event = await self._inotify.get()
                if event.watch is self._watch:
                    self._closed = bool(event.mask & CLOSED) or self._closed
                return True
        return False


def complete(text: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and the beginning of the next."""
    *lines, rest = text.split(b"\n")
    return [line + b"\n" for line in lines], rest
