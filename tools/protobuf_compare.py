"""Hold our protobuf against another API server's: every listed object of every kind it serves.

    python tools/protobuf_compare.py KUBECONFIG

Each resource is asked for twice, as JSON and as protobuf. What we read from the protobuf must be
the JSON, and so must what we read back from our own encoding of the JSON. Prints the differences.
For use by hand, against a real kube-apiserver.
"""

import base64
import json
import ssl
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from onggi.api.errors import BadRequest
from onggi.apiserver.protobuf import answers, envelope

PROTOBUF = "application/vnd.kubernetes.protobuf"
ABSENT = (None, "", 0, False)


class Server:
    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.url = cluster["server"]
        self.tls = ssl.create_default_context(cadata=pem(cluster, "certificate-authority"))
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(pem(user, "client-certificate") + pem(user, "client-key"))
            file.flush()
            self.tls.load_cert_chain(file.name)

    def get(self, path: str, accept: str = "application/json") -> bytes:
        request = urllib.request.Request(self.url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, context=self.tls) as answer:
            body: bytes = answer.read()
        return body

    def lists(self) -> Iterator[str]:
        """The path of every resource that can be listed."""
        groups = json.loads(self.get("/apis"))["groups"]
        versions = [f"/apis/{v['groupVersion']}" for g in groups for v in g["versions"]]
        for version in ["/api/v1", *versions]:
            for resource in json.loads(self.get(version))["resources"]:
                if "list" in resource["verbs"]:
                    yield f"{version}/{resource['name']}"


def pem(found: dict[str, str], key: str) -> str:
    data = found.get(f"{key}-data")
    return base64.b64decode(data).decode() if data else Path(found[key]).read_text()


def plain(value: Any) -> Any:
    """Without what both forms may leave out: zeros, and what is empty."""
    if isinstance(value, dict):
        found = {key: plain(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in ABSENT and item != []}
    return [plain(item) for item in value] if isinstance(value, list) else value


def differences(path: str, wanted: Any, got: Any) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted(wanted.keys() | got.keys()):
            yield from differences(f"{path}.{key}", wanted.get(key, {}), got.get(key, {}))
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, (one, other) in enumerate(zip(wanted, got, strict=True)):
            yield from differences(f"{path}[{index}]", one, other)
    elif wanted != got:
        yield f"{path}: {wanted!r} is {got!r}"


def main(kubeconfig: str) -> None:
    server = Server(Path(kubeconfig))
    for path in server.lists():
        text = json.loads(server.get(path))
        try:
            theirs, unknown = envelope.decode(server.get(path, PROTOBUF))
        except (urllib.error.HTTPError, BadRequest) as error:
            print(f"{path}: {error}")
            continue
        written = answers.encode(text)
        for item in text["items"]:
            item.pop("apiVersion", None)
            item.pop("kind", None)
        ours = envelope.decode(written)[0] if written else {}
        found = [*unknown]
        for name, got in (("theirs", theirs), ("ours", ours)):
            for field in ("items", "kind", "apiVersion"):
                wanted = plain(text[field])
                found += differences(f"{name} {field}", wanted, plain(got.get(field, [])))
        print(f"{path}: {len(text['items'])} objects, {len(found)} differences")
        print(*(f"    {line}" for line in found[:20]), sep="\n", end="\n" if found else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
