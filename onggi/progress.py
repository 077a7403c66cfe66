"""What ``onggi up`` shows while it works: each step with the time it took.

In the background the steps travel as JSON lines through a pipe to the process that the
user started; in the foreground they are printed where they happen.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

Send = Callable[[dict[str, Any]], None]


class Progress:
    """``with progress("store"): …``; ``ready`` and ``failed`` end the story."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._began = time.monotonic()

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self._send({"begin": step})
        began = time.monotonic()
        yield
        self._send({"end": step, "seconds": time.monotonic() - began})

    def ready(self) -> None:
        self._send({"ready": True, "seconds": time.monotonic() - self._began})

    def failed(self, message: str) -> None:
        self._send({"failed": message})


def to_stream(stream: TextIO) -> Send:
    """One JSON line for each message; a reader that has gone is no trouble."""

    def send(message: dict[str, Any]) -> None:
        try:
            stream.write(json.dumps(message) + "\n")
            stream.flush()
        except BrokenPipeError:
            pass

    return send


def to_screen(out: TextIO) -> Send:
    """Lines for a person; a terminal also sees the step that is under way."""
    live = out.isatty()

    def send(message: dict[str, Any]) -> None:
        if "begin" in message and live:
            out.write(f"  … {message['begin']}")
        elif "end" in message:
            start = "\r" if live else ""
            out.write(f"{start}  ✓ {message['end']:<32}{message['seconds']:>7.2f} s\n")
        elif "failed" in message:
            out.write("\r" if live else "")
        out.flush()

    return send
