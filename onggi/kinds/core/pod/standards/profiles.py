"""AppArmor, seccomp and SELinux: no pod takes off what the node puts on it."""

from collections.abc import Callable
from typing import Any

from onggi.api.gotext import quote
from onggi.api.objects import View
from onggi.kinds.core.pod.standards.words import (
    Judge,
    Verdict,
    containers,
    context,
    many,
    quoted,
    said_of,
    setters,
    those,
)

KEPT = {"RuntimeDefault", "Localhost"}
APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/"
SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
SECCOMP_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
DEFAULTS = ("runtime/default", "docker/default")
SECCOMP = "seccompProfile.type"


def bad_values(spec: View, path: str, bad: Callable[[Any], bool]) -> tuple[str, list[str]]:
    """Who set a bad value, and which."""

    def wrong(holder: View) -> bool:
        value = context(holder, path)
        return value is not None and bad(value)

    who = setters(wrong(spec), those(spec, wrong))
    holders = [holder for holder in (spec, *containers(spec)) if wrong(holder)]
    return who, sorted({context(holder, path) for holder in holders})


def app_armor(meta: View, spec: View) -> Verdict | None:
    who, values = bad_values(spec, "appArmorProfile.type", lambda type: type not in KEPT)
    annotations = sorted(
        f"{key}={quote(value)}"
        for key, value in (meta.get("annotations") or {}).items()
        if key.startswith(APP_ARMOR) and not is_profile(value)
    )
    if annotations:
        who = " and ".join([*([who] if who else []), many("annotation", len(annotations))])
        values += annotations
    if not who:
        return None
    reason = many("forbidden AppArmor profile", len(values))
    return Verdict(reason, f"{who} must not set AppArmor profile type to {quoted(values)}")


def is_profile(value: str) -> bool:
    return not value or value == "runtime/default" or value.startswith("localhost/")


def seccomp_annotations(meta: View, spec: View) -> Verdict | None:
    """As it was said before there was a field."""
    given = meta.get("annotations") or {}
    keys = [SECCOMP_POD, *(SECCOMP_CONTAINER + (c.get("name") or "") for c in containers(spec))]
    bad = sorted(
        {
            f"{key}={quote(given[key])}"
            for key in keys
            if key in given and not is_seccomp(given[key])
        }
    )
    detail = f"forbidden {many('annotation', len(bad))} {', '.join(bad)}"
    return Verdict("seccompProfile", detail) if bad else None


def is_seccomp(value: str) -> bool:
    return value in DEFAULTS or value.startswith("localhost/")


def seccomp(meta: View, spec: View) -> Verdict | None:
    who, values = bad_values(spec, SECCOMP, lambda type: type not in KEPT)
    detail = f"{who} must not set securityContext.{SECCOMP} to {quoted(values)}"
    return Verdict("seccompProfile", detail) if who else None


def seccomp_set(meta: View, spec: View) -> Verdict | None:
    """No bad profile, and one for every container."""
    if (verdict := seccomp(meta, spec)) is not None:
        return verdict
    silent = those(spec, lambda container: context(container, "seccompProfile") is None)
    if context(spec, "seccompProfile") is not None or not silent:
        return None
    detail = (
        f"pod or {said_of(silent)} must set securityContext.{SECCOMP} to "
        '"RuntimeDefault" or "Localhost"'
    )
    return Verdict("seccompProfile", detail)


def selinux(allowed: set[str]) -> Judge:
    """Types of containers only; no user and no role."""

    def judge(meta: View, spec: View) -> Verdict | None:
        options = "seLinuxOptions"
        given = [context(holder, options) or {} for holder in (spec, *containers(spec))]
        bad = [o for o in given if is_bad(o)]
        if not bad:
            return None
        who = setters(
            is_bad(context(spec, options) or {}),
            those(spec, lambda container: is_bad(context(container, options) or {})),
        )
        types = sorted({o.get("type") or "" for o in bad} - allowed)
        said = [f"{many('type', len(types))} {quoted(types)}"] if types else []
        said += [
            f"{key} may not be set" for key in ("user", "role") if any(o.get(key) for o in bad)
        ]
        detail = f"{who} set forbidden securityContext.{options}: {'; '.join(said)}"
        return Verdict(options, detail)

    def is_bad(options: View) -> bool:
        type, others = options.get("type") or "", (options.get("user"), options.get("role"))
        return type not in allowed or any(others)

    return judge
