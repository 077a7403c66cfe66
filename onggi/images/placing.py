"""Files that a description puts into an image: into the folder that becomes its top layer.

The layers below are known by their tree: a path goes through their links, and folders that exist
below keep their mode and owner. Nothing is ever followed out of the folder.
"""

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from onggi.images.accounts import Accounts
from onggi.images.errors import ImageError
from onggi.images.spec import Directory, File, Spec
from onggi.images.tree import Node, Tree, normal

Owner = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """``root`` is the folder; ``tree`` is all that the image has, and grows."""

    root: Path
    tree: Tree
    accounts: Accounts

    def everything(self, spec: Spec) -> None:
        """Folders, files and links of the description. Raises ImageError naming key and line."""
        for index, folder in enumerate(spec.directories):
            self._try(spec, f"directories[{index}]", partial(self.directory, folder))
        for index, file in enumerate(spec.files):
            self._try(spec, f"files[{index}]", partial(self.file, file))
        for path, target in spec.links.items():
            self._try(spec, f"links.{path}", partial(self.link, path, target))

    def _try(self, spec: Spec, key: str, act: Callable[[], None]) -> None:
        try:
            act()
        except KeyError as error:
            raise ImageError(f"{spec.at(key)}: there is no user or group {error}") from error
        except OSError as error:
            raise ImageError(f"{spec.at(key)}: {error.strerror}: {error.filename}") from error

    def directory(self, wanted: Directory) -> None:
        self._folder(self._final(wanted.path), wanted.mode, self.accounts.numbers(wanted.owner))

    def file(self, wanted: File) -> None:
        owner = self.accounts.numbers(wanted.owner)
        path = self._final(wanted.path)
        if wanted.source is not None and wanted.source.is_dir():
            self._copy(wanted.source, path, owner, wanted.mode)
        elif wanted.source is not None:
            with self._fresh(path).open("xb") as file, wanted.source.open("rb") as source:
                shutil.copyfileobj(source, file)
            self._settle(path, owner, wanted.mode or executable(wanted.source))
        else:
            self.text(path, wanted.text or "", 0o644 if wanted.mode is None else wanted.mode, owner)

    def text(self, path: str, text: str, mode: int = 0o644, owner: Owner = (0, 0)) -> None:
        with self._fresh(path).open("x") as file:
            file.write(text)
        self._settle(path, owner, mode)

    def link(self, path: str, target: str) -> None:
        path = self.tree.resolve(path)
        self._fresh(path).symlink_to(target)
        self.tree.nodes[path] = Node(target=target)

    def _copy(self, source: Path, path: str, owner: Owner, mode: int | None) -> None:
        """A folder and all in it. Links in it stay links."""
        self._folder(path, 0o755, owner)
        for child in sorted(source.iterdir()):
            inner = f"{path}/{child.name}"
            if child.is_symlink():
                self.link(inner, os.readlink(child))
            elif child.is_dir():
                self._copy(child, inner, owner, mode)
            else:
                self.file(File(inner, None, child, mode, f"{owner[0]}:{owner[1]}"))

    def _final(self, path: str) -> str:
        """The path with all links followed, the last one too if it leads to a folder."""
        path = self.tree.resolve(path)
        node = self.tree.nodes.get(path)
        if node and node.target:
            end = self.tree.resolve(normal(os.path.join(os.path.dirname(path), node.target)))
            if end in self.tree.nodes and self.tree.nodes[end].folder:
                return end
        return path

    def _fresh(self, path: str) -> Path:
        """A place for a new file: its folders exist, and nothing is there."""
        self._parents(path)
        place = self._place(path)
        if place.is_dir() and not place.is_symlink():
            raise IsADirectoryError(21, "is a folder already", path)
        place.unlink(missing_ok=True)
        return place

    def _parents(self, path: str) -> None:
        parts = path.strip("/").split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            folder = "/" + "/".join(parts[:depth])
            node = self.tree.nodes.get(folder, Node(folder=True))
            if not node.folder:
                raise NotADirectoryError(20, "is not a folder", folder)
            if not self._place(folder).is_dir():
                self._make(folder, node.mode, (node.uid, node.gid))

    def _folder(self, path: str, mode: int, owner: Owner) -> None:
        self._parents(path)
        self._make(path, mode, owner)

    def _make(self, path: str, mode: int, owner: Owner) -> None:
        self._place(path).mkdir(exist_ok=True)
        self._settle(path, owner, mode)

    def _settle(self, path: str, owner: Owner, mode: int) -> None:
        place = self._place(path)
        os.chown(place, *owner, follow_symlinks=False)
        place.chmod(mode)
        folder = stat.S_ISDIR(place.lstat().st_mode)
        self.tree.nodes[path] = Node(folder, mode, *owner)

    def _place(self, path: str) -> Path:
        return self.root / path.lstrip("/")


def executable(path: Path) -> int:
    """0755 or 0644: what else a file's mode says depends on whose umask it was made under."""
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644
