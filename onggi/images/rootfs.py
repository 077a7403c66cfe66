"""What unpacked packages lack, since none of their scripts has run: folders, records, CAs."""

import os
from collections.abc import Mapping
from pathlib import Path

SKELETON = {
    "dev": 0o755,
    "etc": 0o755,
    "home": 0o755,
    "proc": 0o555,
    "root": 0o700,
    "run": 0o755,
    "run/lock": 0o1777,
    "sys": 0o555,
    "tmp": 0o1777,
    "usr": 0o755,
    "var": 0o755,
    "var/cache": 0o755,
    "var/log": 0o755,
    "var/tmp": 0o1777,
}
LINKS = {"var/run": "/run", "var/lock": "/run/lock"}
NSSWITCH = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"
AUTHORITIES = "usr/share/ca-certificates"


def complete(root: Path, packages: Mapping[str, str]) -> None:
    """``packages`` has dpkg's record of each, by name."""
    skeleton(root)
    records(root, packages)
    authorities(root)


def skeleton(root: Path) -> None:
    """The folders that programs expect."""
    for path, mode in SKELETON.items():
        (root / path).mkdir(exist_ok=True)
        (root / path).chmod(mode)
    for path, target in LINKS.items():
        if not os.path.lexists(root / path):
            (root / path).symlink_to(target)
    (root / "etc/nsswitch.conf").write_text(NSSWITCH)


def records(root: Path, packages: Mapping[str, str]) -> None:
    """Where scanners look for the packages of an image without dpkg (distroless's way)."""
    folder = root / "var/lib/dpkg/status.d"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in packages.items():
        (folder / name).write_text(text)


def authorities(root: Path) -> None:
    """What ca-certificates' script would write: all certificate authorities in one file."""
    found = sorted((root / AUTHORITIES).rglob("*.crt"))
    target = root / "etc/ssl/certs/ca-certificates.crt"
    if found and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(p.read_text().rstrip("\n") + "\n" for p in found))
