"""One server with two nodes that pretend, for every client: no root, no containers, no network."""

import re
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.programs import Helm, Kubectl
from tests.e2e.platform import KUBECTL, OLD_KUBECTL, Platform, Space

HERE = Path(__file__).parent
OTHERS = pytest.mark.filterwarnings("ignore")  # what libraries do is theirs
BESIDE = Path(sys.executable).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(OTHERS)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    folder = Path(tempfile.mkdtemp(prefix="og", dir="/tmp"))
    running = Platform.at(folder / "d")
    try:
        running.up("--no-node", "--fake-nodes", "2", "--no-account-secrets")
        yield running
    finally:
        said = running.onggi("uninstall", "--yes")
        shutil.rmtree(folder, ignore_errors=True)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.fixture
def space(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A fresh namespace, removed afterwards without waiting for it."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.lower()).removeprefix("test-")
    name = f"{words[:40].rstrip('-')}-{secrets.token_hex(2)}"
    platform.kubectl("create", "namespace", name)
    yield Space(platform, name)
    platform.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture(params=["1.37", "1.32"])
def kube(request: pytest.FixtureRequest, space: Space) -> Kubectl:
    """kubectl of this release in a namespace of the test's own."""
    program = {"1.37": KUBECTL, "1.32": OLD_KUBECTL}[request.param]
    if not program:
        pytest.skip("no second kubectl on this machine")
    return Kubectl(space, program)


@pytest.fixture(params=["helm4", "helm3"])
def helm(request: pytest.FixtureRequest, space: Space, tmp_path: Path) -> Helm:
    program = BESIDE / request.param
    if not program.exists():
        pytest.skip("no Helm here: make helm")
    return Helm(space, str(program), tmp_path)
