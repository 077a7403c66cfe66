"""kubectl, both releases, shows and describes every kind, on a server that has one of each."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from onggi.api.kind import Kind
from onggi.kinds import BUILTIN
from tests.e2e.platform import KUBECTL, OLD_KUBECTL, Platform
from tests.kinds.samples import CONTENTS, sample

ALWAYS_THERE = {
    "namespaces",
    "apiservices.apiregistration.k8s.io",
    "nodes",
}  # or what a sample of would break
UNKNOWN_TO_THE_OLD = {"ipaddresses", "servicecidrs", "volumeattributesclasses"}  # in v1


@pytest.fixture(scope="module")
def populated() -> Iterator[tuple[Platform, list[Kind]]]:
    """A server, and the kinds of which it took a sample."""
    folder = Path(tempfile.mkdtemp(prefix="og", dir="/tmp"))
    running = Platform.at(folder / "d")
    try:
        running.up("--no-node")
        kinds = [kind for kind in CONTENTS if kind.resource not in ALWAYS_THERE]
        everything = {"apiVersion": "v1", "kind": "List", "items": [sample(k) for k in kinds]}
        done = running.try_kubectl("create", "-f", "-", "-o", "name", stdin=json.dumps(everything))
        taken = {line.split("/")[0] for line in done.stdout.split()}
        yield running, [k for k in BUILTIN if f"{k.name.lower()}.{k.group}".rstrip(".") in taken]
    finally:
        running.onggi("uninstall", "--yes")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("program", [KUBECTL, OLD_KUBECTL], ids=["1.37", "1.32"])
def test_every_kind_is_shown_and_described(
    populated: tuple[Platform, list[Kind]], program: str
) -> None:
    if not program:
        pytest.skip("no second kubectl on this machine")
    platform, kinds = populated
    assert len(kinds) > 40
    unknown = UNKNOWN_TO_THE_OLD if program == OLD_KUBECTL else set()
    names = ",".join(kind.resource for kind in kinds if kind.plural not in unknown)
    for words in (("describe", names), ("get", names, "-o", "wide")):
        done = platform.try_kubectl(*words, program=program)
        said = [line for line in done.stderr.splitlines() if "Endpoints is deprecated" not in line]
        assert (done.returncode, said) == (0, [])
        assert done.stdout
