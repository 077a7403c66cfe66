"""Images on disk: an OCI image layout, and beside it what has been built already from what.

Blobs are named by their digest and never change. ``cache/KEY.json`` says which layer the inputs
that KEY is the digest of have given.
Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
"""

import fcntl
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Any

from onggi.images.layer import Layer

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
NAME = "io.containerd.image.name"
TAG = "org.opencontainers.image.ref.name"
LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'

Json = dict[str, Any]


def encode(value: Any) -> bytes:
    """The one way we write JSON, so that equal things have equal digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass(frozen=True)
class Layout:
    """Images in a folder. Whoever writes holds ``lock()``."""

    folder: Path

    def blob(self, digest: str) -> Path:
        algorithm, _, hexadecimal = digest.partition(":")
        if algorithm != "sha256" or not hexadecimal.isalnum():
            raise ValueError(f"{digest} is not a digest")
        return self.folder / "blobs" / "sha256" / hexadecimal

    def read(self, digest: str) -> Json:
        value: Json = json.loads(self.blob(digest).read_bytes())
        return value

    def put(self, value: Any, media: str) -> Json:
        """Keep a JSON document; returns its descriptor."""
        data = encode(value)
        path = self.blob(digest(data))
        if not path.exists():
            self._replace(path, data)
        return {"mediaType": media, "digest": digest(data), "size": len(data)}

    def write(self, fill: Callable[[IO[bytes]], Layer]) -> Layer:
        """Keep the layer that ``fill`` writes."""
        folder = self.blob("sha256:0").parent
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            try:
                layer = fill(file)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o644)
                os.replace(file.name, self.blob(layer.digest))
            except BaseException:
                os.unlink(file.name)
                raise
        return layer

    def manifest(self, name: str) -> Json | None:
        """The descriptor of an image's manifest."""
        return next((m for m in self._index() if m["annotations"][NAME] == name), None)

    def tag(self, name: str, descriptor: Json) -> Json:
        """Give the manifest this name; returns the descriptor that carries it."""
        named = {**descriptor, "annotations": {NAME: name, TAG: name.rpartition(":")[2]}}
        others = [m for m in self._index() if m["annotations"][NAME] != name]
        listed = sorted([*others, named], key=lambda m: str(m["annotations"][NAME]))
        self._save(listed)
        return named

    @property
    def names(self) -> Sequence[str]:
        return [m["annotations"][NAME] for m in self._index()]

    def cached(self, key: str) -> Layer | None:
        try:
            layer = Layer(**json.loads((self.folder / "cache" / f"{key}.json").read_bytes()))
        except FileNotFoundError:
            return None
        return layer if self.blob(layer.digest).exists() else None

    def remember(self, key: str, layer: Layer) -> None:
        self._replace(self.folder / "cache" / f"{key}.json", encode(asdict(layer)))

    def export(self, name: str, target: IO[bytes]) -> None:
        """Write one image as an OCI archive. Raises KeyError for a name that is not there."""
        descriptor = self.manifest(name)
        if descriptor is None:
            raise KeyError(name)
        manifest = self.read(descriptor["digest"])
        with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, "oci-layout", LAYOUT)
            _add(tar, "index.json", encode(_index([descriptor])))
            parts = (descriptor, manifest["config"], *manifest["layers"])
            for part in {p["digest"]: p for p in parts}.values():
                info = tarfile.TarInfo(f"blobs/sha256/{part['digest'].partition(':')[2]}")
                info.size = part["size"]
                with self.blob(part["digest"]).open("rb") as file:
                    tar.addfile(info, file)

    def prune(self, names: Collection[str] | None = None) -> int:
        """Remove what no image needs, what the cache says about it, and unfinished work.

        Of images, only ``names`` stay, or all. Returns the bytes freed.
        """
        with self.lock():
            if names is not None:
                self._save([m for m in self._index() if m["annotations"][NAME] in names])
            freed = self._sweep(set(self._needed()))
            for path in sorted((self.folder / "cache").glob("*.json")):
                if self.cached(path.stem) is None:
                    path.unlink()
            shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        return freed

    def _sweep(self, needed: Collection[str]) -> int:
        """Blobs that nobody needs, drafts of blobs, and the trees of layers."""
        freed = 0
        for path in [*self.folder.glob("blobs/sha256/*"), *self.folder.glob("trees/*")]:
            if f"sha256:{path.stem}" not in needed:
                freed += path.stat().st_size
                path.unlink()
        return freed

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time; another one waits."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for work in progress, on the same filesystem, for who holds the lock.

        What a killed build has left is removed.
        """
        folder = self.folder / "tmp"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        with TemporaryDirectory(dir=folder) as name:
            yield Path(name)

    def _needed(self) -> Iterator[str]:
        for descriptor in self._index():
            manifest = self.read(descriptor["digest"])
            yield descriptor["digest"]
            yield manifest["config"]["digest"]
            yield from (layer["digest"] for layer in manifest["layers"])

    def _index(self) -> Sequence[Json]:
        try:
            found: Sequence[Json] = json.loads((self.folder / "index.json").read_bytes())[
                "manifests"
            ]
        except FileNotFoundError:
            return ()
        return found

    def _save(self, manifests: Iterable[Json]) -> None:
        self._replace(self.folder / "oci-layout", LAYOUT)
        self._replace(self.folder / "index.json", encode(_index(manifests)))

    def _replace(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}")
        draft.write_bytes(data)
        draft.replace(path)


def _index(manifests: Iterable[Mapping[str, Any]]) -> Json:
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests)}


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, BytesIO(data))
