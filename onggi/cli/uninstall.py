"""``onggi uninstall``: leave the host as it was."""

import os
import signal
from typing import Annotated

import typer

from onggi.cli.down import stop
from onggi.cli.failure import Failure
from onggi.cli.options import DATA, Data, configured
from onggi.config import Config
from onggi.instance import find


def uninstall(
    data: Data = DATA,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop it and remove every trace: processes, mounts, network, cgroups, files."""
    config = configured(data)
    if not config.data.exists():
        typer.echo(f"There is nothing in {config.data}.")
        return
    if not yes:
        confirm(config)
    if find(config) is not None:
        stop(config, signal.SIGTERM)
    remove(config)
    typer.echo("Nothing of it is left.")


def confirm(config: Config) -> None:
    typer.echo(f"This stops the platform and deletes {config.data} with the cluster's state,")
    typer.echo("all container images, volumes (emptyDir) and logs. hostPath volumes stay.")
    if not typer.confirm("Go on?"):
        raise typer.Exit(1)


def remove(config: Config) -> None:
    from onggi.teardown import NotOurs, remove_all

    if config.node and os.geteuid() != 0:
        raise Failure("this instance runs containers: uninstall it as root.")
    try:
        remove_all(config)
    except NotOurs as error:
        raise Failure(str(error)) from error
