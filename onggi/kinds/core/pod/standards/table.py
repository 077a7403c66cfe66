"""Every check: its level, since which version it reads as it does, what it takes the place of.

Source: ``k8s.io/pod-security-admission/policy`` (registry.go and check_*.go).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from onggi.api.objects import View
from onggi.kinds.core.pod.standards import host, identity, profiles
from onggi.kinds.core.pod.standards.words import (
    Judge,
    Verdict,
    unless_own_users,
    unless_windows,
)

PRIVILEGED, BASELINE, RESTRICTED = LEVELS = ("privileged", "baseline", "restricted")

SYSCTLS_0 = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
}  # fmt: skip
SYSCTLS_27 = SYSCTLS_0 | {"net.ipv4.ip_local_reserved_ports"}
SYSCTLS_29 = SYSCTLS_27 | {
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}  # fmt: skip
SYSCTLS_32 = SYSCTLS_29 | {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"}
SYSCTLS_37 = SYSCTLS_32 | {"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"}
SELINUX_0 = {"", "container_t", "container_init_t", "container_kvm_t"}
SELINUX_31 = SELINUX_0 | {"container_engine_t"}


class Check(NamedTuple):
    """``since`` has (minor version, how it judges from there on), in order."""

    id: str
    level: str
    since: tuple[tuple[int, Judge], ...]
    replaces: str = ""


CHECKS = (
    Check("allowPrivilegeEscalation", RESTRICTED, (
        (8, identity.privilege_escalation),
        (25, unless_windows(identity.privilege_escalation)),
    )),
    Check("appArmorProfile", BASELINE, ((0, profiles.app_armor),)),
    Check("capabilities_baseline", BASELINE, ((0, identity.added_capabilities),)),
    Check("capabilities_restricted", RESTRICTED, (
        (22, identity.capabilities),
        (25, unless_windows(identity.capabilities)),
    ), replaces="capabilities_baseline"),
    Check("hostNamespaces", BASELINE, ((0, host.host_namespaces),)),
    Check("hostPathVolumes", BASELINE, ((0, host.host_paths),)),
    Check("hostPorts", BASELINE, ((0, host.host_ports),)),
    Check("hostProbesAndHostLifecycle", BASELINE, ((34, host.probe_hosts),)),
    Check("privileged", BASELINE, ((0, host.privileged),)),
    Check("procMount", BASELINE, (
        (0, host.proc_mount),
        (35, unless_own_users(host.proc_mount)),
    )),
    Check("procMount_restricted", RESTRICTED, ((35, host.proc_mount),), replaces="procMount"),
    Check("restrictedVolumes", RESTRICTED, ((0, host.volume_types),), replaces="hostPathVolumes"),
    Check("runAsNonRoot", RESTRICTED, (
        (0, identity.non_root),
        (35, unless_own_users(identity.non_root)),
    )),
    Check("runAsUser", RESTRICTED, (
        (23, identity.root_user),
        (35, unless_own_users(identity.root_user)),
    )),
    Check("seLinuxOptions", BASELINE, (
        (0, profiles.selinux(SELINUX_0)),
        (31, profiles.selinux(SELINUX_31)),
    )),
    Check("seccompProfile_baseline", BASELINE, (
        (0, profiles.seccomp_annotations),
        (19, profiles.seccomp),
    )),
    Check("seccompProfile_restricted", RESTRICTED, (
        (19, profiles.seccomp_set),
        (25, unless_windows(profiles.seccomp_set)),
    ), replaces="seccompProfile_baseline"),
    Check("sysctls", BASELINE, (
        (0, host.sysctls(SYSCTLS_0)),
        (27, host.sysctls(SYSCTLS_27)),
        (29, host.sysctls(SYSCTLS_29)),
        (32, host.sysctls(SYSCTLS_32)),
        (37, host.sysctls(SYSCTLS_37)),
    )),
    Check("windowsHostProcess", BASELINE, ((0, host.host_process),)),
)  # fmt: skip
LATEST = max(check.since[-1][0] for check in CHECKS)


@lru_cache(256)
def judges(level: str, minor: int) -> Sequence[Judge]:
    """Those of a level at a version: baseline first, each in the order of its name."""
    asked = [c for c in CHECKS if level == RESTRICTED or (level, c.level) == (BASELINE, BASELINE)]
    valid = [check for check in asked if check.since[0][0] <= minor]
    replaced = {check.replaces for check in valid}
    kept = sorted((c.level, c.id, c) for c in valid if c.id not in replaced)
    return [[judge for first, judge in check.since if first <= minor][-1] for _, _, check in kept]


def evaluate(level: str, minor: int, meta: View, spec: View) -> list[Verdict]:
    """What a pod may not do; ``minor`` of the standard's version, from LATEST on the newest."""
    verdicts = (judge(meta, spec) for judge in judges(level, min(minor, LATEST)))
    return [verdict for verdict in verdicts if verdict is not None]
