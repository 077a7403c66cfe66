"""The command line: one file for each command. ``main`` is what ``onggi`` runs.

Every command turns what goes wrong into one message on standard error and exit status 1:
``Failure`` says what happened, why, and what to do.
"""

import os
import sys

from onggi.cli.failure import Failure


def main() -> None:
    """``onggi kubectl`` is handed over before anything else is read: it must cost nothing."""
    from onggi.cli import kubectl

    if len(sys.argv) > 1 and sys.argv[1] == "kubectl":
        guarded(lambda: kubectl.run(sys.argv[2:]))
    from onggi.cli.app import app

    guarded(app)


def guarded(command: object) -> None:
    assert callable(command)
    try:
        command()
    except Failure as failure:
        print(f"onggi: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
