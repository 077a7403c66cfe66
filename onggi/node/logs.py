"""Container logs as CRI writes them: lines parsed, chosen and cut. Pure.

    2016-10-06T00:17:09.669794202Z stdout F a whole line
    2016-10-06T00:17:09.669794203Z stderr P a part of a line, the rest follows

Source: ``pkg/kubelet/kuberuntime/logs/logs.go``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api.errors import BadRequest
from onggi.api.http import Request
from onggi.api.times import parse as parse_time

TIME = re.compile(rb"([^.]*:\d\d:\d\d)(?:\.(\d+))?(Z|[+-].*)")
STREAMS = {"All": b"", "Stdout": b"stdout", "Stderr": b"stderr"}


class Entry(NamedTuple):
    """``text`` has its newline unless the line goes on in the next entry."""

    time: bytes
    stream: bytes
    text: bytes
    partial: bool


@dataclass(frozen=True, kw_only=True)
class LogOptions:
    """PodLogOptions. None means without a bound; ``stream`` is empty for both."""

    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    since: datetime | None = None
    tail: int | None = None
    limit: int | None = None
    stream: bytes = b""


def parse(line: bytes) -> Entry | None:
    """One line with its newline; None if it is no CRI line."""
    parts = line.split(b" ", 3)
    if len(parts) < 4 or parts[1] not in (b"stdout", b"stderr"):
        return None
    time, stream, tags, text = parts
    partial = tags.split(b":")[0] == b"P"
    return Entry(time, stream, text.removesuffix(b"\n") if partial else text, partial)


def options(request: Request, now: datetime) -> LogOptions:
    """From the query of ``/containerLogs``. Raises BadRequest."""
    stream = request.argument("stream", "All")
    if stream not in STREAMS:
        raise BadRequest(f'unknown stream "{stream}": expected All, Stdout or Stderr')
    return LogOptions(
        follow=request.flag("follow"),
        previous=request.flag("previous"),
        timestamps=request.flag("timestamps"),
        since=since(request, now),
        tail=number(request, "tailLines", 0),
        limit=number(request, "limitBytes", 1),
        stream=STREAMS[stream],
    )


def since(request: Request, now: datetime) -> datetime | None:
    seconds, moment = number(request, "sinceSeconds", 1), request.argument("sinceTime")
    if seconds is not None:
        return now - timedelta(seconds=seconds)
    try:
        return parse_time(moment) if moment else None
    except ValueError as error:
        raise BadRequest(f"sinceTime: {error}") from error


def number(request: Request, name: str, least: int) -> int | None:
    text = request.argument(name)
    if not text:
        return None
    if not text.isdecimal() or int(text) < least:
        raise BadRequest(f"{name}: must be an integer of at least {least}")
    return int(text)


class Selection:
    """Turns log lines into what the client gets. ``full`` is set when its bytes are spent."""

    def __init__(self, wanted: LogOptions) -> None:
        self._wanted = wanted
        self._left = wanted.limit
        self._line_begins = True
        self.full = False

    def take(self, lines: Iterable[bytes]) -> bytes:
        return b"".join(self._one(line) for line in lines if not self.full)

    def _one(self, line: bytes) -> bytes:
        entry = parse(line)
        if entry is None or not self._is_wanted(entry):
            return b""
        prefix = fixed(entry.time) + b" " if self._wanted.timestamps and self._line_begins else b""
        self._line_begins = not entry.partial
        return self._cut(prefix + entry.text)

    def _is_wanted(self, entry: Entry) -> bool:
        if self._wanted.stream and entry.stream != self._wanted.stream:
            return False
        since = self._wanted.since
        return since is None or parse_time(entry.time.decode()) >= since

    def _cut(self, text: bytes) -> bytes:
        if self._left is None:
            return text
        text = text[: self._left]
        self._left -= len(text)
        self.full = self._left == 0
        return text


def fixed(time: bytes) -> bytes:
    """The timestamp with nine decimals, as clients of ``timestamps=true`` expect."""
    found = TIME.fullmatch(time)
    if found is None:
        return time
    return found[1] + b"." + (found[2] or b"").ljust(9, b"0") + found[3]
