"""kopf: a whole operator in a process of its own, with finalizers, timers, status, peers."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.test_kubectl_reads import definition
from tests.e2e.manifests import config_map, named
from tests.e2e.platform import Space

OPERATOR = Path(__file__).with_name("operator.py")
PEERS = {
    "type": "object",
    "x-kubernetes-preserve-unknown-fields": True,
}


def definitions(space: Space) -> Iterator[dict[str, object]]:
    """The pots', with room for kopf's status; and kopf's own, for peers."""
    pots = definition(f"{space.name}.example.com")
    [version] = pots["spec"]["versions"]
    version["subresources"] = {"status": {}}
    version["schema"]["openAPIV3Schema"]["properties"]["status"] = PEERS
    yield pots
    names = {"plural": "kopfpeerings", "singular": "kopfpeering", "kind": "KopfPeering"}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"status": PEERS}}}
    only = {"name": "v1", "served": True, "storage": True, "schema": schema}
    spec = {"group": "kopf.dev", "scope": "Namespaced", "names": names, "versions": [only]}
    yield named(
        "CustomResourceDefinition", "kopfpeerings.kopf.dev", "apiextensions.k8s.io/v1", spec=spec
    )


@pytest.fixture
def operator(space: Space, tmp_path: Path) -> Iterator[Path]:
    """It runs while the test does; what it says is in the file."""
    made = list(definitions(space))
    space.apply(*made)
    for crd in made:
        space.wait(f"crd/{crd['metadata']['name']}", "condition=Established", 10)
    space.apply(named("KopfPeering", "pots", "kopf.dev/v1"))
    env = {**os.environ, **space.platform.environment, "POT_GROUP": f"{space.name}.example.com"}
    words = (sys.executable, "-m", "kopf", "run", "-n", space.name, "--verbose", str(OPERATOR))
    log = tmp_path / "log"
    with log.open("w") as said:
        process = subprocess.Popen(words, env=env, stdout=said, stderr=said)
        try:
            yield log
        finally:
            process.terminate()
            process.wait(20)
    space.kubectl("delete", "crd", *(crd["metadata"]["name"] for crd in made), "--wait=false")


def test_an_operator_lives_its_life(space: Space, operator: Path) -> None:
    group = f"{space.name}.example.com"
    pots = f"pots.{group}"
    space.apply(named("Pot", "one", f"{group}/v1", spec={"size": 3}))
    space.wait("cm/one", "create", 30)
    assert space.field("cm/one", ".data.size") == "3"
    space.wait(f"{pots}/one", "jsonpath={.status.fill.size}=3", 30)
    made = space.get(f"{pots}/one")
    assert made["metadata"]["finalizers"] == [f"{group}/kopf"]
    assert space.get("cm/one")["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]
    space.kubectl("patch", pots, "one", "--type=merge", "-p", json.dumps({"spec": {"size": 5}}))
    space.wait("cm/one", "jsonpath={.data.size}=5", 30)
    space.wait(f"{pots}/one", "jsonpath={.status.ticks}", 30)
    watched = config_map("counted")
    watched["metadata"]["labels"] = {"counted": "yes"}
    space.apply(watched)
    space.wait("cm/counted", "jsonpath={.metadata.annotations.seen}=1", 30)
    assert "with" in space.reasons("one")["Filled"]
    assert len(space.get("kopfpeering/pots")["status"]) == 1
    space.kubectl("delete", pots, "one", "--timeout=30s")
    space.kubectl("get", "cm", "one-was-here")
    space.wait("cm/one", "delete", 30)
    said = operator.read_text()
    assert "Traceback" not in said, said
