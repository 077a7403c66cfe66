"""As whom a pod runs: root or not, with which capabilities, and whether that may become more."""

from onggi.api.objects import View
from onggi.kinds.core.pod.standards.words import (
    Verdict,
    containers,
    context,
    quoted,
    said_of,
    setters,
    those,
)

DEFAULT_CAPABILITIES = {
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}  # fmt: skip


def privilege_escalation(meta: View, spec: View) -> Verdict | None:
    bad = those(spec, lambda c: context(c, "allowPrivilegeEscalation") is not False)
    detail = f"{said_of(bad)} must set securityContext.allowPrivilegeEscalation=false"
    return Verdict("allowPrivilegeEscalation != false", detail) if bad else None


def added_capabilities(meta: View, spec: View) -> Verdict | None:
    detail = beyond(spec, DEFAULT_CAPABILITIES)
    return Verdict("non-default capabilities", detail) if detail else None


def capabilities(meta: View, spec: View) -> Verdict | None:
    """All of them are dropped; one may be taken back."""
    kept = those(spec, lambda c: "ALL" not in (context(c, "capabilities.drop") or ()))
    details = []
    if kept:
        details.append(f'{said_of(kept)} must set securityContext.capabilities.drop=["ALL"]')
    if more := beyond(spec, {"NET_BIND_SERVICE"}):
        details.append(more)
    return Verdict("unrestricted capabilities", "; ".join(details)) if details else None


def beyond(spec: View, allowed: set[str]) -> str:
    """Who adds what is not allowed; empty if nobody does."""

    def extra(container: View) -> set[str]:
        return {*(context(container, "capabilities.add") or ())} - allowed

    bad = those(spec, lambda container: bool(extra(container)))
    if not bad:
        return ""
    added = sorted(set().union(*(extra(container) for container in containers(spec))))
    return f"{said_of(bad)} must not include {quoted(added)} in securityContext.capabilities.add"


def non_root(meta: View, spec: View) -> Verdict | None:
    reason, path = "runAsNonRoot != true", "runAsNonRoot"
    of_pod = context(spec, path)
    explicit = those(spec, lambda container: context(container, path) is False)
    if who := setters(of_pod is False, explicit):
        return Verdict(reason, f"{who} must not set securityContext.runAsNonRoot=false")
    silent = those(spec, lambda container: context(container, path) is None)
    if of_pod or not silent:
        return None
    return Verdict(reason, f"pod or {said_of(silent)} must set securityContext.runAsNonRoot=true")


def root_user(meta: View, spec: View) -> Verdict | None:
    bad = those(spec, lambda container: context(container, "runAsUser") == 0)
    who = setters(context(spec, "runAsUser") == 0, bad)
    return Verdict("runAsUser=0", f"{who} must not set runAsUser=0") if who else None
