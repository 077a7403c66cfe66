"""``onggi status``: what runs, at a glance.

``status_look`` gathers it, ``status_text`` makes the screen; both are imported only here, so
that no other command pays for them.
"""

from datetime import UTC, datetime

import typer

from onggi.cli.options import DATA, Data, running


def status(data: Data = DATA) -> None:
    """Show components, node, pods, addresses and memory. Exit status 1 if something is down."""
    from onggi.cli.status_look import look
    from onggi.cli.status_text import render

    seen = look(*running(data))
    typer.echo(render(seen, datetime.now(UTC)))  # noqa: TID251
    if not seen.well:
        raise typer.Exit(1)
