"""Who a container runs as and what it may do. Pure.

Sources: ``pkg/kubelet/kuberuntime/security_context.go`` and ``security_context_others.go``,
``pkg/securitycontext/util.go`` (the container's word overrides the pod's; masked paths),
``pkg/kubelet/kuberuntime/util/util.go`` (namespaces), ``helpers.go`` (seccomp).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onggi.api.objects import View, get
from onggi.kinds.core.pod.predicates import containers
from onggi.node.configs import (
    Namespace,
    Namespaces,
    Profile,
    SandboxSecurity,
    Security,
    SecurityProfile,
)
from onggi.node.parts import ConfigError
from onggi.node.runtime import ImageUser

INHERITED = (
    "seLinuxOptions",
    "runAsUser",
    "runAsGroup",
    "runAsNonRoot",
    "seccompProfile",
    "appArmorProfile",
)
MASKED = (
    "/proc/asound",
    "/proc/acpi",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
)
READONLY = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
MAX_ID = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Confinement:
    """What this machine offers. ``seccomp_root`` holds the profiles that pods may name."""

    seccomp_root: Path
    apparmor: bool = False


def effective(pod: View, container: View) -> Mapping[str, Any]:
    """The container's security context over the pod's."""
    of_pod = get(pod, "spec.securityContext") or {}
    own = container.get("securityContext") or {}
    base = {name: of_pod[name] for name in INHERITED if of_pod.get(name) is not None}
    return base | {name: value for name, value in own.items() if value is not None}


def namespaces(pod: View, target_id: str = "") -> Namespaces:
    """Whose namespaces the pod's processes live in."""
    spec = pod["spec"]
    pid = Namespace.CONTAINER
    if spec.get("hostPID"):
        pid = Namespace.NODE
    elif spec.get("shareProcessNamespace"):
        pid = Namespace.POD
    if target_id:
        pid = Namespace.TARGET
    return Namespaces(
        network=Namespace.NODE if spec.get("hostNetwork") else Namespace.POD,
        pid=pid,
        ipc=Namespace.NODE if spec.get("hostIPC") else Namespace.POD,
        target_id=target_id,
    )


def is_privileged(container: View) -> bool:
    return bool(get(container, "securityContext.privileged"))


def sandbox_security(pod: View) -> SandboxSecurity:
    """The sandbox is privileged if one of its containers is: containerd asks for it."""
    context = get(pod, "spec.securityContext") or {}
    return SandboxSecurity(
        namespaces=namespaces(pod),
        run_as_user=context.get("runAsUser"),
        run_as_group=context.get("runAsGroup") if context.get("runAsUser") is not None else None,
        supplemental_groups=groups(context),
        supplemental_groups_policy=context.get("supplementalGroupsPolicy") or "Merge",
        privileged=any(is_privileged(c) for c in containers(pod)),
        seccomp=SecurityProfile(Profile.RUNTIME_DEFAULT),
    )


def groups(context: Mapping[str, Any]) -> tuple[int, ...]:
    """fsGroup is a supplemental group of every process."""
    fs_group = context.get("fsGroup")
    own = () if fs_group is None else (fs_group,)
    return (*own, *(context.get("supplementalGroups") or ()))


def container_security(
    pod: View, container: View, user: ImageUser, confinement: Confinement, target_id: str = ""
) -> Security:
    """Raises ConfigError where runAsNonRoot would be broken."""
    context, of_pod = effective(pod, container), get(pod, "spec.securityContext") or {}
    refuse_root(pod, container, context, user)
    asked = context.get("runAsUser")
    capabilities = context.get("capabilities") or {}
    privileged = bool(context.get("privileged"))
    unmasked = privileged or context.get("procMount") == "Unmasked"
    return Security(
        namespaces=namespaces(pod, target_id),
        add_capabilities=tuple(capabilities.get("add") or ()),
        drop_capabilities=tuple(capabilities.get("drop") or ()),
        privileged=privileged,
        run_as_user=image_uid(user) if asked is None else asked,
        run_as_username=user.username if asked is None and user.uid is None else "",
        run_as_group=context.get("runAsGroup"),
        supplemental_groups=groups(of_pod),
        supplemental_groups_policy=of_pod.get("supplementalGroupsPolicy") or "Merge",
        readonly_rootfs=bool(context.get("readOnlyRootFilesystem")),
        no_new_privs=no_new_privs(context),
        masked_paths=() if unmasked else MASKED,
        readonly_paths=() if unmasked else READONLY,
        seccomp=seccomp(context, confinement),
        apparmor=apparmor(context, confinement),
    )


def image_uid(user: ImageUser) -> int | None:
    """The image's user by number; an image that names nobody runs as root."""
    return user.uid if user.username or user.uid is not None else 0


def no_new_privs(context: Mapping[str, Any]) -> bool:
    """Only where ``allowPrivilegeEscalation: false`` is said."""
    return context.get("allowPrivilegeEscalation") is False


def seccomp(context: Mapping[str, Any], confinement: Confinement) -> SecurityProfile:
    """Without a profile a container is unconfined, as a kubelet without seccompDefault does."""
    profile = context.get("seccompProfile") or {}
    match profile.get("type"):
        case "RuntimeDefault":
            return SecurityProfile(Profile.RUNTIME_DEFAULT)
        case "Localhost":
            return local_profile(profile.get("localhostProfile") or "", confinement)
    return SecurityProfile(Profile.UNCONFINED)


def local_profile(name: str, confinement: Confinement) -> SecurityProfile:
    if not name or name.startswith("/") or ".." in Path(name).parts:
        raise ConfigError("localhostProfile must be set if seccompProfile type is Localhost.")
    return SecurityProfile(Profile.LOCALHOST, str(confinement.seccomp_root / name))


def apparmor(context: Mapping[str, Any], confinement: Confinement) -> SecurityProfile | None:
    profile = context.get("appArmorProfile") or {}
    if not profile or profile.get("type") == "Unconfined":
        return None
    if not confinement.apparmor:
        raise ConfigError("Cannot enforce AppArmor: AppArmor is not enabled on the host")
    if profile.get("type") == "Localhost":
        return SecurityProfile(Profile.LOCALHOST, profile.get("localhostProfile") or "")
    return SecurityProfile(Profile.RUNTIME_DEFAULT)


def refuse_root(pod: View, container: View, context: Mapping[str, Any], user: ImageUser) -> None:
    """Source: verifyRunAsNonRoot."""
    if not context.get("runAsNonRoot"):
        return
    meta = pod["metadata"]
    named = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
    where = f'(pod: "{named}", container: {container["name"]})'
    asked = context.get("runAsUser")
    if asked == 0:
        raise ConfigError(f"container's runAsUser breaks non-root policy {where}")
    if asked is not None:
        return
    if user.uid is None and user.username:
        raise ConfigError(
            f"container has runAsNonRoot and image has non-numeric user ({user.username}), "
            f"cannot verify user is non-root {where}"
        )
    if not user.uid:
        raise ConfigError(f"container has runAsNonRoot and image will run as root {where}")
    if user.uid > MAX_ID:
        raise ConfigError(
            f"container has runAsNonRoot and image has an invalid user id ({user.uid}). "
            f"(Must be 1-({MAX_ID})): must be between 0 and {MAX_ID}, inclusive {where}"
        )


def sysctls(pod: View) -> dict[str, str]:
    """Names with dots, as CRI wants them."""
    wanted = get(pod, "spec.securityContext.sysctls") or ()
    return {s["name"].replace("/", "."): s.get("value", "") for s in wanted}


def single_user(pod: View) -> int | None:
    """The uid that all containers run as, if it is one. Source: FsUserFrom."""
    users = {effective(pod, container).get("runAsUser") for container in containers(pod)}
    return next(iter(users)) if len(users) == 1 else None
