"""Mirrors, credentials and certificates of registries, as containerd reads them at each pull.

One file for each registry: ``certs.d/HOST/hosts.toml``; ``_default`` stands for all others.
Source: ``docs/hosts.md`` of containerd. Credentials lie in the file, hence its mode.
"""

import base64
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from onggi.node.layout import Layout

HOST = re.compile(r"_default|(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]+)?")


class BadRegistry(ValueError):
    """A name or address that cannot be a registry's."""


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """``url`` is ``https://HOST[:PORT]``; ``ca`` a file; plain HTTP needs no ``insecure``."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    insecure: bool = False


@dataclass(frozen=True, kw_only=True)
class Registry:
    """Mirrors are tried in order, the registry itself last."""

    host: str
    mirrors: tuple[Mirror, ...] = ()


def hosts_toml(registry: Registry) -> str:
    """Pure. JSON spells strings and lists as TOML does."""
    lines = []
    if registry.host != "_default":
        lines.append(f"server = {json.dumps(f'https://{upstream(registry.host)}')}")
    for mirror in registry.mirrors:
        host = f"host.{json.dumps(mirror.url)}"
        lines += ["", f"[{host}]", 'capabilities = ["pull", "resolve"]']
        if mirror.ca:
            lines.append(f"ca = {json.dumps(mirror.ca)}")
        if mirror.insecure:
            lines.append("skip_verify = true")
        if mirror.username:
            lines += [f"[{host}.header]", f"authorization = [{json.dumps(basic(mirror))}]"]
    return "\n".join(lines) + "\n"


def upstream(host: str) -> str:
    return "registry-1.docker.io" if host == "docker.io" else host


def basic(mirror: Mirror) -> str:
    joined = f"{mirror.username}:{mirror.password}".encode()
    return f"Basic {base64.b64encode(joined).decode()}"


def write(layout: Layout, registry: Registry) -> Path:
    """Takes effect at the next pull. Raises BadRegistry."""
    if not HOST.fullmatch(registry.host) or ".." in registry.host:
        raise BadRegistry(f"{registry.host!r} is no registry's name")
    for mirror in registry.mirrors:
        if not re.fullmatch(r"https?://[^\s\"\\]+", mirror.url):
            raise BadRegistry(f"{mirror.url!r} is no registry's address")
    file = layout.registries / registry.host / "hosts.toml"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as out:
        out.write(hosts_toml(registry))
    fresh.replace(file)
    return file
