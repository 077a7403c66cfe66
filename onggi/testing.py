"""The pytest plugin: a real Kubernetes API with its controllers, fresh for each test.

    def test_it(onggi):
        onggi.kubectl("create", "configmap", "settings", "--from-literal=a=b")

``onggi`` is made anew for each test, ``onggi_session`` once for all that ask for it. There are
no nodes: deployments get ReplicaSets and pods, pods stay Pending. State is in memory, the
server listens on a free port of 127.0.0.1, with TLS and RBAC as everywhere.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from onggi.config import Config

START_WITHIN = 30.0  # seconds


class KubectlFailed(AssertionError):
    """kubectl ended with an error; the text is what it said."""


@dataclass(frozen=True)
class Onggi:
    """A running API server: its ``url``, and the ``kubeconfig`` of a cluster administrator."""

    url: str
    kubeconfig: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment for a program that is to talk to it."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What kubectl printed; raises KubectlFailed with what it complained about."""
        done = subprocess.run(
            [kubectl(), *arguments],
            input=stdin,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise KubectlFailed(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def client(self) -> Any:
        """An ``ApiClient`` of the official Python client (package ``kubernetes``)."""
        config: Any = import_module("kubernetes.config")
        return config.new_client_from_config(str(self.kubeconfig))


def kubectl() -> str:
    beside = Path(sys.executable).with_name("kubectl")
    return str(beside) if beside.exists() else shutil.which("kubectl") or "kubectl"


@pytest.fixture
def onggi(tmp_path: Path, _onggi_keys: Path) -> Iterator[Onggi]:
    """A Kubernetes API that nobody has used yet."""
    with served(tmp_path / "onggi", _onggi_keys) as running:
        yield running


@pytest.fixture(scope="session")
def onggi_session(tmp_path_factory: pytest.TempPathFactory, _onggi_keys: Path) -> Iterator[Onggi]:
    """One Kubernetes API for the whole session: faster, and as shared as that."""
    with served(tmp_path_factory.mktemp("onggi"), _onggi_keys) as running:
        yield running


@pytest.fixture(scope="session")
def _onggi_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first server's certificates go, for the later ones to take."""
    return tmp_path_factory.mktemp("onggi-keys")


@contextmanager
def served(data: Path, keys: Path) -> Iterator[Onggi]:
    """A server in a thread of its own, so that synchronous tests can use it."""
    from onggi.config import Config

    data.mkdir(parents=True, exist_ok=True)
    (data / "pki").symlink_to(keys)
    config = Config(data=data, node=False, node_name="none", api_port=0, account_secrets=False)
    server = Server(config)
    thread = threading.Thread(target=server.run, name="onggi", daemon=True)
    thread.start()
    try:
        yield server.wait()
    finally:
        server.stop()
        thread.join(START_WITHIN)


@dataclass
class Server:
    """The thread's side of ``served``."""

    config: "Config"
    running: Onggi | None = None
    failure: BaseException | None = None
    started: threading.Event = field(default_factory=threading.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _ending: asyncio.Event | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self.failure = error
        finally:
            self.started.set()

    def wait(self) -> Onggi:
        """The server, once it is ready; raises what kept it from starting."""
        self.started.wait(START_WITHIN)
        if self.running is None:
            raise RuntimeError("the Kubernetes API did not start") from self.failure
        return self.running

    def stop(self) -> None:
        if self._loop and self._ending and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ending.set)

    async def _serve(self) -> None:
        from onggi.store.memory import MemoryStore
        from onggi.up.control_plane import api_server, write_kubeconfig
        from onggi.up.loops import Loops

        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        store = MemoryStore()
        async with api_server(self.config, store) as plane, asyncio.TaskGroup() as tasks:
            loops = Loops(plane)
            work = tasks.create_task(loops.run())
            await loops.synced.wait()
            write_kubeconfig(plane)
            self.running = Onggi(plane.url, self.config.kubeconfig)
            self.started.set()
            await self._ending.wait()
            work.cancel()
        await store.close()
