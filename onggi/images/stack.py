"""The layers of an image in the making: their trees, their files, and all of them unpacked."""

import json
import os
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onggi.images.errors import ImageError
from onggi.images.layer import OPAQUE as OPAQUE_ATTRIBUTE
from onggi.images.layer import Layer
from onggi.images.layout import Layout, encode
from onggi.images.tree import OPAQUE, WHITEOUT, Tree, normal, union

LONGEST = 1 << 20  # bytes of a text that we read out of a layer


@dataclass
class Stack:
    """From the lowest layer to the topmost."""

    layout: Layout
    layers: list[Layer]

    def push(self, layer: Layer) -> None:
        self.layers.append(layer)

    def trees(self) -> Sequence[Tree]:
        return [self._tree(layer) for layer in self.layers]

    def keep_tree(self, layer: Layer, tree: Tree) -> None:
        path = self._tree_path(layer)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode(tree.written()))

    def text(self, path: str) -> str:
        """A small file of the image, or nothing where there is none."""
        path = union(self.trees()).resolve(path)
        for layer in reversed(self.layers):
            if path in self._tree(layer).nodes:
                return self._read(layer, path)
        return ""

    def unpack(self, folder: Path) -> list[Path]:
        """Every layer in a folder of its own, as overlayfs takes them: the topmost first."""
        found: list[Path] = []
        for number, layer in enumerate(self.layers):
            place = folder / str(number)
            place.mkdir(parents=True)
            command = ["tar", "-xf", str(self.layout.blob(layer.digest)), "-C", str(place)]
            done = subprocess.run(
                [*command, "--xattrs", "--xattrs-include=*", "--numeric-owner", "-p"],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise ImageError(f"a layer of the base cannot be unpacked: {done.stderr[-500:]}")
            _convert_whiteouts(place)
            found.insert(0, place)
        return found

    def _tree(self, layer: Layer) -> Tree:
        path = self._tree_path(layer)
        if not path.exists():
            with tarfile.open(self.layout.blob(layer.digest), mode="r:*") as tar:
                self.keep_tree(layer, Tree.of(tar))
        return Tree.read(json.loads(path.read_bytes()))

    def _tree_path(self, layer: Layer) -> Path:
        return self.layout.folder / "trees" / f"{layer.digest.partition(':')[2]}.json"

    def _read(self, layer: Layer, path: str) -> str:
        with tarfile.open(self.layout.blob(layer.digest), mode="r|*") as tar:
            for info in tar:
                if normal(info.name) == path and info.isreg():
                    file = tar.extractfile(info)
                    return file.read(LONGEST).decode() if file else ""
        return ""


def _convert_whiteouts(folder: Path) -> None:
    """From the marks of an image to those of overlayfs."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if name == OPAQUE:
                os.unlink(os.path.join(parent, name))
                os.setxattr(parent, OPAQUE_ATTRIBUTE, b"y")
            elif name.startswith(WHITEOUT):
                os.unlink(os.path.join(parent, name))
                gone = os.path.join(parent, name.removeprefix(WHITEOUT))
                os.mknod(gone, 0o600 | 0o020000, os.makedev(0, 0))
