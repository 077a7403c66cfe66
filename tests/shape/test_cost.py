"""What the platform must not pay for at rest: libraries that only some pods or Secrets need."""

import json
import subprocess
import sys

HEAVY = ("aiohttp", "cryptography", "jwt", "jsonpatch", "rich")
IMPORTS = "import json, sys, onggi.up.run, onggi.up.with_node; print(json.dumps(list(sys.modules)))"


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, check=True)
    assert set(json.loads(done.stdout)) & set(HEAVY) == set()
