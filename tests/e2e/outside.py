"""Another machine, as far as the network can tell: a namespace of its own behind a veth pair.

Its addresses are of RFC 2544's block for benchmarks, so that they can be nobody's.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.platform import must, run


class Outside:
    """``host`` is the host's address on the wire, ``address`` the other machine's."""

    host, address = "198.19.255.1", "198.19.255.2"

    def __init__(self) -> None:
        self.name = f"oge2e{os.getpid()}"
        self._link = f"oge{os.getpid()}"

    def __enter__(self) -> "Outside":
        far = f"{self._link}f"
        for words in (
            f"netns add {self.name}",
            f"link add {self._link} type veth peer name {far} netns {self.name}",
            f"address add {self.host}/30 dev {self._link}",
            f"link set {self._link} up",
            f"-n {self.name} address add {self.address}/30 dev {far}",
            f"-n {self.name} link set {far} up",
            f"-n {self.name} link set lo up",
            f"-n {self.name} route add default via {self.host}",
        ):
            must(run("ip", *words.split()))
        return self

    def __exit__(self, *_: object) -> None:
        run("ip", "link", "delete", self._link)
        run("ip", "netns", "delete", self.name)

    def command(self, *words: str) -> list[str]:
        return ["ip", "netns", "exec", self.name, *words]

    def curl(self, *words: str) -> str:
        return must(run(*self.command("curl", "-s", "-m", "5", *words)))

    @contextmanager
    def serving(self, port: int) -> Iterator[None]:
        """A web server on the other machine."""
        process = subprocess.Popen(
            self.command("python3", "-u", "-m", "http.server", str(port), "-d", "/proc/self"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert process.stdout
            process.stdout.readline()
            yield
        finally:
            process.kill()
            process.communicate()
