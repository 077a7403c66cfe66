"""Credentials for a pull, out of a pod's pull secrets. Pure.

Source: ``pkg/credentialprovider`` (BasicDockerKeyring): every entry whose host and path match
is tried, the most specific first; hosts may have wildcards.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from onggi.api.objects import View
from onggi.node.image_names import DEFAULT_HOST, ImageName
from onggi.node.runtime import Auth

TYPES = {
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
    "kubernetes.io/dockercfg": ".dockercfg",
}
DOCKER_HUB = ("index.docker.io", "docker.io", "registry-1.docker.io")


class BadSecret(ValueError):
    """A pull secret that cannot be read. Names no contents."""


def candidates(secrets: Iterable[View], image: ImageName) -> list[Auth]:
    """What to try, in order; empty where nothing matches (then without credentials)."""
    found = [
        (key, entry)
        for secret in secrets
        for key, entry in entries(secret).items()
        if matches(key, image)
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)  # as upstream: longer paths come first
    return [auth(key, entry) for key, entry in found]


def entries(secret: View) -> Mapping[str, Any]:
    field = TYPES.get(secret.get("type", ""))
    if field is None or field not in (secret.get("data") or {}):
        return {}
    try:
        parsed = json.loads(base64.b64decode(secret["data"][field]))
        return parsed["auths"] if field == ".dockerconfigjson" else parsed
    except (ValueError, KeyError, TypeError) as error:
        raise BadSecret(f"{secret['metadata']['name']}: {type(error).__name__}") from error


def matches(key: str, image: ImageName) -> bool:
    """``https://*.example.com:5000/team`` for ``eu.example.com:5000/team/app``."""
    host, _, path = key.removeprefix("https://").removeprefix("http://").partition("/")
    if path in ("v1", "v1/", "v2", "v2/"):
        path = ""
    if host in DOCKER_HUB:
        host = DEFAULT_HOST
    return host_matches(host, image.host) and path_matches(path.strip("/"), image.path)


def host_matches(pattern: str, host: str) -> bool:
    """A wildcard stands for a part of one label."""
    wanted, port = split_port(pattern)
    actual, actual_port = split_port(host)
    parts, labels = wanted.split("."), actual.split(".")
    return (
        port == actual_port
        and len(parts) == len(labels)
        and all(fnmatchcase(label, part) for part, label in zip(parts, labels, strict=True))
    )


def split_port(host: str) -> tuple[str, str]:
    name, _, port = host.partition(":")
    return name, port


def path_matches(prefix: str, path: str) -> bool:
    return not prefix or path == prefix or path.startswith(f"{prefix}/")


def auth(key: str, entry: Mapping[str, Any]) -> Auth:
    username, password = entry.get("username") or "", entry.get("password") or ""
    if entry.get("auth"):
        username, password = decoded(entry["auth"])
    return Auth(
        username=username,
        password=password,
        server_address=key,
        identity_token=entry.get("identitytoken") or "",
        registry_token=entry.get("registrytoken") or "",
    )


def decoded(text: str) -> tuple[str, str]:
    try:
        username, _, password = (
            base64.b64decode(text.strip(), validate=True).decode().partition(":")
        )
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadSecret("auth is not base64 of user:password") from error
    return username, password
