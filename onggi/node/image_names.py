"""References of images: parsed, completed and compared. Pure.

Source: ``github.com/distribution/reference`` (grammar and normalisation) and
applyDefaultImageTag in ``pkg/kubelet/images``.
"""

import re
from typing import NamedTuple

DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
HOST = rf"(?:{DOMAIN_PART}(?:\.{DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
REFERENCE = re.compile(
    rf"(?P<name>(?:(?P<host>{HOST})/)?(?P<path>{PART}(?:/{PART})*))"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
BARE_DIGEST = re.compile(r"[a-f0-9]{64}")
DEFAULT_HOST, DEFAULT_FOLDER, LONGEST = "docker.io", "library", 255


class BadImageName(ValueError):
    """The message is upstream's, after ``couldn't parse image name``."""


class ImageName(NamedTuple):
    """``host`` and ``path`` are complete; ``tag`` or ``digest`` may be empty."""

    host: str
    path: str
    tag: str
    digest: str

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.host}/{self.path}{tag}" + (f"@{self.digest}" if self.digest else "")


def parse(text: str) -> ImageName:
    """``nginx`` is ``docker.io/library/nginx``. Raises BadImageName."""
    if BARE_DIGEST.fullmatch(text):
        raise BadImageName(
            f"invalid repository name ({text}), cannot specify 64-byte hexadecimal strings"
        )
    host, path = split_host(text)
    found = REFERENCE.fullmatch(f"{host}/{path}")
    if found is None:
        if REFERENCE.fullmatch(f"{host}/{path.lower()}"):
            raise BadImageName("invalid reference format: repository name must be lowercase")
        raise BadImageName("invalid reference format")
    if len(found["name"]) > LONGEST:
        raise BadImageName(f"repository name must not be more than {LONGEST} characters")
    return ImageName(host, found["path"], found["tag"] or "", found["digest"] or "")


def split_host(text: str) -> tuple[str, str]:
    """The first part is a host if it looks like one (a dot, a port, ``localhost``)."""
    first, slash, rest = text.partition("/")
    is_host = any(c in first for c in ".:") or first == "localhost" or first != first.lower()
    if not slash or not is_host:
        host, path = DEFAULT_HOST, text
    else:
        host, path = first, rest
    if host in (DEFAULT_HOST, "index.docker.io") and "/" not in path:
        path = f"{DEFAULT_FOLDER}/{path}"
    return (DEFAULT_HOST if host == "index.docker.io" else host), path


def with_default_tag(text: str) -> str:
    """As the runtime is asked for it: ``nginx`` is ``nginx:latest``. Raises BadImageName."""
    name = parse(text)
    return text if name.tag or name.digest else f"{text}:latest"
