from onggi.cli.options import DATA, Data, running


def uninstall(data: Data = DATA) -> None:
    """Remove every trace."""
    running(data)
