"""The image builder of one instance: where it keeps its things, and whom it tells."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from onggi.config import Config
from onggi.images import pause, sources
from onggi.images.apt import Apt, Progress
from onggi.images.build import EPOCH, Builder
from onggi.images.containerd import Containerd
from onggi.images.errors import ImageError
from onggi.images.layout import Layout

APT = Path("/etc/apt")
RELEASE = Path("/etc/os-release")


def quiet(text: str) -> None:
    """Progress for nobody."""


def layout(config: Config) -> Layout:
    return Layout(config.data / "images")


def containerd(config: Config) -> Containerd:
    return Containerd(config.run / "containerd.sock")


def builder(config: Config, progress: Progress = quiet) -> Builder:
    """Builds from the packages that this machine's own apt sources offer."""
    suite = codename(RELEASE.read_text())
    text = sources.chosen(source_files(), suite) or sources.default(suite)
    apt = Apt(config.data / "apt", text, suite, progress)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", EPOCH))  # https://reproducible-builds.org
    return Builder(layout(config), apt, progress, time.time, epoch)  # noqa: TID251


def ensure_pause(config: Config) -> None:
    """The image that every pod's sandbox runs: built and imported. Raises ImageError."""
    built = builder(config).build(pause.description())
    containerd(config).load(layout(config), built.name)


def source_files() -> Iterator[tuple[str, str]]:
    files = [APT / "sources.list", *sorted(APT.glob("sources.list.d/*"))]
    for file in files:
        if file.is_file() and file.suffix in (".list", ".sources"):
            yield file.name, file.read_text()


def codename(release: str) -> str:
    """``bookworm``, from the text of /etc/os-release. Raises ImageError."""
    for line in release.splitlines():
        key, _, value = line.partition("=")
        if key == "VERSION_CODENAME":
            return value.strip('"')
    raise ImageError("images are built from Debian packages, and this machine is not a Debian")
