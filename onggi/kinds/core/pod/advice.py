"""Upstream's warnings about pods and templates: deprecated, doubled, or surely not meant.

Source: ``pkg/api/pod/warnings.go``, ``pkg/api/node/util.go``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api import names, quantity
from onggi.api.objects import View, get
from onggi.kinds.core.pod.ignored import unbounded

Where = str  # the path before ``spec``: empty, or ``spec.template.``

OLD_LABELS = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region":
        'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone":
        'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type":
        'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
}  # fmt: skip
OLD_ANNOTATIONS = {
    "scheduler.alpha.kubernetes.io/critical-pod":
        'non-functional in v1.16+; use the "priorityClassName" field instead',
    "security.alpha.kubernetes.io/sysctls":
        'non-functional in v1.11+; use the "sysctls" field instead',
    "security.alpha.kubernetes.io/unsafe-sysctls":
        'non-functional in v1.11+; use the "sysctls" field instead',
    "seccomp.security.alpha.kubernetes.io/pod":
        'non-functional in v1.27+; use the "seccompProfile" field instead',
}  # fmt: skip
OLD_VOLUMES = {
    "photonPersistentDisk": "deprecated in v1.11, non-functional in v1.16+",
    "gitRepo": "deprecated in v1.11, and disabled by default in v1.33+",
    "scaleIO": "deprecated in v1.16, non-functional in v1.22+",
    "flocker": "deprecated in v1.22, non-functional in v1.25+",
    "storageos": "deprecated in v1.22, non-functional in v1.25+",
    "quobyte": "deprecated in v1.22, non-functional in v1.25+",
    "glusterfs": "deprecated in v1.25, non-functional in v1.26+",
    "cephfs": "deprecated in v1.28, non-functional in v1.31+",
    "rbd": "deprecated in v1.28, non-functional in v1.31+",
}
LISTS = ("initContainers", "containers", "ephemeralContainers")
BYTES = ("memory", "ephemeral-storage")


def on_pod(new: View, old: View | None) -> Iterator[str]:
    """Only on creation: controllers and nodes update pods often, people hardly ever."""
    if old is not None:
        return
    if errors := names.dns_label(get(new, "metadata.name") or ""):
        yield (
            "metadata.name: this is used in the Pod's hostname, which can result in surprising "
            f"behavior; a DNS label is recommended: [{' '.join(errors)}]"
        )
    yield from about(new, "")


def on_template(new: View, old: View | None) -> Iterator[str]:
    """Of a Deployment or its like, when its template is new."""
    template = get(new, "spec.template") or {}
    if old is None or template != get(old, "spec.template"):
        yield from about(template, "spec.template.")


def about(pod: View, where: Where) -> Iterator[str]:
    spec = pod.get("spec") or {}
    yield from about_labels(spec, where)
    yield from about_annotations(pod, where)
    yield from (f"{where}spec.{text}" for text in unbounded(spec))
    for index, volume in enumerate(spec.get("volumes") or ()):
        for name, text in OLD_VOLUMES.items():
            if volume.get(name) is not None:
                yield f"{where}spec.volumes[{index}].{name}: {text}"
    yield from about_doubles(spec, where)
    yield from about_amounts(spec.get("overhead"), f"{where}spec.overhead")
    for path, container in containers(spec, where):
        for side in ("limits", "requests"):
            amounts = get(container, f"resources.{side}")
            yield from about_amounts(amounts, f"{path}.resources.{side}")
        yield from about_env(container, path)
    yield from about_ports(spec, where)
    yield from about_affinity(spec, where)
    if (grace := spec.get("terminationGracePeriodSeconds")) is not None and grace < 0:
        yield f"{where}spec.terminationGracePeriodSeconds: must be >= 0; negative values are " \
              "invalid and will be treated as 1"  # fmt: skip


def containers(spec: View, where: Where) -> Iterator[tuple[str, View]]:
    for field in LISTS:
        for index, container in enumerate(spec.get(field) or ()):
            yield f"{where}spec.{field}[{index}]", container


def about_labels(spec: View, where: Where) -> Iterator[str]:
    for key in spec.get("nodeSelector") or ():
        if key in OLD_LABELS:
            yield f"{where}spec.nodeSelector[{key}]: {OLD_LABELS[key]}"
    for index, constraint in enumerate(spec.get("topologySpreadConstraints") or ()):
        at, key = f"{where}spec.topologySpreadConstraints[{index}]", constraint.get("topologyKey")
        if key in OLD_LABELS:
            yield f"{at}.topologyKey: {key} is {OLD_LABELS[key]}"
        if constraint.get("labelSelector") is None:
            yield f"{at}.labelSelector: a null labelSelector results in matching no pod"


def about_annotations(pod: View, where: Where) -> Iterator[str]:
    for key in get(pod, "metadata.annotations") or ():
        if key in OLD_ANNOTATIONS:
            yield f"{where}metadata.annotations[{key}]: {OLD_ANNOTATIONS[key]}"


def about_doubles(spec: View, where: Where) -> Iterator[str]:
    for field, key in (("hostAliases", "ip"), ("imagePullSecrets", "name")):
        seen: set[Any] = set()
        for index, item in enumerate(spec.get(field) or ()):
            value = item.get(key) or ""
            if value in seen:
                yield f'{where}spec.{field}[{index}].{key}: duplicate {key} "{value}"'
            seen.add(value)
            if field == "imagePullSecrets" and not value:
                yield f'{where}spec.{field}[{index}].{key}: invalid empty name ""'


def about_amounts(amounts: Mapping[str, Any] | None, path: str) -> Iterator[str]:
    """Half a byte is no amount of memory."""
    for name in BYTES:
        if not amounts or name not in amounts:
            continue
        amount = quantity.parse(quantity.spelled(amounts[name]))
        if amount.milli() % 1000:
            text = f'fractional byte value "{amount}" is invalid, must be an integer'
            yield f"{path}[{name}]: {text}"


def about_env(container: View, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for index, variable in enumerate(container.get("env") or ()):
        name, value = variable.get("name") or "", variable.get("value") or ""
        reference = f"$({name})"
        hides = value == reference or reference not in value or variable.get("valueFrom")
        if name in seen and hides:
            text = f'hides previous definition of "{name}", which may be dropped when using apply'
            yield f"{path}.env[{index}]: {text}"
        seen.add(name)


def about_ports(spec: View, where: Where) -> Iterator[str]:
    earlier: dict[tuple[Any, Any], list[tuple[str, View]]] = {}
    for path, container in containers(spec, where):
        for index, port in enumerate(container.get("ports") or ()):
            at = f"{path}.ports[{index}]"
            others = earlier.setdefault((port.get("containerPort"), port.get("protocol")), [])
            for other_path, other in others:
                if text := collision(port, other):
                    yield f"{at}: {text} port definition with {other_path}"
            others.append((at, port))


def collision(port: View, other: View) -> str:
    """The same container port twice: with equal host sides, or with one of them open."""
    mine, its = host_side(port), host_side(other)
    if mine == its:
        return "duplicate"
    if not mine[1] or not its[1] or (mine[1] == its[1] and not (mine[0] and its[0])):
        return "overlapping"
    return ""


def host_side(port: View) -> tuple[str, int]:
    return port.get("hostIP") or "", port.get("hostPort") or 0


def about_affinity(spec: View, where: Where) -> Iterator[str]:
    for side in ("podAffinity", "podAntiAffinity"):
        for kind in ("required", "preferred"):
            field = f"{kind}DuringSchedulingIgnoredDuringExecution"
            for index, item in enumerate(get(spec, f"affinity.{side}.{field}") or ()):
                weighted = kind == "preferred"
                term = (item.get("podAffinityTerm") or {}) if weighted else item
                at = f"{where}spec.affinity.{side}.{field}[{index}]"
                at += ".podAffinityTerm" if weighted else ""
                if term.get("labelSelector") is None:
                    yield f"{at}.labelSelector: a null labelSelector results in matching no pod"
