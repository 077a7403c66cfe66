"""Roles and bindings: what they may say. Source: ``pkg/apis/rbac/validation/validation.go``."""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.objects import Object, View
from onggi.api.selectors import check_label_selector
from onggi.kinds.checks import named

GROUP = "rbac.authorization.k8s.io"
RESOURCE_FIELDS = ("apiGroups", "resources", "resourceNames")


def check_role(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_rules(new.get("rules") or (), namespaced=True)


def check_cluster_role(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_rules(new.get("rules") or (), namespaced=False)
    if (aggregation := new.get("aggregationRule")) is None:
        return
    path = "aggregationRule.clusterRoleSelectors"
    selectors = aggregation.get("clusterRoleSelectors") or ()
    if not selectors:
        detail = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        yield required(path, detail)
    for index, selector in enumerate(selectors):
        yield from check_label_selector(selector, f"{path}[{index}]")


def check_rules(rules: Sequence[View], *, namespaced: bool) -> Iterator[FieldError]:
    for index, rule in enumerate(rules):
        yield from check_rule(rule, f"rules[{index}]", namespaced=namespaced)


def check_rule(rule: View, path: str, *, namespaced: bool) -> Iterator[FieldError]:
    if not rule.get("verbs"):
        yield required(f"{path}.verbs", "verbs must contain at least one value")
    if urls := rule.get("nonResourceURLs"):
        at = f"{path}.nonResourceURLs"
        if namespaced:
            detail = "namespaced rules cannot apply to non-resource URLs"
            yield invalid(at, list(urls), detail)
        if any(rule.get(field) for field in RESOURCE_FIELDS):
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(at, list(urls), detail)
        return
    if not rule.get("apiGroups"):
        yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.get("resources"):
        yield required(f"{path}.resources", "resource rules must supply at least one resource")


def default_binding(binding: Object) -> None:
    """References without an API group mean RBAC's own kinds."""
    ref = binding.get("roleRef")
    if isinstance(ref, dict) and not ref.get("apiGroup"):
        ref["apiGroup"] = GROUP
    for subject in binding.get("subjects") or ():
        if isinstance(subject, dict) and not subject.get("apiGroup"):
            default_subject(subject)


def default_subject(subject: Object) -> None:
    if subject.get("kind") in ("User", "Group"):
        subject["apiGroup"] = GROUP


def check_role_binding(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_binding(new, old, ("ClusterRole", "Role"), namespaced=True)


def check_cluster_role_binding(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_binding(new, old, ("ClusterRole",), namespaced=False)


def check_binding(
    new: View, old: View | None, kinds: tuple[str, ...], *, namespaced: bool
) -> Iterator[FieldError]:
    ref = new.get("roleRef") or {}
    if (group := ref.get("apiGroup") or "") != GROUP:
        yield not_supported("roleRef.apiGroup", group, (GROUP,))
    if (kind := ref.get("kind") or "") not in kinds:
        yield not_supported("roleRef.kind", kind, kinds)
    if not ref.get("name"):
        yield required("roleRef.name")
    else:
        yield from named("roleRef.name", ref["name"], names.path_segment)
    for index, subject in enumerate(new.get("subjects") or ()):
        yield from check_subject(subject, f"subjects[{index}]", namespaced=namespaced)
    if old is not None and dict(ref) != dict(old.get("roleRef") or {}):
        yield invalid("roleRef", dict(ref), "cannot change roleRef")


def check_subject(subject: View, path: str, *, namespaced: bool) -> Iterator[FieldError]:
    kind, group, name = (subject.get(field) or "" for field in ("kind", "apiGroup", "name"))
    if not name:
        yield required(f"{path}.name")
    if kind == "ServiceAccount":
        if name:
            yield from named(f"{path}.name", name, names.dns_subdomain)
        if group:
            yield not_supported(f"{path}.apiGroup", group, ("",))
        if not namespaced and not subject.get("namespace"):
            yield required(f"{path}.namespace")
    elif kind in ("User", "Group"):
        if group != GROUP:
            yield not_supported(f"{path}.apiGroup", group, (GROUP,))
    else:
        yield not_supported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group"))
