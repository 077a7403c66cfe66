"""``onggi logs COMPONENT``: what a part of the platform wrote (for pods: ``kubectl logs``)."""

import shutil
import subprocess
from typing import Annotated

import typer

from onggi.cli.failure import Failure
from onggi.cli.options import DATA, Data, configured


def logs(
    component: Annotated[str, typer.Argument(help="onggi, containerd or envoy.")] = "onggi",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as it grows.")] = False,
    lines: Annotated[int, typer.Option("--tail", "-n", min=0, help="From this many on.")] = 100,
    data: Data = DATA,
) -> None:
    """Show the log of a component of the platform."""
    config = configured(data)
    known = sorted(path.stem for path in config.log.glob("*.log"))
    if component not in known:
        there = f"there are: {', '.join(known)}" if known else f"{config.log} holds none yet"
        raise Failure(f"no log of {component!r}; {there}.")
    tail = shutil.which("tail") or "tail"
    path = str(config.log / f"{component}.log")
    subprocess.run([tail, "-n", str(lines), *(["-F"] if follow else []), path], check=False)
