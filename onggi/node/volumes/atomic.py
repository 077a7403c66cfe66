"""Files that change all at once: what ConfigMap, Secret and token volumes are made of.

The files lie in a directory named by the time, ``..data`` points at it, and each visible
name points through ``..data``. An update writes a new directory and swaps ``..data`` with one
rename, so that a reader sees the old files or the new ones, never a mixture.
Source: ``pkg/volume/util/atomic_writer.go``.
"""

import os
import shutil
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

DATA, FRESH = "..data", "..data_tmp"
MAX_PATH, MAX_NAME = 4096, 255


@dataclass(frozen=True, kw_only=True)
class File:
    """``mode`` has permission bits only; ``owner`` is a uid, or None for root."""

    data: bytes
    mode: int = 0o644
    owner: int | None = None


Payload = Mapping[str, File]  # by path relative to the volume


class BadPath(ValueError):
    """A path that would leave the volume or hide its machinery."""


def check(path: str) -> str:
    """A relative path without ``..``, not beginning with two dots."""
    parts = path.split("/")
    if not path or path.startswith("/"):
        raise BadPath(f"invalid path: must be relative path: {path}")
    if ".." in parts:
        raise BadPath(f"invalid path: must not contain '..': {path}")
    if parts[0].startswith(".."):
        raise BadPath(f"invalid path: must not start with '..': {path}")
    if len(path) > MAX_PATH or any(len(part) > MAX_NAME for part in parts) or "\0" in path:
        raise BadPath(f"invalid path: {path[:MAX_NAME]}")
    return os.path.normpath(path)


def write(volume: Path, payload: Payload, stamp: str, own: Callable[[Path], None]) -> bool:
    """Make the volume show exactly ``payload``; False if it did already.

    ``stamp`` begins the name of the new directory; ``own`` sets owners and modes in it before
    it becomes visible.
    """
    wanted = {check(path): file for path, file in payload.items()}
    old = current(volume)
    if old and not differs(volume / old, wanted):
        return False
    fresh = Path(mkdtemp(prefix=f"..{stamp}.", dir=volume))
    fresh.chmod(0o755)
    fill(fresh, wanted)
    own(fresh)
    swap(volume, fresh.name)
    show(volume, {path.split("/")[0] for path in wanted})
    if old:
        shutil.rmtree(volume / old)
    return True


def current(volume: Path) -> str:
    """The directory that is visible now."""
    try:
        return os.readlink(volume / DATA)
    except FileNotFoundError:
        return ""


def differs(folder: Path, payload: Payload) -> bool:
    """Whether paths or contents differ (modes cannot change without them)."""
    if not folder.is_dir():
        return True
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}
    return there != payload.keys() or any(
        (folder / path).read_bytes() != file.data for path, file in payload.items()
    )


def fill(folder: Path, payload: Payload) -> None:
    for path, file in payload.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        target.chmod(file.mode)
        if file.owner is not None:
            os.chown(target, file.owner, -1)


def swap(volume: Path, name: str) -> None:
    (volume / FRESH).unlink(missing_ok=True)
    (volume / FRESH).symlink_to(name)
    (volume / FRESH).rename(volume / DATA)


def show(volume: Path, names: set[str]) -> None:
    """One link per top-level name, and none for names that are gone."""
    for name in names:
        with suppress(FileExistsError):
            (volume / name).symlink_to(f"{DATA}/{name}")
    for entry in volume.iterdir():
        if entry.name not in names and not entry.name.startswith(".."):
            entry.unlink()


def group_owned(root: Path, group: int | None, *, readonly: bool) -> None:
    """Give a tree to a group, as fsGroup asks for. Source: ``pkg/volume/volume_linux.go``."""
    if group is None:
        return
    for folder, names, files in os.walk(root):
        for path in (folder, *(os.path.join(folder, name) for name in (*files, *names))):
            os.lchown(path, -1, group)
            mode = os.lstat(path).st_mode
            if not stat.S_ISLNK(mode):
                os.chmod(path, stat.S_IMODE(mode) | group_bits(mode, readonly=readonly))


def group_bits(mode: int, *, readonly: bool) -> int:
    bits = 0o440 if readonly else 0o660
    return bits | stat.S_ISGID | 0o110 if stat.S_ISDIR(mode) else bits
