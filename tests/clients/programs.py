"""kubectl and helm as tests call them: a line of words, and what was printed."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.platform import Space, as_list, must, run


@dataclass(frozen=True)
class Kubectl:
    """``kube("get pods", …)``: each word of the first argument is one of kubectl's."""

    space: Space
    program: str

    def __call__(self, line: str, *more: str, stdin: str = "", **env: str) -> str:
        return must(self.tried(line, *more, stdin=stdin, **env))

    def tried(self, line: str, *more: str, stdin: str = "", **env: str) -> Any:
        """The finished process, for what may fail."""
        words = ("-n", self.space.name, *shlex.split(line), *more)
        everything = {**self.space.platform.environment, **env}
        return run(self.program, *words, stdin=stdin, env=everything)

    def quietly(self, line: str, *more: str, stdin: str = "") -> str:
        """As ``__call__``, where there is nothing to complain about either."""
        done = self.tried(line, *more, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, ""), (line, more, done.stderr)
        return done.stdout

    @contextmanager
    def running(self, line: str) -> Iterator["subprocess.Popen[str]"]:
        """kubectl in the background; ended with the block."""
        process = subprocess.Popen(
            [self.program, "-n", self.space.name, *shlex.split(line)],
            env=self.space.platform.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def apply(self, *objects: Any, how: str = "") -> str:
        return self(f"apply -f - {how}", stdin=as_list(objects))


@dataclass(frozen=True)
class Helm:
    """``helm("install r", chart)``, with no settings but its own."""

    space: Space
    program: str
    home: Path

    @property
    def is_old(self) -> bool:
        return self.program.endswith("3")

    def __call__(self, line: str, *more: str) -> str:
        return must(self.tried(line, *more))

    def tried(self, line: str, *more: str) -> Any:
        folders = {f"HELM_{x}_HOME": str(self.home / x) for x in ("CACHE", "CONFIG", "DATA")}
        env = {**os.environ, **self.space.platform.environment, **folders}
        return run(self.program, "-n", self.space.name, *shlex.split(line), *more, env=env)
