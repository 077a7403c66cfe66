"""From a description to an image: a layer of packages, a layer of everything else.

A layer whose inputs were seen before is taken from the cache; the inputs include the versions of
all packages and the contents of all files. The same inputs give the same digests.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onggi.images import accounts as accounting
from onggi.images import trim
from onggi.images.accounts import DEFAULTS, Accounts
from onggi.images.apt import Apt, Progress, Resolved
from onggi.images.config import Image, configuration
from onggi.images.errors import ImageError
from onggi.images.layer import Layer, Packing, pack
from onggi.images.layout import CONFIG, MANIFEST, Layout, digest, encode
from onggi.images.placing import Place
from onggi.images.rootfs import complete
from onggi.images.spec import File, Spec
from onggi.images.stack import Stack
from onggi.images.steps import Stage, perform, shown
from onggi.images.tree import Tree, union

FORMAT = 1  # of what is made of the same inputs: a change makes old cache entries useless
EPOCH = 315532800  # 1980: zip files know no earlier time, and Java takes 0 for "not there"
BASE_FILES = "base-files"  # names the distribution, for scanners
AWK = "mawk"  # base-files wants it for a script that does not run


@dataclass(frozen=True)
class Built:
    name: str
    digest: str  # of the manifest
    size: int  # of all blobs, in bytes
    cached: bool  # nothing had to be made


@dataclass(frozen=True)
class Builder:
    """Builds into ``layout``, whose lock it takes. ``now`` is the time as seconds."""

    layout: Layout
    apt: Apt
    progress: Progress
    now: Callable[[], float]
    epoch: int = EPOCH

    def build(self, spec: Spec, *, refresh: bool = False) -> Built:
        """Raises ImageError, whose text names key and line where one is to blame."""
        with self.layout.lock(), self.layout.scratch() as folder, ThreadPoolExecutor(1) as aside:
            return _Build(self, spec, folder, aside).image(refresh)


@dataclass
class _Build:
    """One build. ``stack`` is the image's layers so far; ``aside`` works beside us."""

    builder: Builder
    spec: Spec
    folder: Path
    aside: ThreadPoolExecutor
    made: list[str] = field(default_factory=list)  # what was not in the cache
    tools_root: Future[Path] | None = None

    def image(self, refresh: bool) -> Built:
        builder, spec = self.builder, self.spec
        self.layout, self.apt, self.say = builder.layout, builder.apt, builder.progress
        self.base = self._base()
        self.stack = Stack(self.layout, list(self.base.layers))
        if spec.packages or spec.build_packages:
            self.apt.refresh(builder.now(), force=refresh)
        with_tools = (*spec.packages, *spec.build_packages) if spec.build_packages else ()
        self.tools = self._resolve(with_tools)
        resolved = self._resolve(spec.packages)
        if resolved.unpacked:
            self.stack.push(self._packages(resolved))
        if changes := self._changes():
            self.stack.push(changes)
        return self._finish()

    def _base(self) -> Image:
        if not self.spec.base:
            return Image()
        descriptor = self.layout.manifest(self.spec.base)
        if descriptor is None:
            raise ImageError(
                f'{self.spec.at("base")}: there is no image "{self.spec.base}" here; '
                "build or import it first"
            )
        return Image.read(self.layout, descriptor)

    def _resolve(self, packages: Sequence[str]) -> Resolved:
        """With what an image without a base needs to say which distribution it is."""
        if not packages or self.spec.base:
            return self.apt.resolve(self.spec, packages)
        spec = replace(self.spec, without=(*self.spec.without, AWK))
        return self.apt.resolve(spec, (*packages, BASE_FILES))

    def _packages(self, resolved: Resolved) -> Layer:
        inputs = [
            "packages",
            resolved.unpacked,
            self.spec.drop,
            self.builder.epoch,
            bool(self.spec.base),
        ]
        return self._cached(inputs, lambda: self._unpack(resolved))

    def _unpack(self, resolved: Resolved) -> Layer:
        count = len(resolved.unpacked)
        self.say(f"fetching and unpacking {count} packages")
        self._start_tools()  # the layer above this one cannot be in the cache either
        since, root = self.builder.now(), self.folder / "root"
        self.apt.unpack(resolved, root)
        complete(root, self.apt.describe(resolved.unpacked))
        skip = trim.of_packages(self.spec.drop)
        packing = Packing(self.builder.epoch, since=since - 60, skip=skip)
        return self._pack(root, packing, f"{count} packages")

    def _start_tools(self) -> Future[Path]:
        """Unpack what only ``run`` steps need, meanwhile."""
        if self.tools_root is None:
            if self.tools.unpacked:
                self.say(
                    f"fetching and unpacking {len(self.tools.unpacked)} packages to build with"
                )
            self.tools_root = self.aside.submit(self._unpack_tools)
        return self.tools_root

    def _unpack_tools(self) -> Path:
        root = self.folder / "tools"
        if self.tools.unpacked:
            self.apt.unpack(self.tools, root)
            complete(root, {})
        else:
            root.mkdir()
        return root

    def _changes(self) -> Layer | None:
        spec = self.spec
        fresh = not spec.base and (spec.packages or spec.users)
        if not (spec.files or spec.directories or spec.links or spec.run or spec.users or fresh):
            return None
        inputs = ["changes", [layer.digest for layer in self.stack.layers], self.builder.epoch]
        return self._cached([*inputs, self.tools.unpacked, contents(spec)], self._make)

    def _make(self) -> Layer:
        upper = self.folder / "upper"
        upper.mkdir(mode=0o755)
        below = union(self.stack.trees())
        known = self._accounts(upper, below)
        Place(upper, union(self.stack.trees()), known).everything(self.spec)
        if self.spec.run:
            self._run(upper)
        packing = Packing(
            self.builder.epoch,
            skip=trim.of_changes(self.spec.drop),
            whiteout=lambda path: path in below.nodes,
        )
        return self._pack(upper, packing, "files")

    def _accounts(self, upper: Path, below: Tree) -> Accounts:
        """Those of the base or the usual ones, and the description's."""
        passwd, group = (self.stack.text(f"/etc/{name}") for name in ("passwd", "group"))
        added = [*(() if passwd else DEFAULTS), *self.spec.users]
        known = accounting.read(passwd, group)
        for account in added:
            known.add(account)
        needed = self.spec.packages or self.spec.users
        if added and needed:
            place = Place(upper, below, known)
            more = accounting.lines(added)
            place.text("/etc/passwd", passwd + more[0])
            place.text("/etc/group", group + more[1])
        return known

    def _run(self, upper: Path) -> None:
        tools = self._start_tools()
        lower = [*self.stack.unpack(self.folder / "layers"), tools.result()]
        (self.folder / "work").mkdir()
        stage = Stage(lower, upper, self.folder / "work")
        env = {**self.spec.env, "SOURCE_DATE_EPOCH": str(self.builder.epoch)}
        for index, step in enumerate(self.spec.run):
            self.say(f"run: {shown(step).splitlines()[0][:100]}")
            try:
                output = perform(stage, step, env)
            except ImageError as error:
                raise ImageError(f"{self.spec.at(f'run[{index}]')}: {error}") from error
            for line in output.splitlines():
                self.say(f"  {line}")

    def _pack(self, root: Path, packing: Packing, what: str) -> Layer:
        started = time.monotonic()
        layer = self.layout.write(lambda file: pack(root, file, packing))
        self.stack.keep_tree(layer, packing.tree)
        seconds = time.monotonic() - started
        self.say(f"packed {what}: {layer.size / 1e6:.1f} MB in {seconds:.1f} s")
        return layer

    def _cached(self, inputs: Sequence[Any], make: Callable[[], Layer]) -> Layer:
        key = hashlib.sha256(encode([FORMAT, self.apt.architecture, *inputs])).hexdigest()
        layer = self.layout.cached(key)
        if layer is None:
            layer = make()
            self.layout.remember(key, layer)
            self.made.append(str(inputs[0]))
        return layer

    def _finish(self) -> Built:
        config = self._configuration()
        stored = self.layout.put(config, CONFIG)
        layers = self.stack.layers
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": stored,
            "layers": [layer.descriptor for layer in layers],
        }
        descriptor = self.layout.put(manifest, MANIFEST)
        self.layout.tag(self.spec.name, descriptor)
        size = descriptor["size"] + stored["size"] + sum(layer.size for layer in layers)
        return Built(self.spec.name, descriptor["digest"], size, not self.made)

    def _configuration(self) -> Mapping[str, Any]:
        passwd, group = (self.stack.text(f"/etc/{name}") for name in ("passwd", "group"))
        known = accounting.read(passwd, group)
        for account in self.spec.users:
            known.add(account)
        created = datetime.fromtimestamp(self.builder.epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        layers = [layer.diff_id for layer in self.stack.layers]
        try:
            image = replace(self.base, architecture=self.apt.architecture)
            return configuration(self.spec, image, layers, created, known)
        except KeyError as error:
            raise ImageError(f"{self.spec.at('user')}: there is no user {error}") from error


def contents(spec: Spec) -> Mapping[str, Any]:
    """All that a layer of changes depends on, but for the layers below it. Files by digest."""
    return {
        "files": [_content(file) for file in spec.files],
        "directories": [(d.path, d.mode, d.owner) for d in spec.directories],
        "links": dict(spec.links),
        "users": [(u.name, u.uid, u.gid, u.home, u.shell) for u in spec.users],
        "run": [list(step) for step in spec.run],
        "env": dict(spec.env) if spec.run else {},
        "drop": list(spec.drop),
    }


def _content(file: File) -> Sequence[Any]:
    if file.source is None:
        return file.path, file.text, file.mode, file.owner
    found = sorted(file.source.rglob("*")) if file.source.is_dir() else [file.source]
    parts = [(str(p.relative_to(file.source)), *_digest(p)) for p in found if not p.is_dir()]
    return file.path, parts, file.mode, file.owner


def _digest(path: Path) -> tuple[str, bool]:
    if path.is_symlink():
        return str(path.readlink()), False
    return digest(path.read_bytes()), bool(path.stat().st_mode & 0o100)
