"""A platform of the tests' own: the real program, driven as a user drives it."""

import fcntl
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(sys.executable).parent
ONGGI, KUBECTL = str(HERE / "onggi"), str(HERE / "kubectl")
OLD_KUBECTL = next(
    (p for p in ("/usr/bin/kubectl", "/usr/local/bin/kubectl") if Path(p).exists()), ""
)
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "onggi-e2e"
EXAMPLES = Path(__file__).parents[2] / "examples"
TOOLS = "localhost/tools:1"
PATIENCE = 60.0  # seconds that any command gets


class CommandFailed(AssertionError):
    """A command ended otherwise than it should; the text is all that it said."""


def run(*command: str, stdin: str = "", within: float = PATIENCE, **more: Any) -> Any:
    """The finished process, whatever its exit status; output as text."""
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, timeout=within, check=False, **more
    )


def must(done: Any) -> str:
    """What it printed; CommandFailed where it failed."""
    if done.returncode:
        words = " ".join(map(str, done.args))
        raise CommandFailed(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on: held together, so that no two are the same."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@dataclass
class Platform:
    """One instance in ``data``. Nothing runs before ``up``; ``uninstall`` ends it for good."""

    data: Path
    port: int
    http_port: int
    https_port: int

    @staticmethod
    def at(data: Path) -> "Platform":
        return Platform(data, *free_ports(3))

    def onggi(self, command: str, *arguments: str, within: float = 180) -> Any:
        return run(ONGGI, *command.split(), *arguments, "--data", str(self.data), within=within)

    def up(self, *options: str) -> str:
        """One at a time on this machine: two that start together would choose the same networks."""
        ports = (
            "--port",
            self.port,
            "--http-port",
            self.http_port,
            "--https-port",
            self.https_port,
        )
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return must(self.onggi("up", *map(str, ports), *options))

    def down(self, *options: str) -> str:
        return must(self.onggi("down", *options))

    def uninstall(self) -> str:
        return must(self.onggi("uninstall", "--yes"))

    @property
    def kubeconfig(self) -> Path:
        return self.data / "kubeconfig"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECTL_DEBUG_PROFILE": ""}

    @property
    def settings(self) -> dict[str, Any]:
        return json.loads((self.data / "config.json").read_text())

    @property
    def pid(self) -> int:
        return json.loads((self.data / "instance.json").read_text())["pid"]

    def child(self, name: str) -> int:
        """The process id of ``containerd`` or ``envoy``, from the record beside the instance."""
        record = json.loads((self.data / "instance.json").read_text())["children"][name]
        return json.loads(Path(record).read_text())["pid"]

    @property
    def node(self) -> str:
        return self.settings["node_name"]

    def kubectl(self, *arguments: str, stdin: str = "", within: float = PATIENCE) -> str:
        return must(self.try_kubectl(*arguments, stdin=stdin, within=within))

    def try_kubectl(
        self, *arguments: str, stdin: str = "", within: float = PATIENCE, program: str = KUBECTL
    ) -> Any:
        """The finished process, for what is expected to fail."""
        return run(program, *arguments, stdin=stdin, within=within, env=self.environment)

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def apply(self, *objects: Any) -> str:
        return self.kubectl("apply", "-f", "-", stdin=documents(objects))

    @contextmanager
    def running(self, *arguments: str, **more: Any) -> Iterator["subprocess.Popen[str]"]:
        """kubectl in the background; ended with the block."""
        process = subprocess.Popen(
            [KUBECTL, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **more,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def as_list(objects: Sequence[Any]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def documents(objects: Sequence[Any]) -> str:
    return "\n---\n".join(map(json.dumps, objects))


@dataclass(frozen=True)
class Space:
    """A namespace of a test's own: the platform's commands, bound to it."""

    platform: Platform
    name: str

    def kubectl(self, *arguments: str, stdin: str = "", within: float = PATIENCE) -> str:
        return self.platform.kubectl("-n", self.name, *arguments, stdin=stdin, within=within)

    def try_kubectl(self, *arguments: str, **more: Any) -> Any:
        return self.platform.try_kubectl("-n", self.name, *arguments, **more)

    def running(self, *arguments: str, **more: Any) -> Any:
        return self.platform.running("-n", self.name, *arguments, **more)

    def apply(self, *objects: Any) -> str:
        return self.kubectl("apply", "-f", "-", stdin=documents(objects))

    def get(self, *arguments: str) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def field(self, target: str, path: str) -> str:
        """One field of one object: ``field("pod/x", ".status.phase")``."""
        return self.kubectl("get", target, "-o", f"jsonpath={{{path}}}")

    def wait(self, target: str, condition: str, within: int = 60) -> str:
        """``wait("pod/x", "condition=Ready")`` or ``"jsonpath={…}=…"`` or ``"delete"``."""
        return self.kubectl(
            "wait", target, f"--for={condition}", f"--timeout={within}s", within=within + 30
        )

    def run(self, *objects: Any, within: int = 60) -> None:
        """Apply, and wait until every pod among them is ready."""
        self.apply(*objects)
        pods = [f"pod/{o['metadata']['name']}" for o in objects if o["kind"] == "Pod"]
        if pods:
            self.kubectl(
                "wait", *pods, "--for=condition=Ready", f"--timeout={within}s", within=within + 30
            )
        for thing in objects:
            if thing["kind"] == "Deployment":
                self.kubectl("rollout", "status", f"deploy/{thing['metadata']['name']}")

    def ends(self, *pods: Any, phase: str = "Succeeded") -> list[str]:
        """Apply pods, wait for their end, answer what each logged."""
        self.apply(*pods)
        names = [pod["metadata"]["name"] for pod in pods]
        for name in names:
            self.wait(f"pod/{name}", f"jsonpath={{.status.phase}}={phase}")
        return [self.kubectl("logs", name) for name in names]

    def sh(self, pod: str, script: str) -> str:
        """What a shell in the pod prints."""
        return self.kubectl("exec", pod, "--", "sh", "-c", script)

    def reasons(self, name: str) -> dict[str, str]:
        """Reason → message of the events about an object."""
        events = self.get("events", f"--field-selector=involvedObject.name={name}")["items"]
        return {event["reason"]: event.get("message", "") for event in events}


def bring(platform: Platform, example: str, cache: Path) -> None:
    """An example's image: built from packages once, then kept as an archive in ``cache``."""
    archive = cache / f"{example}-{recipe(example)}.tar"
    if archive.exists():
        must(platform.onggi("image import", str(archive)))
        return
    must(platform.onggi("image build", str(EXAMPLES / example / "image.yaml"), within=900))
    cache.mkdir(parents=True, exist_ok=True)
    fresh = archive.with_suffix(f".{os.getpid()}")
    socket = platform.data / "run" / "containerd.sock"
    image = f"localhost/{example}:1"
    must(run("ctr", "-a", str(socket), "-n", "k8s.io", "image", "export", str(fresh), image))
    for old in cache.glob(f"{example}-*.tar"):
        old.unlink()
    fresh.replace(archive)


def recipe(example: str) -> str:
    """Changes with the description, with what it takes in, and with the builder."""
    builder = Path(__file__).parents[2] / "onggi" / "images"
    files = [*builder.glob("*.py"), *(f for f in (EXAMPLES / example).glob("**/*") if f.is_file())]
    texts = [f.read_bytes() for f in sorted(files) if "manifests" not in f.parts]
    return hashlib.sha256(b"".join(texts)).hexdigest()[:12]


def is_possible() -> bool:
    programs = ("containerd", "ctr", "runc", "nft", "ip", "conntrack")
    return os.geteuid() == 0 and all(shutil.which(program) for program in programs)
