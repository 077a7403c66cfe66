"""``onggi version``, and the entry that lets ``onggi --help`` name ``kubectl``."""

import sys
from typing import Annotated

import typer

from onggi import __version__
from onggi.cli import kubectl as handed_over


def version() -> None:
    """Show the versions of Onggi and of the Kubernetes API that it serves."""
    from onggi.apiserver.config import ApiConfig

    python = sys.version.split()[0]
    typer.echo(f"onggi {__version__}, Kubernetes API {ApiConfig.version}, Python {python}")


def kubectl(arguments: Annotated[list[str] | None, typer.Argument()] = None) -> None:
    """Run kubectl against this instance: onggi kubectl [--data DIR] get pods -A."""
    handed_over.run(arguments or [])
