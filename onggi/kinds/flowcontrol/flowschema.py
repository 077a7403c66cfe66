"""FlowSchema (flowcontrol.apiserver.k8s.io/v1): which requests belong to which priority level.

Source: ``pkg/apis/flowcontrol/validation/validation.go``, ``pkg/apis/flowcontrol/v1/defaults.go``.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.kinds.cells import AGE, NAME, NONE
from onggi.kinds.checks import named
from onggi.kinds.fill import fill_zero, first_status, keep_metadata
from onggi.kinds.flowcontrol.bootstrap import EXEMPT, MANDATORY_SCHEMAS, SCHEMAS
from onggi.kinds.flowcontrol.prioritylevelconfiguration import API, GROUP, check_conditions

LAST = 10000
VERBS = (
    "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch",
)  # fmt: skip
SUBJECTS = {"Group": "group", "ServiceAccount": "serviceAccount", "User": "user"}
METHODS = ("ByNamespace", "ByUser")
NAMESPACES = "each member of this list must be '*' or a DNS-1123 label; "
# list → what upstream says where it is empty, and what "*" may not stand beside
LISTS = {
    "verbs": ("verbs must contain at least one value", "verbs"),
    "apiGroups": ("resource rules must supply at least one api group", "api groups"),
    "resources": ("resource rules must supply at least one resource", "resources"),
    "namespaces": (
        "resource rules that are not cluster scoped must supply at least one namespace",
        "namespaces",
    ),
    "nonResourceURLs": (
        "nonResourceURLs must contain at least one value",
        "non-resource URLs",
    ),
}


def default(schema: Object) -> None:
    if isinstance(spec := schema.get("spec"), dict):
        fill_zero(spec, {"matchingPrecedence": 1000})


def check(new: View, old: View | None) -> Iterator[FieldError]:
    name, spec = get(new, "metadata.name") or "", new.get("spec") or {}
    yield from check_precedence(spec.get("matchingPrecedence") or 0, name)
    if (method := spec.get("distinguisherMethod")) and method.get("type") not in METHODS:
        yield not_supported("spec.distinguisherMethod.type", dict(method), METHODS)
    path = "spec.priorityLevelConfiguration.name"
    if level := get(spec, "priorityLevelConfiguration.name"):
        yield from named(path, level, names.dns_subdomain)
    else:
        yield required(path, "must reference a priority level")
    for index, rule in enumerate(spec.get("rules") or ()):
        yield from check_rule(rule, f"spec.rules[{index}]")
    if name in MANDATORY_SCHEMAS and spec != SCHEMAS[name]:
        yield invalid("spec", spec, f"spec of '{name}' must equal the fixed value")
    yield from check_conditions(new, old)


def check_precedence(precedence: int, name: str) -> Iterator[FieldError]:
    path = "spec.matchingPrecedence"
    if precedence <= 0:
        yield invalid(path, precedence, "must be a positive value")
    if precedence > LAST:
        yield invalid(path, precedence, f"must not be greater than {LAST}")
    if precedence == 1 and name != EXEMPT:
        detail = "only the schema named 'exempt' may have matchingPrecedence 1"
        yield invalid(path, precedence, detail)


def check_rule(rule: View, path: str) -> Iterator[FieldError]:
    subjects = rule.get("subjects") or ()
    if not subjects:
        yield required(f"{path}.subjects", "subjects must contain at least one value")
    for index, subject in enumerate(subjects):
        yield from check_subject(subject, f"{path}.subjects[{index}]")
    resources, others = rule.get("resourceRules") or (), rule.get("nonResourceRules") or ()
    if not resources and not others:
        detail = "at least one of resourceRules and nonResourceRules has to be non-empty"
        yield required(path, detail)
    for index, item in enumerate(resources):
        yield from check_resources(item, f"{path}.resourceRules[{index}]")
    for index, item in enumerate(others):
        yield from check_verbs(item, f"{path}.nonResourceRules[{index}]")
        urls, at = item.get("nonResourceURLs") or (), f"{path}.nonResourceRules[{index}]"
        yield from check_list(urls, "nonResourceURLs", at, check_url)


def check_subject(subject: View, path: str) -> Iterator[FieldError]:
    kind = subject.get("kind") or ""
    if kind not in SUBJECTS:
        yield not_supported(f"{path}.kind", kind, SUBJECTS)
        return
    own = SUBJECTS[kind]
    found = subject.get(own)
    if found is None:
        yield required(f"{path}.{own}", f"{own} is required when subject kind is '{kind}'")
    else:
        yield from check_who(found, kind, f"{path}.{own}")
    for other, field in SUBJECTS.items():
        if other != kind and subject.get(field) is not None:
            detail = f"{field} is forbidden when subject kind is not '{other}'"
            yield forbidden(f"{path}.{field}", detail)


def check_who(found: View, kind: str, path: str) -> Iterator[FieldError]:
    account, name = kind == "ServiceAccount", found.get("name") or ""
    if not name:
        yield required(f"{path}.name")
    elif account and name != "*":
        yield from named(f"{path}.name", name, names.dns_subdomain)
    if account and found.get("namespace"):
        yield from named(f"{path}.namespace", found["namespace"], names.dns_label)
    elif account:
        yield required(f"{path}.namespace", "must specify namespace for service account")


def check_verbs(rule: View, path: str) -> Iterator[FieldError]:
    verbs = rule.get("verbs") or ()
    yield from check_list(verbs, "verbs", path)
    if verbs and "*" not in verbs and not set(verbs) <= set(VERBS):
        yield not_supported(f"{path}.verbs", list(verbs), VERBS)


def check_resources(rule: View, path: str) -> Iterator[FieldError]:
    yield from check_verbs(rule, path)
    for field in ("apiGroups", "resources"):
        yield from check_list(rule.get(field) or (), field, path)
    namespaces = rule.get("namespaces") or ()
    if namespaces or not rule.get("clusterScope"):
        yield from check_list(namespaces, "namespaces", path, check_namespace)


def check_list(
    items: Sequence[str],
    field: str,
    path: str,
    check_item: Callable[[str, str], Iterator[FieldError]] | None = None,
) -> Iterator[FieldError]:
    empty, others = LISTS[field]
    if not items:
        yield required(f"{path}.{field}", empty)
    elif "*" in items:
        if len(items) > 1:
            detail = f"if '*' is present, must not specify other {others}"
            yield invalid(f"{path}.{field}", list(items), detail)
    elif check_item:
        for index, item in enumerate(items):
            yield from check_item(item, f"{path}.{field}[{index}]")


def check_namespace(name: str, path: str) -> Iterator[FieldError]:
    for message in names.dns_label(name):
        yield invalid(path, name, NAMESPACES + message)


def check_url(url: str, path: str) -> Iterator[FieldError]:
    stars = url.count("*")
    if not url:
        yield invalid(path, url, "must not be empty")
    elif not url.startswith("/"):
        yield invalid(path, url, "must start with slash")
    elif " " in url:
        yield invalid(path, url, "must not contain white-space")
    elif "//" in url:
        yield invalid(path, url, "must not contain double slash")
    elif stars > 1 or (stars and not url.endswith("/*")):
        yield invalid(path, url, "wildcard can only do suffix matching")


def missing_level(schema: View, now: datetime) -> str:
    for condition in get(schema, "status.conditions") or ():
        if condition.get("type") == "Dangling":
            return condition.get("status") or ""
    return "?"


FLOWSCHEMA = Kind(
    group=GROUP,
    version="v1",
    name="FlowSchema",
    plural="flowschemas",
    schema="io.k8s.api.flowcontrol.v1.FlowSchema",
    namespaced=False,
    derived=(default,),
    prepare=first_status({}),
    prepare_status=keep_metadata,
    rules=(check,),
    status_rules=(check_conditions,),
    columns=(
        NAME,
        Column("PriorityLevel", "spec.priorityLevelConfiguration.name",
               description=f"{API}.PriorityLevelConfigurationReference.name"),
        Column("MatchingPrecedence", lambda fs, now: get(fs, "spec.matchingPrecedence", 0),
               description=f"{API}.FlowSchemaSpec.matchingPrecedence"),
        Column("DistinguisherMethod",
               lambda fs, now: get(fs, "spec.distinguisherMethod.type", NONE),
               description=f"{API}.FlowSchemaSpec.distinguisherMethod"),
        AGE,
        Column("MissingPL", missing_level,
               description="references a broken or non-existent PriorityLevelConfiguration"),
    ),
)  # fmt: skip
