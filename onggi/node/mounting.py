"""The few mount calls that the agent makes itself, and safe ways into a directory.

A path below a volume is under the control of whoever writes to the volume, so it is opened
with ``openat2(RESOLVE_BENEATH)``: the kernel refuses to leave the volume, whatever symbolic
links are swapped in meanwhile. What is opened is then mounted by its descriptor.
"""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_BIND, MS_REC, MS_SHARED = 4096, 16384, 1 << 20
MNT_DETACH, UMOUNT_NOFOLLOW = 2, 8
SYS_OPENAT2 = 437  # the same number on every architecture
RESOLVE_NO_MAGICLINKS, RESOLVE_BENEATH = 0x02, 0x08
ATTEMPTS = 16

libc = ctypes.CDLL(None, use_errno=True)
TEXT, FLAGS = ctypes.c_char_p, ctypes.c_ulong
libc.mount.argtypes = (TEXT, TEXT, TEXT, FLAGS, TEXT)
libc.umount2.argtypes = (TEXT, ctypes.c_int)


class OpenHow(ctypes.Structure):
    _fields_ = [
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    ]


@dataclass(frozen=True)
class MountPoint:
    """One line of mountinfo; ``shared`` and ``slave`` say what propagates through it."""

    path: str
    kind: str
    shared: bool
    slave: bool


GONE = (errno.ENOENT, errno.EINVAL)


def check(result: int, path: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), path)
    return result


def mount(source: str, target: Path, kind: str = "", flags: int = 0, data: str = "") -> None:
    arguments = (source.encode(), os.fsencode(target), kind.encode(), flags, data.encode())
    check(libc.mount(*arguments), str(target))


def unmount(target: Path) -> None:
    """Lazily, so that a process that still sits there does not keep the pod from going."""
    check(libc.umount2(os.fsencode(target), MNT_DETACH | UMOUNT_NOFOLLOW), str(target))


def tmpfs(target: Path, options: str) -> None:
    """Without swap where the kernel can promise that (6.4), for secrets' sake."""
    try:
        mount("tmpfs", target, "tmpfs", data=f"{options},noswap" if options else "noswap")
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        mount("tmpfs", target, "tmpfs", data=options)


def bind(source: str, target: Path) -> None:
    mount(source, target, flags=MS_BIND | MS_REC)


def share(path: Path) -> None:
    """Make a directory a mount of its own that propagates both ways."""
    bind(str(path), path)
    mount("", path, flags=MS_SHARED | MS_REC)


def mount_points() -> list[MountPoint]:
    """In the order in which they were made."""
    text = Path("/proc/self/mountinfo").read_text(errors="surrogateescape")
    return [parse_line(line) for line in text.splitlines()]


def parse_line(line: str) -> MountPoint:
    before, _, after = line.partition(" - ")
    fields = before.split(" ")
    optional = fields[6:]
    return MountPoint(
        path=unescape(fields[4]),
        kind=after.split(" ")[0],
        shared=any(o.startswith("shared:") for o in optional),
        slave=any(o.startswith("master:") for o in optional),
    )


def unescape(text: str) -> str:
    return (
        text.encode("latin-1", "backslashreplace").decode("unicode_escape")
        if "\\" in text
        else text
    )


def below(root: Path) -> list[Path]:
    """Mount points at or below a directory, the latest first."""
    top = str(root)
    return [
        Path(m.path)
        for m in reversed(mount_points())
        if m.path == top or m.path.startswith(f"{top}/")
    ]


def inside(root: Path) -> list[Path]:
    """Mount points below a directory but not the directory itself, the latest first."""
    return [path for path in below(root) if path != root]


def is_mount_point(path: Path) -> bool:
    return any(m.path == str(path) for m in mount_points())


def holding(path: Path) -> MountPoint:
    """The mount that a path lies on."""
    real = os.path.realpath(path)
    candidates = [
        m for m in mount_points() if real == m.path or real.startswith(m.path.rstrip("/") + "/")
    ]
    return max(candidates, key=lambda m: len(m.path))


def unmount_below(root: Path) -> None:
    """Everything at or below a directory, also what was mounted over something else."""
    while points := below(root):
        unmount_all(points)


def unmount_inside(root: Path) -> None:
    """Everything below a directory that may itself be a mount of the user's."""
    while points := inside(root):
        unmount_all(points)


def unmount_all(points: list[Path]) -> None:
    """Somebody else, a shim that ends, may be faster: what is no mount any more is done."""
    for point in points:
        try:
            unmount(point)
        except OSError as error:
            if error.errno not in GONE or is_mount_point(point):
                raise


@contextmanager
def opened(path: Path, flags: int = os.O_PATH | os.O_CLOEXEC) -> Iterator[int]:
    fd = os.open(path, flags)
    try:
        yield fd
    finally:
        os.close(fd)


def open_beneath(root: int, relative: str, flags: int = os.O_PATH) -> int:
    """Open a path below the directory ``root``; raises OSError (EXDEV) if it leads outside."""
    how = OpenHow(flags | os.O_CLOEXEC, 0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
    name, size = os.fsencode(relative or "."), ctypes.c_size_t(ctypes.sizeof(how))
    for _ in range(ATTEMPTS):
        fd = libc.syscall(SYS_OPENAT2, root, name, ctypes.byref(how), size)
        if fd >= 0 or ctypes.get_errno() != errno.EAGAIN:  # EAGAIN: a rename was under way
            break
    return check(fd, relative)


def make_beneath(root: int, relative: str) -> None:
    """Make the directories of a path that are missing, with the mode of ``root``."""
    mode = os.fstat(root).st_mode & 0o7777
    parts = [part for part in relative.split("/") if part]
    for depth in range(len(parts)):
        try:
            os.close(open_beneath(root, "/".join(parts[: depth + 1])))
        except FileNotFoundError:
            make_one(root, "/".join(parts[:depth]), parts[depth], mode)


def make_one(root: int, parent: str, name: str, mode: int) -> None:
    folder = open_beneath(root, parent, os.O_DIRECTORY | os.O_RDONLY)
    try:
        os.mkdir(name, mode, dir_fd=folder)
        flags = os.O_DIRECTORY | os.O_RDONLY | os.O_NOFOLLOW
        child = os.open(name, flags, dir_fd=folder)
        os.fchmod(child, mode)  # whatever the umask left out
        os.close(child)
    finally:
        os.close(folder)
