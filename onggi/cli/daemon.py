"""The process that goes on when ``onggi up`` has returned.

The platform is loaded after the fork: what the user's command had to import stays small,
and the child tells its steps through a pipe until it is ready or has failed.
"""

import json
import logging
import os
import signal
import sys
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from typing import TextIO

from onggi.config import Config
from onggi.progress import Progress, Send, to_screen, to_stream

LOG_SIZE, LOG_GENERATIONS = 10 << 20, 2
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@dataclass(frozen=True)
class Outcome:
    """How the start went: seconds until ready, or why it failed."""

    seconds: float = 0.0
    failure: str = ""


def in_foreground(config: Config) -> int:
    """Run until a signal ends it; the exit status."""
    log_to(logging.StreamHandler(sys.stderr), logging.WARNING)
    shown = to_screen(sys.stdout)

    def send(message: dict[str, object]) -> None:
        shown(message)
        if "ready" in message:
            print(f"Ready in {message['seconds']:.2f} s: export KUBECONFIG={config.kubeconfig}")
            sys.stdout.flush()
        if "failed" in message:
            print(f"onggi: {message['failed']}", file=sys.stderr)

    return platform(config, send)


def in_background(config: Config) -> Outcome:
    """Start the platform as a process of its own; returns when it is ready or has failed."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        os._exit(detached(config, writer))
    os.close(writer)
    with os.fdopen(reader) as lines:
        return follow(lines)


def follow(lines: TextIO) -> Outcome:
    show = to_screen(sys.stdout)
    for text in lines:
        message = json.loads(text)
        show(message)
        if "ready" in message:
            return Outcome(seconds=message["seconds"])
        if "failed" in message:
            return Outcome(failure=message["failed"])
    return Outcome(failure="it ended before it was ready")


def detached(config: Config, writer: int) -> int:
    """In the child: leave the terminal, then run."""
    os.setsid()
    config.log.mkdir(exist_ok=True, mode=0o700)
    output = os.open(config.log / "onggi.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    log_to(log_file(config), logging.INFO)
    with os.fdopen(writer, "w") as pipe:
        try:
            return platform(config, to_stream(pipe))
        except BaseException:
            logging.getLogger("onggi").exception("Onggi ended")
            return 1


def log_file(config: Config) -> logging.Handler:
    return RotatingFileHandler(
        config.log / "onggi.log", maxBytes=LOG_SIZE, backupCount=LOG_GENERATIONS
    )


def log_to(handler: logging.Handler, level: int) -> None:
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.basicConfig(handlers=[handler], level=level)


def platform(config: Config, send: Send) -> int:
    """Load and run everything; the exit status. Both signals end it in order."""
    progress = Progress(send)
    with progress("loading"):
        from onggi.up.run import run

        if config.node:
            import onggi.up.with_node  # noqa: F401  (used by run; loaded here to be told of)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    return run(config, progress)
