"""A pod's spec, alone or inside a template: every check, in upstream's order.

    check_spec(pod["spec"], "spec", name="web-1", is_pod=True)
    check_template(rs["spec"]["template"], "spec.template")

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePodSpec, ValidatePodTemplateSpec).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, not_supported, required
from onggi.api.meta import check_annotations, check_labels
from onggi.api.objects import View, get
from onggi.kinds.checks import INT32, choice, named, node_name
from onggi.kinds.core.pod.rules.containers import (
    Surroundings,
    check_containers,
    check_ephemeral_containers,
    check_init_containers,
)
from onggi.kinds.core.pod.rules.network import check_dns, check_host_aliases, check_host_network
from onggi.kinds.core.pod.rules.placement import check_affinity, check_spreading, check_tolerations
from onggi.kinds.core.pod.rules.resources import check_pod_resources, check_requirements
from onggi.kinds.core.pod.rules.security import check_pod_security
from onggi.kinds.core.pod.rules.volumes import check_volumes, valid_volumes

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
MIRROR = "kubernetes.io/config.mirror"
RESTART_POLICIES = ("Always", "OnFailure", "Never")
# Names of other objects, and of the host: field → rule
NAMES: Mapping[str, Callable[[str], list[str]]] = {
    "serviceAccountName": names.dns_subdomain,
    "nodeName": node_name,
    "hostname": names.dns_label,
    "subdomain": names.dns_label,
    "priorityClassName": names.dns_subdomain,
    "runtimeClassName": names.dns_subdomain,
    "hostnameOverride": names.dns_subdomain,
}
HOSTNAME_LIMIT = 64


def check_spec(spec: View, path: str, *, name: str = "", is_pod: bool) -> Iterator[FieldError]:
    """``name`` is the pod's, where it is known."""
    if spec.get("terminationGracePeriodSeconds") is None:
        yield required(f"{path}.terminationGracePeriodSeconds")
    volumes = spec.get("volumes") or ()
    yield from check_volumes(volumes, name, f"{path}.volumes")
    yield from check_resource_claims(spec.get("resourceClaims") or (), f"{path}.resourceClaims")
    around = surroundings(spec, is_pod)
    yield from check_containers(spec, around, f"{path}.containers")
    yield from check_init_containers(spec, around, f"{path}.initContainers")
    yield from check_ephemeral_containers(spec, around, f"{path}.ephemeralContainers")
    yield from check_pod_resources(spec, around.claims, f"{path}.resources")
    yield from check_host_network(spec, path, is_pod=is_pod)
    yield from choice(f"{path}.restartPolicy", spec.get("restartPolicy"), RESTART_POLICIES)
    yield from check_labels(spec.get("nodeSelector") or {}, f"{path}.nodeSelector")
    yield from check_pod_security(spec, path)
    yield from check_affinity(spec.get("affinity") or {}, f"{path}.affinity")
    yield from check_dns(spec, path)
    yield from check_gates(spec, path)
    constraints = spec.get("topologySpreadConstraints") or ()
    yield from check_spreading(constraints, f"{path}.topologySpreadConstraints")
    yield from check_names(spec, path)
    yield from check_rest(spec, path)


def surroundings(spec: View, is_pod: bool) -> Surroundings:
    claims = {claim.get("name") or "" for claim in spec.get("resourceClaims") or ()}
    return Surroundings(
        volumes=valid_volumes(spec.get("volumes") or ()),
        claims=claims - {""},
        grace=spec.get("terminationGracePeriodSeconds"),
        restart_policy=spec.get("restartPolicy") or "",
        host_users=spec.get("hostUsers") is not False,
        is_pod=is_pod,
    )


def check_names(spec: View, path: str) -> Iterator[FieldError]:
    for field, rule in NAMES.items():
        if spec.get(field):
            yield from named(f"{path}.{field}", spec[field], rule)
    override = spec.get("hostnameOverride")
    if override is None:
        return
    if len(override) > HOSTNAME_LIMIT:
        detail = f"must be no more than {HOSTNAME_LIMIT} characters"
        yield invalid(f"{path}.hostnameOverride", override, detail)
    if spec.get("hostNetwork"):
        detail = "may not be set when `hostNetwork` is true"
        yield forbidden(f"{path}.hostnameOverride", detail)
    if spec.get("setHostnameAsFQDN"):
        detail = "may not be set when `setHostnameAsFQDN` is true"
        yield forbidden(f"{path}.hostnameOverride", detail)


def check_rest(spec: View, path: str) -> Iterator[FieldError]:
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and not 1 <= deadline <= INT32:
        yield invalid(f"{path}.activeDeadlineSeconds", deadline, names.between(1, INT32))
    yield from check_tolerations(spec.get("tolerations") or (), f"{path}.tolerations")
    yield from check_host_aliases(spec.get("hostAliases") or (), f"{path}.hostAliases")
    if (policy := spec.get("preemptionPolicy")) is not None:
        yield from choice(f"{path}.preemptionPolicy", policy, ("PreemptLowerPriority", "Never"))
    if (overhead := spec.get("overhead")) is not None:
        yield from check_requirements({"limits": overhead}, set(), f"{path}.overhead")
    if (system := spec.get("os")) is not None:
        yield from check_os(system, f"{path}.os")


def check_os(system: View, path: str) -> Iterator[FieldError]:
    name = system.get("name") or ""
    if not name:
        yield required(f"{path}.name", "cannot be empty")
    elif name not in ("linux", "windows"):
        yield not_supported(path, name, ("linux", "windows"))


def check_gates(spec: View, path: str) -> Iterator[FieldError]:
    for index, gate in enumerate(spec.get("readinessGates") or ()):
        at = f"{path}.readinessGates[{index}].conditionType"
        yield from named(at, gate.get("conditionType") or "", names.qualified_name)
    seen: set[str] = set()
    for index, gate in enumerate(spec.get("schedulingGates") or ()):
        at, name = f"{path}.schedulingGates[{index}]", gate.get("name") or ""
        yield from named(at, name, names.qualified_name)
        if name in seen:
            yield duplicate(at, name)
        seen.add(name)


def check_resource_claims(claims: Sequence[View], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        at, name = f"{path}[{index}]", claim.get("name") or ""
        if not name:
            yield required(f"{at}.name")
        elif name in seen:
            yield duplicate(f"{at}.name", name)
        else:
            yield from named(f"{at}.name", name, names.dns_label)
        seen.add(name)
        fields = ("resourceClaimName", "resourceClaimTemplateName")
        given = [field for field in fields if claim.get(field) is not None]
        if len(given) > 1:
            detail = (
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            )
            yield invalid(at, dict(claim), detail)
        elif not given:
            detail = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"
            yield invalid(at, dict(claim), detail)
        for field in given:
            yield from named(f"{at}.{field}", claim[field], names.dns_subdomain)


def check_pod_annotations(
    annotations: Mapping[str, str], spec: View, path: str
) -> Iterator[FieldError]:
    """Annotations that mean something for pods and templates."""
    if MIRROR in annotations and not spec.get("nodeName"):
        detail = "must set spec.nodeName if mirror pod annotation is set"
        yield invalid(f"{path}[{MIRROR}]", annotations[MIRROR], detail)
    cost = annotations.get(DELETION_COST)
    if cost is not None and not is_int32(cost):
        yield invalid(f"{path}[{DELETION_COST}]", cost, "must be a 32bit integer")


def is_int32(text: str) -> bool:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or (digits[0] == "0" and text != "0"):
        return False
    return len(digits) <= 10 and -(2**31) <= int(text) <= INT32


def check_template_metadata(template: View, path: str) -> Iterator[FieldError]:
    meta, spec = template.get("metadata") or {}, template.get("spec") or {}
    annotations = meta.get("annotations") or {}
    yield from check_labels(meta.get("labels") or {}, f"{path}.labels")
    yield from check_annotations(annotations, f"{path}.annotations")
    yield from check_pod_annotations(annotations, spec, f"{path}.annotations")


def check_template(template: View, path: str) -> Iterator[FieldError]:
    spec = template.get("spec") or {}
    yield from check_template_metadata(template, path)
    yield from check_spec(spec, f"{path}.spec", is_pod=False)
    if get(spec, "ephemeralContainers"):
        detail = "ephemeral containers not allowed in pod template"
        yield forbidden(f"{path}.spec.ephemeralContainers", detail)
