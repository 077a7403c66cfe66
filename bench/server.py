"""A running server, for the benchmarks beside this file: a plain client, and what it costs.

CPU is what the kernel counted for the process's threads, so that other work on the machine
lengthens answers but hardly changes it.
"""

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

MIB = 1 << 20
MERGE = "application/merge-patch+json"


class Server:
    """``onggi up`` on a data directory. Asked by one connection, one request after the other; as
    the administrator, or as whoever ``token`` belongs to."""

    def __init__(self, data: Path, token: str = "") -> None:
        self.data, self.token = data, token
        self.pid = int(json.loads((data / "instance.json").read_text())["pid"])
        config = yaml.safe_load((data / "kubeconfig").read_text())
        self.host = config["clusters"][0]["cluster"]["server"].split("//")[1]
        trust = base64.b64decode(config["clusters"][0]["cluster"]["certificate-authority-data"])
        self.tls = ssl.create_default_context(cadata=trust.decode())
        if not token:
            user = config["users"][0]["user"]
            self._certificate(user["client-certificate-data"], user["client-key-data"])
        self.connection = self.connect()

    def _certificate(self, certificate: str, key: str) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(base64.b64decode(certificate) + base64.b64decode(key))
            file.flush()
            self.tls.load_cert_chain(file.name)

    def connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, context=self.tls)

    def headers(self, kind: str = "application/json") -> dict[str, str]:
        found = {"Content-Type": kind, "Accept": "application/json", "User-Agent": "bench/1"}
        return {**found, "Authorization": f"Bearer {self.token}"} if self.token else found

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> bytes:
        """Raises RuntimeError for a refusal; what exists already is left as it is."""
        sent = None if body is None else json.dumps(body)
        kind = MERGE if method == "PATCH" else "application/json"
        self.connection.request(method, path, sent, self.headers(kind))
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 400 and (method, answer.status) != ("POST", 409):
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return text

    def cpu(self) -> float:
        """Microseconds so far, of all threads."""
        spent = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            spent += int((thread / "schedstat").read_text().split()[0])
        return spent / 1000

    def memory(self) -> int:
        """Resident bytes."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024
