"""A folder as a layer of an image: the same folder gives the same bytes, on any day, anywhere.

Entries are sorted, owners are numbers, and times are what ``Times`` says. What overlayfs writes
for a removed name becomes a whiteout.
Source: https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

import hashlib
import io
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from onggi.images.tree import Tree

LEVEL = 1  # layers are written more often than they are sent anywhere
CHUNK = 1 << 20
OPAQUE = "trusted.overlay.opaque"
CAPABILITY = "security.capability"
MEDIA = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True)
class Layer:
    """``digest`` is of the compressed blob, ``diff_id`` of what is in it."""

    digest: str
    diff_id: str
    size: int

    @property
    def descriptor(self) -> dict[str, Any]:
        return {"mediaType": MEDIA, "digest": self.digest, "size": self.size}


@dataclass(frozen=True)
class Packing:
    """``skip`` and ``whiteout`` get the path in the image: is it left out, is its removal to be
    recorded? Times of files before ``since`` are kept, all others become ``epoch``."""

    epoch: int
    since: float = 0
    skip: Callable[[str], bool] = lambda path: False
    whiteout: Callable[[str], bool] = lambda path: True
    tree: Tree = field(default_factory=Tree)  # is told of every entry


class Sink(io.BytesIO):
    """Compresses what is written, and knows both digests in the end."""

    def __init__(self, target: IO[bytes]) -> None:
        super().__init__()
        self._target = target
        self._zip = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
        self._inner, self._outer = hashlib.sha256(), hashlib.sha256()
        self._size = 0

    def write(self, data: Any) -> int:
        self._inner.update(data)
        self._put(self._zip.compress(data))
        return len(data)

    def finish(self) -> Layer:
        self._put(self._zip.flush())
        outer, inner = self._outer.hexdigest(), self._inner.hexdigest()
        return Layer(f"sha256:{outer}", f"sha256:{inner}", self._size)

    def _put(self, data: bytes) -> None:
        self._outer.update(data)
        self._size += self._target.write(data)


def pack(root: Path, target: IO[bytes], packing: Packing) -> Layer:
    """Write everything below ``root``; the root itself is not in the layer."""
    sink = Sink(target)
    links: dict[tuple[int, int], str] = {}
    with tarfile.open(fileobj=sink, mode="w|", bufsize=CHUNK, format=FORMAT) as tar:
        for entry, info in entries(root, packing):
            packing.tree.add(info)
            if entry and info.isreg() and (first := _first(entry, info.name, links)) != info.name:
                info.type, info.linkname, info.size = tarfile.LNKTYPE, first, 0
            if entry and info.isreg() and info.size:
                with open(entry.path, "rb") as file:
                    tar.addfile(info, file)
            else:
                tar.addfile(info)
    return sink.finish()


FORMAT = tarfile.PAX_FORMAT
Entry = os.DirEntry[str] | None


def entries(root: Path, packing: Packing) -> Iterator[tuple[Entry, tarfile.TarInfo]]:
    """What is below ``root``, sorted, folders before what they hold."""
    yield from _walk(str(root), "", packing)


def _walk(folder: str, inside: str, packing: Packing) -> Iterator[tuple[Entry, tarfile.TarInfo]]:
    with os.scandir(folder) as found:
        children = sorted(found, key=lambda e: os.fsencode(e.name))
    for child in children:
        path = f"{inside}/{child.name}"
        status = child.stat(follow_symlinks=False)
        if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
            if packing.whiteout(path):
                yield None, _plain(f"{inside}/.wh.{child.name}", packing)
            continue
        if packing.skip(path) or stat.S_ISSOCK(status.st_mode):
            continue
        yield child, _info(child, path, status, packing)
        if stat.S_ISDIR(status.st_mode):
            if _attribute(child.path, OPAQUE):
                yield None, _plain(f"{path}/.wh..wh..opq", packing)
            yield from _walk(child.path, path, packing)


def _info(
    child: os.DirEntry[str], path: str, status: os.stat_result, packing: Packing
) -> tarfile.TarInfo:
    info = _plain(path, packing)
    info.mode, info.uid, info.gid = stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid
    if stat.S_ISREG(status.st_mode):
        info.size = status.st_size
        if capability := _attribute(child.path, CAPABILITY):
            text = capability.decode("utf-8", "surrogateescape")
            info.pax_headers = {f"SCHILY.xattr.{CAPABILITY}": text}
        if status.st_mtime < packing.since:
            info.mtime = int(status.st_mtime)
        return info
    info.type = KINDS[stat.S_IFMT(status.st_mode)]
    if info.issym():
        info.linkname = os.readlink(child.path)
    elif info.isdev():
        info.devmajor, info.devminor = os.major(status.st_rdev), os.minor(status.st_rdev)
    return info


KINDS = {
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}


def _plain(path: str, packing: Packing) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path.lstrip("/"))
    info.mtime = packing.epoch
    return info


def _first(entry: os.DirEntry[str], name: str, links: dict[tuple[int, int], str]) -> str:
    """The name under which this very file is in the layer already, or its own."""
    status = entry.stat(follow_symlinks=False)
    if status.st_nlink < 2:
        return name
    return links.setdefault((status.st_dev, status.st_ino), name)


def _attribute(path: str, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return b""  # there is none, or this filesystem has none at all
