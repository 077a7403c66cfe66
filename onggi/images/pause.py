"""The image that every sandbox runs, without a registry: catatonit, a static init, in pause mode.

It keeps the namespaces of a pod, and reaps processes nobody else waits for. If the package
catatonit is installed on this machine, its program is taken; else the package is fetched.
"""

from dataclasses import replace
from pathlib import Path

from onggi.images.spec import NOBODY, File, Spec

NAME = "localhost/pause:1"
PROGRAM = Path("/usr/bin/catatonit")


def description(program: Path = PROGRAM) -> Spec:
    """``program`` need not exist."""
    running = Spec(name=NAME, entrypoint=("/usr/bin/catatonit", "-P"), user=f"{NOBODY}:{NOBODY}")
    if program.exists():
        return replace(running, files=(File(str(PROGRAM), source=program, mode=0o755),))
    return replace(running, packages=("catatonit",), without=("*",))
