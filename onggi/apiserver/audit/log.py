"""The audit log's file: one JSON object a line, in order; rotated by size.

What happens in one turn of the event loop is written at once. A disk that is full loses lines,
never requests: the loss is counted and said once.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

log = logging.getLogger(__name__)

LARGEST = 100 << 20  # bytes, as upstream's --audit-log-maxsize
KEPT = 10  # older files


class LogFile:
    """``put`` lines; ``close`` writes what is left. The file is its owner's alone."""

    def __init__(
        self, path: Path, clock: Callable[[], datetime], largest: int = LARGEST, kept: int = KEPT
    ) -> None:
        self._path, self._clock = path, clock
        self._largest, self._kept = largest, kept
        self._lines: list[bytes] = []
        self.lost = 0
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._open()

    def put(self, line: bytes) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_soon(self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        lines, self._lines = self._lines, []
        if not lines:
            return
        data = b"\n".join(lines) + b"\n"
        try:
            if self._size + len(data) > self._largest and self._size:
                self._rotate()
            self._write(data)
        except OSError as error:
            if not self.lost:
                log.error("the audit log %s cannot be written: %s", self._path, error)
            self.lost += len(lines)

    def close(self) -> None:
        self.flush()
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._file, view)
            self._size += written
            view = view[written:]

    def _open(self) -> None:
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._file).st_size

    def _rotate(self) -> None:
        """``audit-2026-01-02T03-04-05.678.log``, as upstream's lumberjack names it."""
        os.close(self._file)
        stamp = self._clock().strftime("%Y-%m-%dT%H-%M-%S.%f")[:-3]
        stem, ending = self._path.stem, self._path.suffix
        self._path.rename(self._path.with_name(f"{stem}-{stamp}{ending}"))
        self._open()
        older = sorted(self._path.parent.glob(f"{stem}-*{ending}"))
        for path in older[: -self._kept]:
            path.unlink()
