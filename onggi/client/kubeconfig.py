"""Kubeconfigs: the one that Onggi writes, and how to reach the server of any other.

Understood: certificates and keys inline or in files, tokens inline or in files,
``insecure-skip-tls-verify``, ``tls-server-name``, a context's namespace. Refused with a sentence:
exec plugins, auth providers, passwords, proxies, impersonation.
https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

import ssl
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onggi.api.objects import Object
from onggi.client.private_file import write

REFUSED = {
    "user": ("exec", "auth-provider", "username", "password", "as", "as-groups"),
    "cluster": ("proxy-url",),
}


class KubeconfigError(Exception):
    """The file cannot be used; the text says which file, what is wrong and what would do."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A server's URL without a slash at its end, and what a client presents to it. PEM texts."""

    server: str
    trust: str = ""  # empty: the system's authorities
    certificate: str = ""
    key: str = ""
    token: str = ""
    insecure: bool = False
    server_name: str = ""  # that the certificate must have, where it is not the URL's
    namespace: str = "default"

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def tls(self) -> ssl.SSLContext | None:
        """None for a server without TLS."""
        if not self.server.startswith("https://"):
            return None
        context = ssl.create_default_context(cadata=self.trust or None)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:  # ssl reads files only
                file.write(f"{self.certificate}\n{self.key}\n")
                file.flush()
                context.load_cert_chain(file.name)
        return context


def document(endpoint: Endpoint, name: str = "onggi", user: str = "") -> Object:
    """The kubeconfig of one cluster and one user, everything inline."""
    user = user or f"{name}-admin"
    cluster = {"server": endpoint.server, "certificate-authority-data": _coded(endpoint.trust)}
    credentials = {
        "client-certificate-data": _coded(endpoint.certificate),
        "client-key-data": _coded(endpoint.key),
        "token": endpoint.token,
    }
    context = {"cluster": name, "user": user}
    if endpoint.namespace != "default":
        context["namespace"] = endpoint.namespace
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _given(cluster)}],
        "users": [{"name": user, "user": _given(credentials)}],
        "contexts": [{"name": name, "context": context}],
        "current-context": name,
    }


def save(path: Path, config: Object) -> None:
    """Written 0600, in one step; nothing if it is there already as it should be."""
    import yaml

    text = yaml.safe_dump(config, sort_keys=False)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text or path.stat().st_mode & 0o077:
        write(path, text)


def load(path: Path, context: str = "") -> Endpoint:
    """The endpoint of a context, or of the current one. Raises KubeconfigError."""
    import yaml

    try:
        config = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise KubeconfigError(f"cannot read the kubeconfig {path}: {error}") from error
    if not isinstance(config, dict):
        raise KubeconfigError(f"{path} is not a kubeconfig: it has no clusters and users")
    return _Reader(path, config).endpoint(context)


@dataclass(frozen=True)
class _Reader:
    path: Path
    config: Mapping[str, Any]

    def endpoint(self, name: str) -> Endpoint:
        name = name or self.config.get("current-context") or ""
        if not name:
            raise KubeconfigError(f"{self.path} has no current-context; name a context")
        context = self.entry("context", name)
        cluster = self.entry("cluster", context.get("cluster") or "")
        user = self.entry("user", context["user"]) if context.get("user") else {}
        if not cluster.get("server"):
            raise KubeconfigError(f"{self.path}: cluster {context.get('cluster')} has no server")
        return Endpoint(
            server=str(cluster["server"]).rstrip("/"),
            trust=self.pem(cluster, "certificate-authority"),
            certificate=self.pem(user, "client-certificate"),
            key=self.pem(user, "client-key"),
            token=user.get("token") or self.text(user.get("tokenFile")),
            insecure=bool(cluster.get("insecure-skip-tls-verify")),
            server_name=cluster.get("tls-server-name") or "",
            namespace=context.get("namespace") or "default",
        )

    def entry(self, kind: str, name: str) -> Mapping[str, Any]:
        entries: Sequence[Any] = self.config.get(f"{kind}s") or ()
        found = next((e.get(kind) or {} for e in entries if e.get("name") == name), None)
        if found is None:
            raise KubeconfigError(f'{self.path} has no {kind} named "{name}"')
        for field in REFUSED.get(kind, ()):
            if found.get(field):
                raise KubeconfigError(
                    f'{self.path}: "{field}" of the {kind} "{name}" is not supported; '
                    "use a client certificate or a token"
                )
        return found

    def pem(self, entry: Mapping[str, Any], field: str) -> str:
        inline = entry.get(f"{field}-data")
        if not inline:
            return self.text(entry.get(field))
        try:
            return b64decode(inline, validate=True).decode()
        except ValueError as error:
            raise KubeconfigError(f"{self.path}: {field}-data is not base64: {error}") from error

    def text(self, file: str | None) -> str:
        try:
            return (self.path.parent / file).read_text().strip() if file else ""
        except OSError as error:
            raise KubeconfigError(f"{self.path} refers to {file}: {error.strerror}") from error


def _coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _given(entry: Mapping[str, Any]) -> Object:
    return {key: value for key, value in entry.items() if value}
