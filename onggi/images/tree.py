"""What is where in an image, without unpacking it: folders, links and names, layer on layer."""

import os
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

WHITEOUT, OPAQUE = ".wh.", ".wh..wh..opq"
DEEPEST = 40  # links followed for one path, as Linux does


def normal(path: str) -> str:
    """From the root, without ``..``; two slashes at the beginning would be kept by POSIX."""
    return os.path.normpath("/" + path.lstrip("/"))


class Node(NamedTuple):
    """``target`` is set for a symbolic link; other files have only their place."""

    folder: bool = False
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    target: str = ""


@dataclass
class Tree:
    """By absolute path. The root itself is not in it."""

    nodes: dict[str, Node] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)  # whiteouts: what lower layers lose
    emptied: list[str] = field(default_factory=list)  # folders that hide what was in them

    def add(self, info: tarfile.TarInfo) -> None:
        path = normal(info.name)
        parent, _, name = path.rpartition("/")
        if name == OPAQUE:
            self.emptied.append(parent)
        elif name.startswith(WHITEOUT):
            self.removed.append(f"{parent}/{name.removeprefix(WHITEOUT)}")
        else:
            target = info.linkname if info.issym() else ""
            self.nodes[path] = Node(info.isdir(), info.mode, info.uid, info.gid, target)

    def cover(self, upper: "Tree") -> None:
        """Lay another layer on top."""
        for path in upper.emptied:
            self._forget(path, keep=True)
        for path in upper.removed:
            self._forget(path, keep=False)
        self.nodes.update(upper.nodes)

    def _forget(self, path: str, keep: bool) -> None:
        below = f"{path}/"
        gone = [p for p in self.nodes if p.startswith(below) or (p == path and not keep)]
        for place in gone:
            del self.nodes[place]

    def resolve(self, path: str) -> str:
        """Where ``path`` leads: links in it are followed, but for the last part.

        Raises OSError for links that go in circles.
        """
        for _ in range(DEEPEST):
            step = next(self._linked(path), None)
            if step is None:
                return path
            path = step
        raise OSError(40, "too many symbolic links", path)

    def _linked(self, path: str) -> Iterator[str]:
        """The path with its first link replaced by what it points to."""
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts)):
            place = "/" + "/".join(parts[:depth])
            node = self.nodes.get(place)
            if node and node.target:
                folder = "" if node.target.startswith("/") else place.rpartition("/")[0]
                rest = "/".join(parts[depth:])
                yield normal(f"{folder}/{node.target}/{rest}")

    def written(self) -> dict[str, Any]:
        return {"nodes": self.nodes, "removed": self.removed, "emptied": self.emptied}

    @staticmethod
    def read(written: Mapping[str, Any]) -> "Tree":
        nodes = {path: Node(*node) for path, node in written["nodes"].items()}
        return Tree(nodes, list(written["removed"]), list(written["emptied"]))

    @staticmethod
    def of(members: Iterable[tarfile.TarInfo]) -> "Tree":
        tree = Tree()
        for info in members:
            tree.add(info)
        return tree


def union(layers: Iterable[Tree]) -> Tree:
    """Layers from the lowest to the topmost, as a container sees them."""
    whole = Tree()
    for layer in layers:
        whole.cover(layer)
    return whole
