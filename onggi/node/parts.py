"""What the pod life cycle needs from the rest of the node, as protocols.

``worker`` and ``sync`` know only these; ``volumes``, ``images`` and ``translate`` fulfil them.
An error that a user must see has a class here, with the reason that upstream's kubelet writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from onggi.api.objects import View
from onggi.node.configs import ContainerConfig, SandboxConfig


class NotReady(Exception):
    """A volume cannot be mounted yet. Becomes an event; tried again with back-off.

    ``reason`` is ``FailedMount`` or upstream's more special word.
    """

    def __init__(self, message: str, reason: str = "FailedMount") -> None:
        super().__init__(message)
        self.message, self.reason = message, reason


class ConfigError(Exception):
    """The container cannot be configured (a missing key, a root user where none may be).

    Shown as the waiting state; the message is the user's hint.
    """

    def __init__(self, message: str, reason: str = "CreateContainerConfigError") -> None:
        super().__init__(message)
        self.message, self.reason = message, reason


class PullError(Exception):
    """There is no image to start from.

    ``reason`` is ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName, ….
    ``retry_in`` seconds is when ``ensure`` may have another answer (0: only a change helps).
    """

    def __init__(self, message: str, reason: str = "ErrImagePull", retry_in: float = 10.0) -> None:
        super().__init__(message)
        self.message, self.reason, self.retry_in = message, reason, retry_in


class Recorder(Protocol):
    """Writes Events. Never blocks and never fails its caller."""

    def event(
        self, target: View, type: str, reason: str, message: str, field_path: str = ""
    ) -> None:
        """``type`` Normal or Warning; ``field_path`` is ``spec.containers{web}``."""


@dataclass(frozen=True)
class VolumeMounted:
    """Where one volume of a pod lies on this machine."""

    host_path: str
    readonly: bool = False
    block: bool = False  # a device, not a directory


Mounts = Mapping[str, VolumeMounted]  # by the volume's name in the pod


class Volumes(Protocol):
    async def mount(self, pod: View) -> Mounts:
        """Make every volume of the pod ready; may be repeated (then refreshes contents).

        Raises ``NotReady``.
        """

    async def unmount(self, pod_uid: str) -> None:
        """Undo all of it, also after a crash, also if there is nothing to undo."""

    async def known(self) -> frozenset[str]:
        """The uids of pods that have something mounted or stored here."""


class Images(Protocol):
    async def ensure(self, pod: View, container: View) -> str:
        """Have the container's image here by its pull policy; answers the runtime's reference.

        Emits Pulling, Pulled, Failed, BackOff by itself. Raises ``PullError``.
        """


@dataclass(frozen=True, kw_only=True)
class ContainerRequest:
    """Everything but the pod that one container's configuration depends on.

    ``container`` is its entry in the spec (an ephemeral one's has the same shape);
    ``restart_count`` is the attempt, which names the log file; ``target_id`` is the container
    whose processes an ephemeral one sees.
    """

    container: View
    image_ref: str
    restart_count: int
    mounts: Mounts = field(default_factory=dict)
    pod_ips: tuple[str, ...] = ()
    target_id: str = ""


class Configurer(Protocol):
    """Translates a pod into what the runtime understands.

    The life cycle itself adds the ``io.kubernetes.*`` labels and annotations by which it
    recognises its containers. The mount for ``terminationMessagePath`` is part of the
    configuration: a writable host file whose mount has that container path.
    """

    async def sandbox_config(self, pod: View, attempt: int) -> SandboxConfig:
        """The same answer for the same pod and attempt, also after a restart of Onggi."""

    async def container_config(self, pod: View, request: ContainerRequest) -> ContainerConfig:
        """Raises ``ConfigError``."""


class Cgroups(Protocol):
    """The pods' cgroups, where the machine has them."""

    async def remove(self, pod_uid: str) -> None:
        """May be repeated; also if there is none."""
