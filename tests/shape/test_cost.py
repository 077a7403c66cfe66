"""What the platform must not pay for at rest: libraries that only some pods, Secrets, policies
or bodies need, and those that only a node needs where there is none."""

import json
import subprocess
import sys

import pytest

HEAVY = ("aiohttp", "cryptography", "jwt", "jsonpatch", "rich", "onggi.api.cel")
OF_NODES = ("grpc", "google.protobuf", "dns", "psutil", "re2", "yaml")
MODULES = "import json, sys, {}; print(json.dumps(list(sys.modules)))"


@pytest.mark.parametrize(
    ("start", "absent"),
    [("onggi.up.run", HEAVY + OF_NODES), ("onggi.up.run, onggi.up.with_node", HEAVY)],
    ids=["without a node", "with one"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(start, absent) -> None:
    command = [sys.executable, "-c", MODULES.format(start)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert set(json.loads(done.stdout)) & set(absent) == set()
