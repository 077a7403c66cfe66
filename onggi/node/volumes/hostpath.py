"""``hostPath``: a path of the machine itself, checked by its ``type``.

Source: ``pkg/volume/hostpath/host_path.go``. Without a type nothing is checked; a path that is
missing then would be made by the runtime without a word, so it is made here, and logged.
"""

import asyncio
import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

from onggi.node.parts import VolumeMounted
from onggi.node.volumes.volume import Ask, Means, Plugin, VolumeError

log = logging.getLogger(__name__)

CHECKS: dict[str, tuple[Callable[[int], bool], str]] = {
    "DirectoryOrCreate": (stat.S_ISDIR, "directory"),
    "Directory": (stat.S_ISDIR, "directory"),
    "FileOrCreate": (stat.S_ISREG, "file"),
    "File": (stat.S_ISREG, "file"),
    "Socket": (stat.S_ISSOCK, "socket file"),
    "CharDevice": (stat.S_ISCHR, "character device"),
    "BlockDevice": (stat.S_ISBLK, "block device"),
}


async def setup(ask: Ask, means: Means) -> VolumeMounted:
    path = Path(ask.source["path"])
    if not path.is_absolute() or ".." in path.parts:
        raise VolumeError(f"hostPath {str(path)!r} must be absolute and without '..'")
    await asyncio.to_thread(check, path, ask.source.get("type") or "")
    return VolumeMounted(str(path))


def check(path: Path, type: str) -> None:
    if type in ("", "DirectoryOrCreate") and not path.exists():
        log.warning("hostPath %s did not exist and is made as a directory", path)
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
    elif type == "FileOrCreate" and not path.exists():
        make_file(path)
    if type:
        check_type(path, type)


def make_file(path: Path) -> None:
    """Its directory must be there, as upstream wants it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o644))
    except OSError as error:
        raise VolumeError(f"hostPath type check failed: {path}: {error.strerror}") from error


def check_type(path: Path, type: str) -> None:
    if type not in CHECKS:
        raise VolumeError(f"hostPath type check failed: {type} is an invalid volume type")
    fits, name = CHECKS[type]
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise VolumeError(f"hostPath type check failed: {path} is not a {name}") from error
    if not fits(mode):
        raise VolumeError(f"hostPath type check failed: {path} is not a {name}")


PLUGIN = Plugin("kubernetes.io/host-path", setup)
