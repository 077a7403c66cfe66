"""Programs that Onggi runs beside itself (containerd, Envoy), kept alive.

Promises: a program is ready when ``supervised`` yields, is started again with growing
delays when it dies, and is stopped on leaving. Several nested ``supervised`` blocks
(or an ``AsyncExitStack``) start in order and stop in the opposite order.

A program outlives a crash of Onggi: it runs in a session of its own and writes straight
to its log file (a pipe would kill it with SIGPIPE). The next Onggi finds it through the
record of its process and adopts it if it is still what is wanted, or stops it first. A
process is only ever touched after its start time was compared, so a recycled process id
is never mistaken for ours.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

STEADY = 60.0  # seconds of running after which earlier deaths are forgiven
LOG_CHECK = 30.0  # seconds between looks at the size of the log


class ChildFailed(Exception):
    """The program never became ready. The message carries the end of its log."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run. ``version`` changes with whatever makes an old process unfit to adopt.

    ``log`` and ``record`` are files in existing directories; ``ready`` answers whether the
    program does its work; times are in seconds, sizes in bytes.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    record: Path
    ready: Callable[[], Awaitable[bool]]
    version: str = ""
    environment: Mapping[str, str] | None = None
    start_within: float = 20.0
    stop_within: float = 10.0
    log_limit: int = 10 << 20


@dataclass
class Child:
    """A running program, as ``onggi status`` shows it."""

    program: Program
    process: "Process | None" = None
    restarts: int = 0
    adopted: bool = False
    lives: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0


@dataclass(frozen=True)
class Process:
    """A process that may not be a child of ours; ``born`` is its start in kernel ticks."""

    pid: int
    born: int
    version: str = ""

    @property
    def alive(self) -> bool:
        return self.born != 0 and birth(self.pid) == self.born


def birth(pid: int) -> int:
    """When a process started, in kernel ticks; 0 if there is none or it is a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    state, *fields = text.rpartition(")")[2].split()
    return 0 if state in "ZX" else int(fields[18])


def delay(restarts: int) -> float:
    """How long to wait before the n-th restart in a row: 0.5 s doubling up to 30 s."""
    return min(30.0, 0.5 * 2 ** min(restarts, 10))


def recorded(program: Program) -> Process | None:
    """The process of an earlier Onggi, if it still lives."""
    try:
        process = Process(**json.loads(program.record.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return process if process.alive else None


async def gone(process: Process) -> None:
    """Wait for the end of any process, child or not; no polling."""
    try:
        fd = os.pidfd_open(process.pid)
    except ProcessLookupError:
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(fd, ended.set)
    try:
        if process.alive:
            await ended.wait()
    finally:
        loop.remove_reader(fd)
        os.close(fd)
        reap(process.pid)


def reap(pid: int) -> None:
    """Take the exit status, where the process was our child."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


async def stop(process: Process, within: float) -> None:
    """SIGTERM, and SIGKILL when ``within`` seconds have passed. Returns when it is gone."""
    for sign, patience in ((signal.SIGTERM, within), (signal.SIGKILL, 30.0)):
        if not process.alive:
            break
        os.kill(process.pid, sign)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await gone(process)
    reap(process.pid)


def spawn(program: Program) -> Process:
    """Start the program in a session of its own, its output appended to its log."""
    environment = dict(os.environ if program.environment is None else program.environment)
    appending = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        program.command[0],
        program.command,
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(program.log), appending, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=(signal.SIGPIPE, signal.SIGINT, signal.SIGTERM),
    )
    process = Process(pid, birth(pid), program.version)
    remember(program, process)
    return process


def remember(program: Program, process: Process) -> None:
    fresh = program.record.with_suffix(".new")
    fresh.write_text(json.dumps(vars(process)))
    fresh.replace(program.record)


def bound(path: Path, limit: int) -> None:
    """Keep a log and its last generation (``.1``); the writer appends, so cutting is safe."""
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > limit:
            shutil.copyfile(path, path.with_name(path.name + ".1"))
            os.truncate(path, 0)


def tail(path: Path, size: int = 2000) -> str:
    """The end of a log, for an error message."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode(errors="replace").strip()
    return ""


@contextlib.asynccontextmanager
async def supervised(program: Program) -> AsyncIterator[Child]:
    """Run the program inside the block. Raises ChildFailed if it does not become ready."""
    child = Child(program)
    try:
        await begin(child)
        async with asyncio.TaskGroup() as tasks:
            watching = [tasks.create_task(keep(child)), tasks.create_task(trim(program))]
            try:
                yield child
            finally:
                for task in watching:
                    task.cancel()
    finally:
        await end(child)


async def end(child: Child) -> None:
    if child.process:
        await stop(child.process, child.program.stop_within)
    child.program.record.unlink(missing_ok=True)


async def begin(child: Child) -> None:
    """Adopt what an earlier Onggi left, or start anew."""
    program, old = child.program, recorded(child.program)
    if old and old.version == program.version and await program.ready():
        log.info("%s: adopted process %d", program.name, old.pid)
        child.process, child.adopted = old, True
        child.lives.set()
        return
    if old:
        log.info("%s: stopping process %d of an earlier run", program.name, old.pid)
        await stop(old, program.stop_within)
    await launch(child)


async def launch(child: Child) -> None:
    """Start, and wait until the program is ready."""
    program = child.program
    bound(program.log, program.log_limit)
    child.process = spawn(program)
    log.info("%s: started process %d", program.name, child.process.pid)
    try:
        async with asyncio.timeout(program.start_within):
            await until_ready(program, child.process)
    except TimeoutError:
        raise ChildFailed(
            f"{program.name} is not ready after {program.start_within:.0f} s:\n{tail(program.log)}"
        ) from None
    child.lives.set()


async def until_ready(program: Program, process: Process) -> None:
    pause = 0.01
    while not await program.ready():
        if not process.alive:
            reap(process.pid)
            raise ChildFailed(f"{program.name} ended at once:\n{tail(program.log)}")
        await asyncio.sleep(pause)
        pause = min(0.2, pause * 1.5)


async def keep(child: Child) -> None:
    """Start the program again whenever it ends, until cancelled."""
    loop, deaths = asyncio.get_running_loop(), 0
    while True:
        since = loop.time()
        if child.process:
            await gone(child.process)
        child.lives.clear()
        deaths = 0 if loop.time() - since > STEADY else deaths
        log.warning("%s ended; starting it again in %.1f s", child.program.name, delay(deaths))
        await asyncio.sleep(delay(deaths))
        deaths += 1
        child.restarts += 1
        child.adopted = False
        await again(child)


async def again(child: Child) -> None:
    """One more try. A program that hangs is stopped, so that the next try finds it gone."""
    try:
        await launch(child)
    except ChildFailed as error:
        log.error("%s", error)
        if child.process:
            await stop(child.process, child.program.stop_within)


async def trim(program: Program) -> None:
    while True:
        await asyncio.sleep(LOG_CHECK)
        bound(program.log, program.log_limit)
