"""Options that several commands share, and what they stand for."""

from pathlib import Path
from typing import Annotated

import typer

from onggi.cli.failure import Failure
from onggi.config import HOME, BadSetting, Config, load
from onggi.instance import Instance, find

Data = Annotated[
    Path,
    typer.Option("--data", envvar="ONGGI_DATA", readable=False, help="The instance's directory."),
]
DATA = HOME


def configured(data: Path) -> Config:
    """The settings of the instance in ``data``; a Failure where they cannot be read."""
    try:
        return load(data)
    except BadSetting as error:
        raise Failure(str(error)) from error
    except PermissionError as error:
        raise Failure(foreign(data)) from error


def running(data: Path) -> tuple[Config, Instance]:
    """The instance that runs on ``data``; a Failure where none does."""
    config = configured(data)
    try:
        instance = find(config)
    except PermissionError as error:
        raise Failure(foreign(config.data)) from error
    if instance is None:
        raise Failure(f"no Onggi runs on {config.data}: start one with `onggi up`.")
    return config, instance


def foreign(data: Path) -> str:
    return (
        f"{data} belongs to another user: run as that user, or choose a directory of your own "
        "(--data DIR; up --no-node needs no root)."
    )
