"""One platform for all end-to-end tests; its end is a test of its own: nothing may be left."""

import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import host
from tests.e2e.platform import CACHE, Platform, Space, bring, is_possible

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    able = is_possible()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.containers)
            item.add_marker(pytest.mark.slow)
            if not able:
                item.add_marker(pytest.mark.skip(reason="needs root, containerd, runc, nft, ip"))


def short_folder() -> Path:
    """Sockets' paths are short: pytest's own temporary folders are too deep."""
    return Path(tempfile.mkdtemp(prefix="og", dir="/tmp"))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """A running platform with the toolbox image. Removed at the end, and the host compared.

    While writing tests: ONGGI_E2E=/tmp/x uses that one, and leaves it running.
    """
    if kept := os.environ.get("ONGGI_E2E"):
        yield at_hand(Path(kept))
        return
    folder = short_folder()
    before = host.picture()
    running = Platform.at(folder / "d")
    try:
        running.up()
        bring(running, "tools", CACHE)
        yield running
    finally:
        said = running.onggi("uninstall", "--yes")
        left = host.left_over(before, running)
        shutil.rmtree(folder, ignore_errors=True)
    assert said.returncode == 0, said.stdout + said.stderr
    assert left == {}


def at_hand(data: Path) -> Platform:
    there = (data / "config.json").exists()
    platform = Platform.at(data)
    if there:
        known = platform.settings
        platform = Platform(data, known["api_port"], known["http_port"], known["https_port"])
    platform.up()
    if not there:
        bring(platform, "tools", CACHE)
    return platform


@pytest.fixture
def space(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A fresh namespace, removed afterwards without waiting for it."""
    words = re.sub(r"[^a-z0-9]+", "-", request.node.originalname.lower()).removeprefix("test-")
    name = f"{words[:50].rstrip('-')}-{secrets.token_hex(2)}"
    platform.kubectl("create", "namespace", name)
    platform.kubectl("wait", "-n", name, "--for=create", "serviceaccount/default")
    yield Space(platform, name)
    platform.kubectl("delete", "namespace", name, "--wait=false")
