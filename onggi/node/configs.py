"""What the agent asks a runtime to make: CRI v1 configurations as plain data.

Only the fields that Onggi sets, with CRI's names (``k8s.io/cri-api/pkg/apis/runtime/v1``), so that
whoever translates a pod needs no grpc, and a test can compare with ``==``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Namespace(StrEnum):
    """CRI's NamespaceMode: whose namespace a process shares."""

    POD = "POD"
    CONTAINER = "CONTAINER"
    NODE = "NODE"
    TARGET = "TARGET"  # that of the container ``target_id``


class Propagation(StrEnum):
    PRIVATE = "PROPAGATION_PRIVATE"
    HOST_TO_CONTAINER = "PROPAGATION_HOST_TO_CONTAINER"
    BIDIRECTIONAL = "PROPAGATION_BIDIRECTIONAL"


class Profile(StrEnum):
    """CRI's SecurityProfile.ProfileType."""

    RUNTIME_DEFAULT = "RuntimeDefault"
    UNCONFINED = "Unconfined"
    LOCALHOST = "Localhost"


@dataclass(frozen=True)
class SecurityProfile:
    type: Profile = Profile.UNCONFINED
    localhost_ref: str = ""


@dataclass(frozen=True, kw_only=True)
class Namespaces:
    network: Namespace = Namespace.POD
    pid: Namespace = Namespace.CONTAINER
    ipc: Namespace = Namespace.POD
    target_id: str = ""


@dataclass(frozen=True, kw_only=True)
class SandboxSecurity:
    """``None`` for an id leaves it to the runtime."""

    namespaces: Namespaces = Namespaces()
    run_as_user: int | None = None
    run_as_group: int | None = None
    supplemental_groups: tuple[int, ...] = ()
    supplemental_groups_policy: str = "Merge"  # or Strict
    readonly_rootfs: bool = False
    privileged: bool = False
    seccomp: SecurityProfile | None = None
    apparmor: SecurityProfile | None = None


@dataclass(frozen=True, kw_only=True)
class Dns:
    servers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PortMapping:
    container_port: int
    host_port: int
    protocol: str = "TCP"  # TCP, UDP, SCTP
    host_ip: str = ""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """CRI's LinuxContainerResources. Zero means unset; bytes, microseconds, shares."""

    cpu_period: int = 0
    cpu_quota: int = 0
    cpu_shares: int = 0
    memory_limit: int = 0
    memory_swap_limit: int = 0
    oom_score_adj: int = 0
    cpuset_cpus: str = ""
    cpuset_mems: str = ""
    unified: Mapping[str, str] = field(default_factory=dict)
    hugepage_limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    """A pod's sandbox. (name, namespace, uid, attempt) must be unique in the runtime."""

    name: str
    namespace: str
    uid: str
    attempt: int = 0
    hostname: str = ""  # empty with host network
    log_directory: str = ""
    dns: Dns | None = None
    port_mappings: tuple[PortMapping, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    cgroup_parent: str = ""
    sysctls: Mapping[str, str] = field(default_factory=dict)
    security: SandboxSecurity = SandboxSecurity()
    overhead: Resources | None = None
    resources: Resources | None = None


@dataclass(frozen=True, kw_only=True)
class Mount:
    container_path: str
    host_path: str
    readonly: bool = False
    recursive_read_only: bool = False
    propagation: Propagation = Propagation.PRIVATE
    selinux_relabel: bool = False


@dataclass(frozen=True, kw_only=True)
class Device:
    container_path: str
    host_path: str
    permissions: str = "rwm"


@dataclass(frozen=True, kw_only=True)
class Security:
    """CRI's LinuxContainerSecurityContext. Give ``run_as_user`` or ``run_as_username``."""

    namespaces: Namespaces = Namespaces()
    add_capabilities: tuple[str, ...] = ()
    drop_capabilities: tuple[str, ...] = ()
    privileged: bool = False
    run_as_user: int | None = None
    run_as_group: int | None = None
    run_as_username: str = ""
    supplemental_groups: tuple[int, ...] = ()
    supplemental_groups_policy: str = "Merge"
    readonly_rootfs: bool = False
    no_new_privs: bool = False
    masked_paths: tuple[str, ...] = ()
    readonly_paths: tuple[str, ...] = ()
    seccomp: SecurityProfile | None = None
    apparmor: SecurityProfile | None = None


@dataclass(frozen=True, kw_only=True)
class ContainerConfig:
    """A container in a sandbox. (name, attempt) must be unique in the sandbox.

    ``image`` is a reference that the runtime has (what ``Images.ensure`` answered);
    ``log_path`` is relative to the sandbox's ``log_directory``.
    """

    name: str
    attempt: int = 0
    image: str
    user_specified_image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    working_dir: str = ""
    envs: tuple[tuple[str, str], ...] = ()
    mounts: tuple[Mount, ...] = ()
    devices: tuple[Device, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    log_path: str = ""
    stdin: bool = False
    stdin_once: bool = False
    tty: bool = False
    resources: Resources = Resources()
    security: Security = Security()
    stop_signal: str = ""  # SIGTERM…; empty leaves the image's
