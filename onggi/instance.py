"""Is there an Onggi on this data directory, and which process is it?

One process holds the lock of a data directory for its whole life; the kernel lets go of it
however the process ends. Beside it lies a record for ``status`` and ``down``.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from onggi.config import Config


class AlreadyRunning(Exception):
    """Another process holds the data directory."""


@dataclass(frozen=True)
class Instance:
    """A running Onggi. ``children`` maps the name of a program beside it to its record file."""

    pid: int
    version: str
    server: str
    started: float  # seconds since the epoch
    settings: Mapping[str, object] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)


def lock_file(config: Config) -> Path:
    return config.data / "lock"


def record_file(config: Config) -> Path:
    return config.data / "instance.json"


def hold(config: Config) -> IO[str]:
    """Take the lock; keep the answer open as long as the process works. Raises AlreadyRunning."""
    file = lock_file(config).open("a+")
    os.chmod(file.name, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise AlreadyRunning(f"an Onggi runs already on {config.data}") from error
    return file


def is_running(config: Config) -> bool:
    try:
        hold(config).close()
    except AlreadyRunning:
        return True
    except FileNotFoundError:
        return False
    return False


def announce(config: Config, instance: Instance) -> None:
    path = record_file(config)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(instance)) + "\n")
    fresh.replace(path)


def find(config: Config) -> Instance | None:
    """The running instance; None where there is none, whatever an old record says."""
    try:
        record = json.loads(record_file(config).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return Instance(**record) if is_running(config) else None
