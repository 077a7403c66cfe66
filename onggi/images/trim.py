"""What of a package's files no container needs, and what differs from build to build. Pure.

Copyright files stay, and so do the packages' records for vulnerability scanners.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

DROPPED = (
    "/usr/share/man",
    "/usr/share/info",
    "/usr/share/locale",
    "/usr/share/lintian",
    "/usr/share/bug",
    "/usr/share/doc-base",
    "/usr/share/menu",
    "/usr/share/applications",
    "/usr/share/bash-completion",
    "/usr/share/zsh",
    "/usr/share/fish",
    "/etc/apt",
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/machine-id",
    "/var/lib/apt",
    "/var/lib/dpkg/arch",
    "/var/lib/dpkg/available",
    "/var/lib/dpkg/info",
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/updates",
    "/var/lib/dpkg/triggers",
    "/var/lib/dpkg/lock",
    "/var/lib/dpkg/lock-frontend",
    "/var/cache/apt",
)
EMPTIED = tuple(
    f"/{folder}/"
    for folder in ("dev", "proc", "sys", "run", "tmp", "var/tmp", "var/log", "var/cache")
)
DOCUMENTS = "/usr/share/doc/"
TRANSIENT = ("/var/cache/ldconfig/", "/etc/.pwd.lock", "/root/.java/", "/root/.cache/")


def of_packages(drop: Sequence[str]) -> Callable[[str], bool]:
    """Is this path of the packages left out? ``drop`` has the description's own patterns."""
    dropped, own = frozenset(DROPPED), matching(drop)

    def skip(path: str) -> bool:
        return path in dropped or path.startswith(EMPTIED) or _document(path) or own(path)

    return skip


def of_changes(drop: Sequence[str]) -> Callable[[str], bool]:
    """The same for what the description puts in, and its steps leave behind."""
    own = matching(drop)
    return lambda path: path.startswith(TRANSIENT) or own(path)


def matching(patterns: Sequence[str]) -> Callable[[str], bool]:
    """A folder that matches goes with all it holds; ``*`` matches slashes too."""
    whole = tuple(pattern.rstrip("/") for pattern in patterns)
    return lambda path: any(fnmatchcase(path, pattern) for pattern in whole)


def _document(path: str) -> bool:
    """Under /usr/share/doc only PACKAGE/copyright stays."""
    if not path.startswith(DOCUMENTS):
        return False
    _, slash, rest = path.removeprefix(DOCUMENTS).partition("/")
    return bool(slash) and rest != "copyright"
