"""What is in an archive that somebody brings: an OCI layout or the output of ``docker save``.

Only its table of contents is read here; containerd checks every blob against its digest.
Sources: image-spec/image-layout.md, docker's image/spec/v1.2.md.
"""

import gzip
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from onggi.images.errors import ImageError
from onggi.images.layout import NAME, TAG
from onggi.images.names import NAME as FORM
from onggi.images.names import full_name

LONGEST = 4 << 20  # bytes of a table of contents
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True)
class Contents:
    """``names`` are complete; empty where the archive names nothing (``nameless`` says how many
    images there are then)."""

    names: tuple[str, ...]
    nameless: int = 0


def inspect(path: Path) -> Contents:
    """Raises ImageError for what is no archive of images."""
    try:
        with opened(path) as file, tarfile.open(fileobj=file, mode="r|") as tar:
            found = dict(_tables(tar))
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise ImageError(f"{path} is not an archive of images: {error}") from error
    except OSError as error:
        raise ImageError(f"cannot read {path}: {error.strerror}") from error
    if "index.json" in found:
        return _of_index(found["index.json"])
    if "manifest.json" in found:
        return _of_docker(found["manifest.json"])
    raise ImageError(
        f"{path} is not an archive of images: it has neither index.json (OCI) nor manifest.json "
        "(docker save)"
    )


def opened(path: Path) -> IO[bytes]:
    """The archive, decompressed where it is compressed."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(ZSTD):
        raise ImageError(f"{path} is compressed with zstd; unpack it first: zstd -d {path}")
    if head.startswith(GZIP):
        return cast(IO[bytes], gzip.open(path))
    return path.open("rb")


def _tables(tar: tarfile.TarFile) -> Iterator[tuple[str, Any]]:
    for info in tar:
        name = info.name.removeprefix("./")
        if name in ("index.json", "manifest.json") and info.isreg():
            if info.size > LONGEST:
                raise ImageError(f"its {name} is longer than {LONGEST} bytes")
            file = tar.extractfile(info)
            assert file is not None
            try:
                yield name, json.loads(file.read())
            except ValueError as error:
                raise ImageError(f"its {name} is not JSON: {error}") from error


def _of_index(index: Any) -> Contents:
    names, nameless = [], 0
    for manifest in index.get("manifests") or ():
        notes = manifest.get("annotations") or {}
        name = notes.get(NAME) or notes.get(TAG, "")
        if NAME in notes or "/" in name or ":" in name:
            names += _complete([name])
        else:
            nameless += 1
    return Contents(tuple(names), nameless)


def _of_docker(manifest: Any) -> Contents:
    tags = [tag for image in manifest for tag in image.get("RepoTags") or ()]
    nameless = sum(not image.get("RepoTags") for image in manifest)
    return Contents(tuple(_complete(tags)), nameless)


def _complete(names: list[str]) -> list[str]:
    return [full_name(name) for name in names if FORM.fullmatch(name)]
