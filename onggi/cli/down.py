"""``onggi down``: stop the platform and everything that it runs."""

import os
import select
import signal
from contextlib import suppress
from typing import Annotated

import typer

from onggi.cli.failure import Failure
from onggi.cli.options import DATA, Data, configured, running
from onggi.config import Config
from onggi.instance import find

PATIENCE = 120  # seconds; pods get their grace period within it
LEAVE_PODS = signal.SIGUSR1


def down(
    data: Data = DATA,
    leave_pods: Annotated[
        bool, typer.Option("--leave-pods", help="Containers run on and are adopted by `up`.")
    ] = False,
) -> None:
    """Stop the platform: pods first, then containerd, Envoy and the API server."""
    config = configured(data)
    if find(config) is None:
        typer.echo(f"Nothing runs on {config.data}.")
        clean_up(config)
        return
    stop(config, LEAVE_PODS if leave_pods else signal.SIGTERM)
    if not leave_pods:
        clean_up(config)
    typer.echo("Stopped.")


def stop(config: Config, sign: signal.Signals) -> None:
    """Signal the platform and wait for its end; a Failure if it takes too long."""
    _, instance = running(config.data)
    with suppress(ProcessLookupError):
        process = os.pidfd_open(instance.pid)
        os.kill(instance.pid, sign)
        ended, _, _ = select.select([process], [], [], PATIENCE)
        os.close(process)
        if not ended:
            raise Failure(
                f"process {instance.pid} has not ended within {PATIENCE} s "
                f"(`onggi logs` shows what it waits for). To end it at once: kill -9 {instance.pid}"
            )


def clean_up(config: Config) -> None:
    """What a crash may have left: nothing where everything was stopped in order."""
    if config.node and os.geteuid() == 0 and (config.data / "config.json").exists():
        from onggi.teardown import stop_leftovers

        stop_leftovers(config)
