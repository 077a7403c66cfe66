"""Security contexts of pods and containers.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateSecurityContext,
validatePodSpecSecurityContext, validateSysctls, ValidateAppArmorProfileField).
"""

import re
from collections.abc import Iterator, Sequence

from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, required, too_long
from onggi.api.objects import View
from onggi.kinds.checks import identity, optional_choice
from onggi.kinds.core.pod.rules.references import check_descending

PROFILE_TYPES = ("Localhost", "RuntimeDefault", "Unconfined")
PROFILE_LIMIT = 4095
SEGMENT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
SYSCTL = f"^({SEGMENT}[\\./])*{SEGMENT}$"
SYSCTL_LIMIT = 253
HOST_NAMESPACES = (("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC"))


def check_pod_security(spec: View, path: str) -> Iterator[FieldError]:
    """``path`` is the spec's."""
    context = spec.get("securityContext") or {}
    at = f"{path}.securityContext"
    for field in ("fsGroup", "runAsUser", "runAsGroup"):
        yield from identity(f"{at}.{field}", context.get(field))
    for index, group in enumerate(context.get("supplementalGroups") or ()):
        yield from identity(f"{at}.supplementalGroups[{index}]", group)
    if spec.get("shareProcessNamespace") and spec.get("hostPID"):
        detail = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid(f"{at}.shareProcessNamespace", True, detail)
    yield from check_sysctls(context.get("sysctls") or (), spec, f"{at}.sysctls")
    for field, allowed in (
        ("fsGroupChangePolicy", ("Always", "OnRootMismatch")),
        ("supplementalGroupsPolicy", ("Merge", "Strict")),
        ("seLinuxChangePolicy", ("MountOption", "Recursive")),
    ):
        yield from optional_choice(f"{at}.{field}", context.get(field), allowed)
    yield from check_profiles(context, at)
    yield from check_host_users(spec, path)


def check_host_users(spec: View, path: str) -> Iterator[FieldError]:
    if spec.get("hostUsers") is not False:
        return
    for field, shown in HOST_NAMESPACES:
        if spec.get(field):
            yield forbidden(f"{path}.{shown}", "when `hostUsers` is false")


def check_security(context: View, path: str, *, host_users: bool) -> Iterator[FieldError]:
    """A container's."""
    yield from identity(f"{path}.runAsUser", context.get("runAsUser"))
    yield from identity(f"{path}.runAsGroup", context.get("runAsGroup"))
    mount = context.get("procMount")
    yield from optional_choice(f"{path}.procMount", mount, ("Default", "Unmasked"))
    if host_users and mount == "Unmasked":
        detail = "`hostUsers` must be false to use `Unmasked`"
        yield invalid(f"{path}.procMount", mount, detail)
    yield from check_escalation(context, path)
    yield from check_profiles(context, path)


def check_escalation(context: View, path: str) -> Iterator[FieldError]:
    if context.get("allowPrivilegeEscalation") is not False:
        return
    cannot = "cannot set `allowPrivilegeEscalation` to false and "
    if context.get("privileged"):
        yield invalid(path, dict(context), f"{cannot}`privileged` to true")
    added = (context.get("capabilities") or {}).get("add") or ()
    if "CAP_SYS_ADMIN" in added:
        yield invalid(path, dict(context), f"{cannot}`capabilities.Add` CAP_SYS_ADMIN")


def check_profiles(context: View, path: str) -> Iterator[FieldError]:
    if (profile := context.get("seccompProfile")) is not None:
        yield from check_seccomp(profile, f"{path}.seccompProfile")
    if (profile := context.get("appArmorProfile")) is not None:
        yield from check_apparmor(profile, f"{path}.appArmorProfile")


def check_seccomp(profile: View, path: str) -> Iterator[FieldError]:
    kind, local = profile.get("type") or "", profile.get("localhostProfile")
    if not kind:
        yield required(f"{path}.type", "type is required when seccompProfile is set")
    else:
        yield from optional_choice(f"{path}.type", kind, PROFILE_TYPES)
    at = f"{path}.localhostProfile"
    if kind == "Localhost":
        if local is None:
            yield required(at, "must be set when seccomp type is Localhost")
        else:
            yield from check_descending(local, at)
    elif local is not None:
        yield invalid(at, dict(profile), "can only be set when seccomp type is Localhost")


def check_apparmor(profile: View, path: str) -> Iterator[FieldError]:
    kind, local = profile.get("type") or "", profile.get("localhostProfile")
    at = f"{path}.localhostProfile"
    if not kind:
        yield required(f"{path}.type", "type is required when appArmorProfile is set")
    elif kind == "Localhost":
        if not local or not local.strip():
            yield required(at, "must be set when AppArmor type is Localhost")
        elif local != local.strip():
            yield invalid(at, local, "must not be padded with whitespace")
        if len(local or "") > PROFILE_LIMIT:
            yield too_long(at, PROFILE_LIMIT)
    elif kind in PROFILE_TYPES:
        if local is not None:
            yield invalid(at, local, "can only be set when AppArmor type is Localhost")
    else:
        yield from optional_choice(f"{path}.type", kind, PROFILE_TYPES)


def check_sysctls(sysctls: Sequence[View], spec: View, path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, sysctl in enumerate(sysctls):
        at, name = f"{path}[{index}].name", sysctl.get("name") or ""
        if not name:
            yield required(at)
        elif len(name) > SYSCTL_LIMIT or not re.fullmatch(SYSCTL[1:-1], name):
            detail = f"must have at most {SYSCTL_LIMIT} characters and match regex {SYSCTL}"
            yield invalid(at, name, detail)
        elif name in seen:
            yield duplicate(at, name)
        space = namespace_of(name.replace("/", "."))
        if spec.get("hostNetwork") and space == "net":
            yield invalid(at, name, "may not be specified when 'hostNetwork' is true")
        elif spec.get("hostIPC") and space == "ipc":
            yield invalid(at, name, "may not be specified when 'hostIPC' is true")
        seen.add(name)


def namespace_of(sysctl: str) -> str:
    """Which of a pod's kernel namespaces a sysctl belongs to."""
    if sysctl.startswith("net."):
        return "net"
    ipc = sysctl == "kernel.sem" or sysctl.startswith(("kernel.shm", "kernel.msg", "fs.mqueue."))
    return "ipc" if ipc else ""
