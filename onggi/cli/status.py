"""``onggi status``: what runs, at a glance."""

from onggi.cli.options import DATA, Data, running


def status(data: Data = DATA) -> None:
    """Show components, node, pods, ports and memory."""
    running(data)
