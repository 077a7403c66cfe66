"""Seam 6: the container runtime, as much of CRI v1 as the agent uses.

Implementations: ``cri`` (containerd over grpc) and ``fake`` (memory, scripted); both pass
``tests/suites/runtime.py``. What a runtime is asked for is in ``configs``; here is what it
answers. Times are aware UTC datetimes; sizes are bytes.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from onggi.node.configs import ContainerConfig, Mount, Resources, SandboxConfig


class RuntimeFailure(Exception):
    """The runtime refused. ``code`` is grpc's name (``NotFound``), ``description`` its words.

    ``str()`` is what Go clients print, since users meet it in events and statuses.
    """

    def __init__(self, description: str, code: str = "Unknown") -> None:
        super().__init__(f"rpc error: code = {code} desc = {description}")
        self.description = description
        self.code = code


class NoSuchThing(RuntimeFailure):
    """The sandbox, container or image is not there (any more)."""

    def __init__(self, description: str) -> None:
        super().__init__(description, "NotFound")


class RuntimeUnavailable(RuntimeFailure):
    """Nobody answers on the runtime's socket; try again when it is back."""

    def __init__(self, description: str) -> None:
        super().__init__(description, "Unavailable")


class CallTimeout(RuntimeFailure):
    """The call took longer than allowed; for ``exec`` the command has been killed."""

    def __init__(self, description: str) -> None:
        super().__init__(description, "DeadlineExceeded")


class SandboxState(StrEnum):
    READY = "SANDBOX_READY"
    NOT_READY = "SANDBOX_NOTREADY"


class ContainerState(StrEnum):
    CREATED = "CONTAINER_CREATED"
    RUNNING = "CONTAINER_RUNNING"
    EXITED = "CONTAINER_EXITED"
    UNKNOWN = "CONTAINER_UNKNOWN"


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """``ips`` is empty with host network and while NOT_READY; lists leave it empty too."""

    id: str
    name: str
    namespace: str
    uid: str
    attempt: int
    state: SandboxState
    created_at: datetime
    ips: tuple[str, ...] = ()
    host_network: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class User:
    """The first process's ids."""

    uid: int
    gid: int
    supplemental_groups: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container. ``containers()`` leaves everything below ``annotations`` at its default;
    ``container_status()`` fills it.

    ``image`` is the name it was made from, ``image_ref`` the digest reference that a pod's
    ``imageID`` shows, ``reason`` the runtime's word for an exit (Completed, Error, OOMKilled).
    """

    id: str
    sandbox_id: str
    name: str
    attempt: int
    image: str
    image_ref: str
    state: ContainerState
    created_at: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    log_path: str = ""  # absolute
    mounts: tuple[Mount, ...] = ()
    resources: Resources | None = None
    user: User | None = None


@dataclass(frozen=True, kw_only=True)
class ImageUser:
    """Who the image says it runs as: a uid, or a name, or neither (root)."""

    uid: int | None = None
    username: str = ""


@dataclass(frozen=True, kw_only=True)
class Image:
    id: str
    repo_tags: tuple[str, ...] = ()
    repo_digests: tuple[str, ...] = ()
    size: int = 0
    user: ImageUser = ImageUser()
    pinned: bool = False


@dataclass(frozen=True, kw_only=True)
class Auth:
    """Credentials for one pull. Never logged."""

    username: str = ""
    password: str = field(default="", repr=False)
    auth: str = field(default="", repr=False)
    server_address: str = ""
    identity_token: str = field(default="", repr=False)
    registry_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class FilesystemUsage:
    mountpoint: str
    used_bytes: int
    inodes_used: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Stats:
    """One container's use of the machine. ``cpu_ns`` counts since its start."""

    container_id: str
    name: str
    labels: Mapping[str, str]
    at: datetime
    cpu_ns: int = 0
    memory_working_set: int = 0
    memory_usage: int = 0
    memory_rss: int = 0
    page_faults: int = 0
    major_page_faults: int = 0
    writable_layer: FilesystemUsage | None = None


@dataclass(frozen=True, kw_only=True)
class ExecResult:
    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""


@dataclass(frozen=True, kw_only=True)
class RuntimeStatus:
    """``not_ready`` names each condition that is false (RuntimeReady, NetworkReady) → why."""

    name: str
    version: str
    not_ready: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    container_id: str


@dataclass(frozen=True)
class Exited:
    """The container's first process (or, with a sandbox's id, the sandbox itself) has ended."""

    container_id: str


@dataclass(frozen=True)
class Relist:
    """Events may have been lost: look at everything again."""


RuntimeEvent = Started | Exited | Relist


class ContainerRuntime(Protocol):
    """Every method raises ``RuntimeFailure``. Stopping or removing what is gone succeeds."""

    async def status(self) -> RuntimeStatus: ...

    async def run_sandbox(self, config: SandboxConfig, runtime_handler: str = "") -> str:
        """Make the sandbox with its network; answer its id."""

    async def stop_sandbox(self, sandbox_id: str) -> None:
        """Kill what runs in it at once and release its network. May be repeated."""

    async def remove_sandbox(self, sandbox_id: str) -> None:
        """Remove it with its containers. May be repeated."""

    async def sandbox_status(self, sandbox_id: str) -> Sandbox: ...

    async def sandboxes(self, *, uid: str = "") -> Sequence[Sandbox]:
        """All, or those labelled ``io.kubernetes.pod.uid=uid``. Without addresses."""

    async def create_container(
        self, sandbox_id: str, config: ContainerConfig, sandbox: SandboxConfig
    ) -> str:
        """``sandbox`` is the configuration that the sandbox was made with. Answers the id."""

    async def start_container(self, container_id: str) -> None: ...

    async def stop_container(self, container_id: str, timeout: float) -> None:
        """SIGTERM (or the image's signal), SIGKILL after ``timeout`` seconds; returns when over."""

    async def remove_container(self, container_id: str) -> None:
        """Kill it first if it must be. May be repeated."""

    async def container_status(self, container_id: str) -> Container:
        """Everything but ``sandbox_id``, which CRI leaves out here."""

    async def containers(self, *, uid: str = "") -> Sequence[Container]:
        """All, or those labelled ``io.kubernetes.pod.uid=uid``: the short form."""

    async def update_resources(self, container_id: str, resources: Resources) -> None: ...

    async def exec_sync(
        self, container_id: str, command: Sequence[str], timeout: float
    ) -> ExecResult:
        """Raises ``CallTimeout`` after ``timeout`` seconds; 0 waits for ever."""

    async def exec_url(
        self, container_id: str, command: Sequence[str], streams: "Streams"
    ) -> str: ...
    async def attach_url(self, container_id: str, streams: "Streams") -> str: ...
    async def port_forward_url(self, sandbox_id: str, ports: Sequence[int]) -> str: ...

    async def reopen_log(self, container_id: str) -> None:
        """After its log file was moved away."""

    async def stats(self, *, uid: str = "") -> Sequence[Stats]:
        """Of running containers."""

    def events(self) -> AsyncIterator[RuntimeEvent]:
        """For ever: begins with a ``Relist``, survives the runtime's restarts (each of which gives
        another ``Relist``). Never raises but when cancelled. A status may lag behind an
        ``Exited`` by some milliseconds: ask again."""

    async def images(self) -> Sequence[Image]: ...

    async def image(self, reference: str) -> Image | None:
        """By tag, digest or id; None if it is not there."""

    async def pull_image(self, reference: str, auth: Auth | None = None) -> str:
        """Fetch it; answers the reference to make containers from."""

    async def remove_image(self, reference: str) -> None:
        """All tags of it. May be repeated."""


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Which streams an exec or attach wants. With ``tty`` there is no separate stderr."""

    stdin: bool = False
    stdout: bool = False
    stderr: bool = False
    tty: bool = False
