"""Names of images, completed as docker and containerd complete them. Pure.

Source: ``github.com/distribution/reference``.
"""

import re

LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
HOST = rf"(?:{LABEL}(?:\.{LABEL})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
NAME = re.compile(rf"(?:{HOST}/)?{PART}(?:/{PART})*(?::{TAG})?")
DEFAULT_HOST = "docker.io"


def full_name(name: str) -> str:
    """``nginx`` → ``docker.io/library/nginx:latest``; ``localhost/app:1`` is whole already."""
    first, slash, rest = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        name = f"{DEFAULT_HOST}/{name}" if slash else f"{DEFAULT_HOST}/library/{name}"
        rest = name.partition("/")[2]
    return name if ":" in rest else f"{name}:latest"
