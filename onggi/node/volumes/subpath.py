"""``subPath``: a part of a volume, which must never lead out of it.

What is opened below the volume (see ``mounting``) is bind-mounted at a place of our own, and
that place is given to the runtime: a link that is swapped in later changes nothing.
Source: ``pkg/volume/util/subpath/subpath_linux.go``.
"""

import errno
import os
import stat
from pathlib import Path

from onggi.node.layout import component
from onggi.node.mounting import bind, make_beneath, open_beneath, opened, unmount_below


class BadSubPath(Exception):
    """It leads outside, or cannot be made. Says nothing about the host's files."""


def place(pod: Path, volume: str, container: str, index: int) -> Path:
    """Where the part is mounted for one mount of one container."""
    return pod / "volume-subpaths" / component(volume) / component(container) / str(index)


def check(relative: str) -> None:
    if relative.startswith("/"):
        raise BadSubPath(f"error SubPath `{relative}` must not be an absolute path")
    if ".." in relative.split("/"):
        raise BadSubPath(f"unable to provision SubPath `{relative}`: must not contain '..'")


def prepare(volume: Path, relative: str, target: Path) -> None:
    """Mount ``volume/relative`` at ``target``, making it as a directory if it is missing."""
    check(relative)
    with opened(volume, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) as root:
        try:
            part = open_or_make(root, relative)
        except OSError as error:
            raise BadSubPath(reason(error)) from error
        try:
            expose(part, target)
        finally:
            os.close(part)


def open_or_make(root: int, relative: str) -> int:
    try:
        return open_beneath(root, relative)
    except FileNotFoundError:
        make_beneath(root, relative)
        return open_beneath(root, relative)


def expose(part: int, target: Path) -> None:
    """What an earlier run of the container had is replaced."""
    unmount_below(target)
    remove(target)
    if stat.S_ISDIR(os.fstat(part).st_mode):
        target.mkdir(parents=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
    bind(f"/proc/self/fd/{part}", target)


def remove(target: Path) -> None:
    if target.is_dir():
        target.rmdir()
    else:
        target.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    if error.errno in (errno.EXDEV, errno.ELOOP):
        return "the path leads outside of the volume"
    return error.strerror or "the path cannot be used"
