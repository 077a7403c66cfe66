"""Containers of every sort: what all have in common, and what each sort may not have.

Source: ``pkg/apis/core/validation/validation.go`` (validateContainerCommon,
validateContainers, validateInitContainers, validateEphemeralContainers).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
)
from onggi.api.objects import View
from onggi.kinds.checks import choice, named, too_many
from onggi.kinds.core.pod.predicates import is_sidecar
from onggi.kinds.core.pod.rules.env import check_env, check_env_from
from onggi.kinds.core.pod.rules.mounts import check_devices, check_mounts
from onggi.kinds.core.pod.rules.network import check_host_ports, check_ports
from onggi.kinds.core.pod.rules.probes import check_lifecycle, check_probes
from onggi.kinds.core.pod.rules.resources import check_requirements
from onggi.kinds.core.pod.rules.security import check_security

PULL_POLICIES = ("Always", "IfNotPresent", "Never")
MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
RESTART_POLICIES = ("Always", "Never", "OnFailure")
RESIZABLE, RESIZES = ("cpu", "memory"), ("NotRequired", "RestartContainer")
NOT_FOR_INIT = "may not be set for init containers without restartPolicy=Always"
NOT_FOR_EPHEMERAL = "cannot be set for an Ephemeral Container"
LONG_RUNNING = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
EPHEMERAL_FORBIDDEN = (
    "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe",
    "readinessProbe", "startupProbe", "lifecycle",
)  # fmt: skip
MAX_RULES = 20


@dataclass(frozen=True)
class Surroundings:
    """What of its pod a container's validity depends on."""

    volumes: Mapping[str, View]
    claims: set[str]
    grace: int | None
    restart_policy: str
    host_users: bool
    is_pod: bool  # and not only a template


def check_containers(spec: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    containers = spec.get("containers") or ()
    if not containers:
        yield required(path)
    seen: set[str] = set()
    for index, container in enumerate(containers):
        at, name = f"{path}[{index}]", container.get("name") or ""
        yield from check_common(container, around, at)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name)
        yield from check_long_running(container, around, at)
        yield from check_restart(container, at)
    yield from check_host_ports(containers, path)


def check_init_containers(spec: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    seen = {container.get("name") or "" for container in spec.get("containers") or ()}
    for index, container in enumerate(spec.get("initContainers") or ()):
        at, name = f"{path}[{index}]", container.get("name") or ""
        yield from check_common(container, around, at)
        yield from check_restart(container, at)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        elif name:
            seen.add(name)
        yield from check_host_ports([container], path)
        if is_sidecar(container):
            yield from check_long_running(container, around, at)
            continue
        for field in LONG_RUNNING:
            if container.get(field) is not None:
                yield forbidden(f"{at}.{field}", NOT_FOR_INIT)


def check_ephemeral_containers(spec: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    others = {
        container.get("name") or ""
        for field in ("containers", "initContainers")
        for container in spec.get(field) or ()
    }
    seen = set(others)
    for index, container in enumerate(spec.get("ephemeralContainers") or ()):
        at, name = f"{path}[{index}]", container.get("name") or ""
        yield from check_common(container, around, at)
        if name in seen:
            yield duplicate(f"{at}.name", name)
        seen.add(name)
        target = container.get("targetContainerName")
        if target and target not in others:
            yield not_found(f"{at}.targetContainerName", target)
        for field in EPHEMERAL_FORBIDDEN:
            if container.get(field):
                yield forbidden(f"{at}.{field}", NOT_FOR_EPHEMERAL)
        for place, mount in enumerate(container.get("volumeMounts") or ()):
            for field in ("subPath", "subPathExpr"):
                if mount.get(field):
                    yield forbidden(f"{at}.volumeMounts[{place}].{field}", NOT_FOR_EPHEMERAL)


def check_common(container: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    if not container.get("name"):
        yield required(f"{path}.name")
    else:
        yield from named(f"{path}.name", container["name"], names.dns_label)
    image = container.get("image") or ""
    if not image:
        yield required(f"{path}.image")
    elif around.is_pod and image != image.strip():
        yield invalid(f"{path}.image", image, "must not have leading or trailing whitespace")
    policy = container.get("terminationMessagePolicy")
    yield from choice(f"{path}.terminationMessagePolicy", policy, MESSAGE_POLICIES)
    yield from check_ports(container.get("ports") or (), f"{path}.ports")
    yield from check_env(container.get("env") or (), f"{path}.env")
    yield from check_env_from(container.get("envFrom") or (), f"{path}.envFrom")
    yield from check_mounts(container, around.volumes, path)
    yield from check_devices(container, around.volumes, path)
    policy = container.get("imagePullPolicy")
    yield from choice(f"{path}.imagePullPolicy", policy, PULL_POLICIES)
    resources = container.get("resources") or {}
    yield from check_requirements(resources, around.claims, f"{path}.resources")
    yield from check_resize(container, around, f"{path}.resizePolicy")
    if (context := container.get("securityContext")) is not None:
        at = f"{path}.securityContext"
        yield from check_security(context, at, host_users=around.host_users)


def check_long_running(container: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    if (lifecycle := container.get("lifecycle")) is not None:
        yield from check_lifecycle(lifecycle, f"{path}.lifecycle", around.grace)
    yield from check_probes(container, path, around.grace)


def check_restart(container: View, path: str) -> Iterator[FieldError]:
    """A container's own restart policy, and exit codes that override it."""
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules") or ()
    if policy is not None and policy not in RESTART_POLICIES:
        yield not_supported(f"{path}.restartPolicy", policy, RESTART_POLICIES)
    if rules and policy is None:
        detail = "must specify restartPolicy when restart rules are used"
        yield required(f"{path}.restartPolicy", detail)
    if len(rules) > MAX_RULES:
        yield too_many(f"{path}.restartPolicyRules", len(rules), MAX_RULES)
    for index, rule in enumerate(rules):
        at = f"{path}.restartPolicyRules[{index}]"
        yield from choice(f"{at}.action", rule.get("action"), ("Restart", "RestartAllContainers"))
        codes = rule.get("exitCodes")
        if codes is None:
            yield required(f"{at}.exitCodes", "must be specified")
        else:
            yield from choice(f"{at}.exitCodes.operator", codes.get("operator"), ("In", "NotIn"))
            if not codes.get("values"):
                yield required(f"{at}.exitCodes.values", "must specify at least one value")


def check_resize(container: View, around: Surroundings, path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, policy in enumerate(container.get("resizePolicy") or ()):
        resource, restart = policy.get("resourceName") or "", policy.get("restartPolicy") or ""
        if resource in seen:
            yield duplicate(f"{path}[{index}]", resource)
        seen.add(resource)
        yield from choice(path, resource, RESIZABLE)
        yield from choice(path, restart, RESIZES)
        if around.restart_policy == "Never" and restart != "NotRequired":
            detail = "must be 'NotRequired' when `restartPolicy` is 'Never'"
            yield invalid(path, restart, detail)
