"""A container runtime in memory: for tests, and for a thousand hollow nodes in one process.

It passes ``tests/suites/runtime.py`` as containerd does. What a container does is a
``Program``, found for its configuration by a function; time is the event loop's (virtual under
looptime). It does no I/O at all.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from onggi.node.configs import ContainerConfig, Namespace, Resources, SandboxConfig
from onggi.node.runtime import (
    Auth,
    CallTimeout,
    Container,
    ContainerState,
    ExecResult,
    Exited,
    Image,
    NoSuchThing,
    Relist,
    RuntimeEvent,
    RuntimeFailure,
    RuntimeStatus,
    Sandbox,
    SandboxState,
    Started,
    Stats,
    Streams,
)

UID_LABEL = "io.kubernetes.pod.uid"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
KILLED = 137


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a container does. Without ``exits_after`` (seconds) it runs until it is stopped.

    ``on_term`` is the exit code after SIGTERM; None ignores the signal, as most programs do
    that run as process 1 of a container. ``refuses`` fails the start.
    """

    exits_after: float | None = None
    exit_code: int = 0
    on_term: int | None = None
    refuses: str = ""
    execs: Mapping[tuple[str, ...], ExecResult] = field(default_factory=dict)


SLEEP = re.compile(r"sleep (\d+)")
EXIT = re.compile(r"exit (\d+)")
TRAP = re.compile(r"trap 'exit (\d+)' TERM;")


def read_program(config: ContainerConfig) -> Program:
    """Understands ``sleep N``, ``true``, ``false`` and a few shell lines made of them."""
    text = " ".join((*config.command, *config.args)).removeprefix("sh -c ")
    if text.startswith("/no/such"):
        return Program(refuses=f'exec: "{text}": stat {text}: no such file or directory: unknown')
    slept, ended, trap = SLEEP.search(text), EXIT.search(TRAP.sub("", text)), TRAP.search(text)
    code = int(ended[1]) if ended else int(text == "false")
    ends = slept or ended or text in ("true", "false")
    return Program(
        exits_after=(float(slept[1]) if slept else 0.0) if ends else None,
        exit_code=code,
        on_term=int(trap[1]) if trap else None,
    )


def read_exec(command: Sequence[str]) -> ExecResult:
    """What a command run inside answers, where the program has no word on it."""
    text = " ".join(command).removeprefix("sh -c ")
    if text.startswith("echo "):
        return ExecResult(exit_code=0, stdout=text.removeprefix("echo ").encode() + b"\n")
    ended = EXIT.search(text)
    return ExecResult(exit_code=int(ended[1]) if ended else int(text == "false"))


@dataclass
class Running:
    """One container: its present state, what it does, and who waits for its end."""

    container: Container
    program: Program
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    alarm: asyncio.TimerHandle | None = None


@dataclass(frozen=True, kw_only=True)
class Speed:
    """Seconds that things take."""

    sandbox: float = 0.0
    create: float = 0.0
    start: float = 0.0
    pull: float = 0.0


class FakeRuntime:
    """``ContainerRuntime`` in memory. Tests reach into it by the methods at its end."""

    def __init__(
        self,
        images: Iterable[str] = (),
        programs: Callable[[ContainerConfig], Program] = read_program,
        speed: Speed = Speed(),
        addresses: Iterator[str] | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.calls: list[tuple[str, str]] = []  # (method, name or id), for assertions
        self.registry: set[str] = set()  # what can be pulled
        self.log: bool = True  # keep ``calls``
        self._images = {name: fake_image(name) for name in images}
        self._programs = programs
        self._speed = speed
        self._clock = clock
        self._sandboxes: dict[str, Sandbox] = {}
        self._containers: dict[str, Running] = {}
        self._of_pod: dict[str, set[str]] = defaultdict(set)  # pod uid → sandbox, container ids
        self._listeners: set[asyncio.Queue[RuntimeEvent]] = set()
        self._failures: dict[str, list[RuntimeFailure]] = defaultdict(list)
        self._ids = count(1)
        self._addresses = addresses or (f"10.88.{n // 250}.{n % 250 + 1}" for n in count(2))

    async def status(self) -> RuntimeStatus:
        return RuntimeStatus(name="fake", version="1")

    # Sandboxes

    async def run_sandbox(self, config: SandboxConfig, runtime_handler: str = "") -> str:
        await self._call("run_sandbox", config.name, self._speed.sandbox)
        for id in self._of_pod.get(config.labels.get(UID_LABEL, ""), ()):
            other = self._sandboxes.get(id)
            if other and (other.uid, other.attempt) == (config.uid, config.attempt):
                raise RuntimeFailure(
                    f'failed to reserve sandbox name "{config.name}_{config.namespace}_{config.uid}'
                    f'_{config.attempt}": name is reserved for "{other.id}"'
                )
        address = next(self._addresses)
        host = config.security.namespaces.network is Namespace.NODE
        made = Sandbox(
            id=self._id(),
            name=config.name,
            namespace=config.namespace,
            uid=config.uid,
            attempt=config.attempt,
            state=SandboxState.READY,
            created_at=self.now(),
            ips=() if host else (address,),
            host_network=host,
            labels=config.labels,
            annotations=config.annotations,
        )
        self._sandboxes[made.id] = made
        self._of_pod[config.labels.get(UID_LABEL, "")].add(made.id)
        self._tell(Started(made.id))
        return made.id

    async def stop_sandbox(self, sandbox_id: str) -> None:
        await self._call("stop_sandbox", sandbox_id)
        for each in self._inside(sandbox_id):
            self._end(each, KILLED)
        self._unready(sandbox_id)

    async def remove_sandbox(self, sandbox_id: str) -> None:
        await self.stop_sandbox(sandbox_id)
        for each in self._inside(sandbox_id):
            await self.remove_container(each.container.id)
        if gone := self._sandboxes.pop(sandbox_id, None):
            self._forget(gone.labels, sandbox_id)

    async def sandbox_status(self, sandbox_id: str) -> Sandbox:
        await self._call("sandbox_status", sandbox_id)
        if found := self._sandboxes.get(sandbox_id):
            return found
        raise NoSuchThing(f'an error occurred when try to find sandbox "{sandbox_id}": not found')

    async def sandboxes(self, *, uid: str = "") -> Sequence[Sandbox]:
        await self._call("sandboxes", uid)
        ids = self._of_pod.get(uid, ()) if uid else self._sandboxes
        return [replace(self._sandboxes[i], ips=()) for i in ids if i in self._sandboxes]

    # Containers

    async def create_container(
        self, sandbox_id: str, config: ContainerConfig, sandbox: SandboxConfig
    ) -> str:
        await self._call("create_container", config.name, self._speed.create)
        if sandbox_id not in self._sandboxes:
            raise NoSuchThing(f'failed to find sandbox id "{sandbox_id}": not found')
        image = await self.image(config.image)
        if image is None:
            raise NoSuchThing(f'failed to resolve image "{config.image}": not found')
        for each in self._inside(sandbox_id):
            if (each.container.name, each.container.attempt) == (config.name, config.attempt):
                raise RuntimeFailure(f'name "{config.name}" is reserved for "{each.container.id}"')
        made = Container(
            id=self._id(),
            sandbox_id=sandbox_id,
            name=config.name,
            attempt=config.attempt,
            image=config.image,
            image_ref=image.id,
            state=ContainerState.CREATED,
            created_at=self.now(),
            labels=config.labels,
            annotations=config.annotations,
            log_path=f"{sandbox.log_directory}/{config.log_path}",
            mounts=config.mounts,
            resources=config.resources,
        )
        self._containers[made.id] = Running(made, self._programs(config))
        self._of_pod[config.labels.get(UID_LABEL, "")].add(made.id)
        return made.id

    async def start_container(self, container_id: str) -> None:
        await self._call("start_container", container_id, self._speed.start)
        each = self._find(container_id)
        if each.container.state is not ContainerState.CREATED:
            raise RuntimeFailure(f"container is in {each.container.state} state")
        if each.program.refuses:
            self._set(each, state=ContainerState.EXITED, exit_code=128, reason="StartError")
            self._set(each, message=each.program.refuses, finished_at=self.now())
            raise RuntimeFailure(
                f"failed to create containerd task: failed to create shim task: "
                f"OCI runtime create failed: runc create failed: "
                f"unable to start container process: {each.program.refuses}"
            )
        self._set(each, state=ContainerState.RUNNING, started_at=self.now())
        self._tell(Started(container_id))
        if each.program.exits_after is not None:
            each.alarm = asyncio.get_running_loop().call_later(
                each.program.exits_after, self._end, each, each.program.exit_code
            )

    async def stop_container(self, container_id: str, timeout: float) -> None:
        await self._call("stop_container", container_id)
        each = self._containers.get(container_id)
        if each is None or each.container.state is not ContainerState.RUNNING:
            return
        if each.program.on_term is not None and timeout > 0:
            self._end(each, each.program.on_term)
            return
        try:
            async with asyncio.timeout(int(timeout)):
                await each.ended.wait()
        except TimeoutError:
            self._end(each, KILLED)

    async def remove_container(self, container_id: str) -> None:
        await self._call("remove_container", container_id)
        if each := self._containers.get(container_id):
            self._end(each, KILLED)
            del self._containers[container_id]
            self._forget(each.container.labels, container_id)

    async def container_status(self, container_id: str) -> Container:
        await self._call("container_status", container_id)
        return replace(self._find(container_id).container, sandbox_id="")

    async def containers(self, *, uid: str = "") -> Sequence[Container]:
        await self._call("containers", uid)
        ids = self._of_pod.get(uid, ()) if uid else self._containers
        return [short(self._containers[i].container) for i in ids if i in self._containers]

    async def update_resources(self, container_id: str, resources: Resources) -> None:
        await self._call("update_resources", container_id)
        self._set(self._find(container_id), resources=resources)

    async def reopen_log(self, container_id: str) -> None:
        await self._call("reopen_log", container_id)
        self._running(container_id)

    async def stats(self, *, uid: str = "") -> Sequence[Stats]:
        return [
            Stats(container_id=c.id, name=c.name, labels=c.labels, at=self.now())
            for c in await self.containers(uid=uid)
            if c.state is ContainerState.RUNNING
        ]

    async def exec_sync(
        self, container_id: str, command: Sequence[str], timeout: float
    ) -> ExecResult:
        await self._call("exec_sync", container_id)
        each = self._running(container_id)
        scripted = each.program.execs.get(tuple(command))
        if scripted is not None:
            return scripted
        slept = SLEEP.search(" ".join(command))
        wait = float(slept[1]) if slept else 0.0
        if timeout and wait > timeout:
            await asyncio.sleep(timeout)
            raise CallTimeout(f"timeout {timeout:g}s exceeded: context deadline exceeded")
        await asyncio.sleep(wait)
        return read_exec(command)

    async def exec_url(self, container_id: str, command: Sequence[str], streams: Streams) -> str:
        self._running(container_id)
        return f"http://127.0.0.1:1/exec/{container_id}"

    async def attach_url(self, container_id: str, streams: Streams) -> str:
        self._running(container_id)
        return f"http://127.0.0.1:1/attach/{container_id}"

    async def port_forward_url(self, sandbox_id: str, ports: Sequence[int]) -> str:
        await self.sandbox_status(sandbox_id)
        return f"http://127.0.0.1:1/portforward/{sandbox_id}"

    # Images

    async def images(self) -> Sequence[Image]:
        return list(self._images.values())

    async def image(self, reference: str) -> Image | None:
        await self._call("image", reference)
        if found := self._images.get(reference):
            return found
        return next((i for i in self._images.values() if i.id == reference), None)

    async def pull_image(self, reference: str, auth: Auth | None = None) -> str:
        await self._call("pull_image", reference, self._speed.pull)
        if reference not in self.registry:
            raise NoSuchThing(
                f'failed to pull and unpack image "{reference}": failed to resolve reference '
                f'"{reference}": {reference}: not found'
            )
        self._images[reference] = fake_image(reference)
        return self._images[reference].id

    async def remove_image(self, reference: str) -> None:
        await self._call("remove_image", reference)
        if found := await self.image(reference):
            self._images = {n: i for n, i in self._images.items() if i.id != found.id}

    # Events

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        queue: asyncio.Queue[RuntimeEvent] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield Relist()
            while True:
                yield await queue.get()
        finally:
            self._listeners.discard(queue)

    # What only a fake can do

    def now(self) -> datetime:
        """Without a clock virtual under looptime, and never the wall's."""
        if self._clock:
            return self._clock()
        return BEGINNING + timedelta(seconds=asyncio.get_running_loop().time())

    def fail_next(self, method: str, failure: RuntimeFailure) -> None:
        """The next call of ``method`` raises this instead."""
        self._failures[method].append(failure)

    def add_image(self, reference: str) -> None:
        self._images[reference] = fake_image(reference)

    def exit(self, container_id: str, code: int = 0, reason: str = "") -> None:
        """The container's program ends by itself."""
        self._end(self._find(container_id), code, reason)

    def kill_sandbox(self, sandbox_id: str) -> None:
        """Something outside killed it, with all that ran in it."""
        for each in self._inside(sandbox_id):
            self._end(each, KILLED)
        self._unready(sandbox_id)

    def named(self, name: str) -> Container:
        """The newest container of this name, of whatever pod."""
        found = [r.container for r in self._containers.values() if r.container.name == name]
        return max(found, key=lambda c: c.attempt)

    def count_calls(self, method: str) -> int:
        return sum(called == method for called, _ in self.calls)

    # Inside

    async def _call(self, method: str, about: str, takes: float = 0.0) -> None:
        if self.log:
            self.calls.append((method, about))
        if takes:
            await asyncio.sleep(takes)
        if self._failures[method]:
            raise self._failures[method].pop(0)

    def _id(self) -> str:
        return f"{next(self._ids):064x}"

    def _find(self, container_id: str) -> Running:
        if found := self._containers.get(container_id):
            return found
        raise NoSuchThing(
            f'an error occurred when try to find container "{container_id}": not found'
        )

    def _running(self, container_id: str) -> Running:
        found = self._find(container_id)
        if found.container.state is not ContainerState.RUNNING:
            raise RuntimeFailure(f"container is in {found.container.state} state")
        return found

    def _inside(self, sandbox_id: str) -> list[Running]:
        if sandbox_id not in self._sandboxes:
            return []
        ids = self._of_pod.get(self._sandboxes[sandbox_id].labels.get(UID_LABEL, ""), ())
        found = [self._containers[id] for id in ids if id in self._containers]
        return [each for each in found if each.container.sandbox_id == sandbox_id]

    def _set(self, each: Running, **changes: object) -> None:
        each.container = replace(each.container, **changes)  # type: ignore[arg-type]

    def _end(self, each: Running, code: int, reason: str = "") -> None:
        if each.container.state is not ContainerState.RUNNING:
            return
        if each.alarm:
            each.alarm.cancel()
        self._set(each, state=ContainerState.EXITED, exit_code=code, finished_at=self.now())
        self._set(each, reason=reason or ("Error" if code else "Completed"))
        each.ended.set()
        self._tell(Exited(each.container.id))

    def _unready(self, sandbox_id: str) -> None:
        found = self._sandboxes.get(sandbox_id)
        if found and found.state is SandboxState.READY:
            self._sandboxes[sandbox_id] = replace(found, state=SandboxState.NOT_READY, ips=())
            self._tell(Exited(sandbox_id))

    def _forget(self, labels: Mapping[str, str], thing: str) -> None:
        uid = labels.get(UID_LABEL, "")
        self._of_pod[uid].discard(thing)
        if not self._of_pod[uid]:
            del self._of_pod[uid]

    def _tell(self, event: RuntimeEvent) -> None:
        for queue in self._listeners:
            queue.put_nowait(event)


def fake_image(reference: str) -> Image:
    return Image(id=f"sha256:{reference.encode().hex():0>64}"[:71], repo_tags=(reference,), size=1)


def short(container: Container) -> Container:
    """What a list shows of it."""
    return Container(
        id=container.id,
        sandbox_id=container.sandbox_id,
        name=container.name,
        attempt=container.attempt,
        image=container.image,
        image_ref=container.image_ref,
        state=container.state,
        created_at=container.created_at,
        labels=container.labels,
        annotations=container.annotations,
    )
