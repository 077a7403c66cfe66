"""What is written about which request: an audit ``Policy`` (audit.k8s.io/v1), read once. Pure.

    policy = Policy.read(document)              a decoded YAML or JSON file; raises BadPolicy
    policy.judge(user, target) -> Verdict       of the first rule that matches

Source: ``staging/src/k8s.io/apiserver/pkg/audit/policy/checker.go`` and its ``validation.go``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from onggi.api.http import User
from onggi.api.objects import View
from onggi.apiserver.path import Target
from onggi.apiserver.unusable import Unusable

LEVELS = ("None", "Metadata", "Request", "RequestResponse")
STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")
VERSIONS = ("audit.k8s.io/v1",)
FIELDS = {
    "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs",
    "omitStages", "omitManagedFields",
}  # fmt: skip


class BadPolicy(Unusable):
    """A policy that cannot be used; the text says where and why."""


class Verdict(NamedTuple):
    """``level`` is one of ``LEVELS``; ``stages`` are those that are written."""

    level: str
    stages: frozenset[str]
    omit_managed_fields: bool = False

    @property
    def shows_request(self) -> bool:
        return self.level in LEVELS[2:]

    @property
    def shows_response(self) -> bool:
        return self.level == LEVELS[3]


NOTHING = Verdict("None", frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    verdict: Verdict
    users: Sequence[str]
    groups: Sequence[str]
    verbs: Sequence[str]
    namespaces: Sequence[str]
    resources: Sequence[View]
    paths: Sequence[str]

    def matches(self, user: User, target: Target) -> bool:
        if self.users and user.name not in self.users:
            return False
        if self.groups and not set(self.groups) & set(user.groups):
            return False
        if self.verbs and target.verb not in self.verbs:
            return False
        if self.namespaces or self.resources:
            return self._is_resource(target)
        return not self.paths or is_path(self.paths, target)

    def _is_resource(self, target: Target) -> bool:
        if not target.resource:
            return False
        if self.namespaces and target.namespace not in self.namespaces:
            return False
        return not self.resources or any(is_resource(r, target) for r in self.resources)


@dataclass(frozen=True)
class Policy:
    rules: Sequence[Rule]

    def judge(self, user: User, target: Target) -> Verdict:
        for rule in self.rules:
            if rule.matches(user, target):
                return rule.verdict
        return NOTHING

    @staticmethod
    def read(document: Any) -> "Policy":
        """Raises BadPolicy."""
        check(document)
        omitted = stages(document, "omitStages")
        managed = bool(document.get("omitManagedFields"))
        found = enumerate(document["rules"])
        return Policy([rule(each, f"rules[{i}]", omitted, managed) for i, each in found])


def check(document: Any) -> None:
    if not isinstance(document, Mapping):
        raise BadPolicy("it holds no object")
    if document.get("apiVersion") not in VERSIONS or document.get("kind") != "Policy":
        raise BadPolicy(f"it must begin with apiVersion: {VERSIONS[0]}, kind: Policy")
    if not isinstance(document.get("rules"), list) or not document["rules"]:
        raise BadPolicy("loaded illegal policy with 0 rules")


def rule(given: Any, place: str, omitted: frozenset[str], managed: bool) -> Rule:
    if not isinstance(given, Mapping):
        raise BadPolicy(f"{place}: it must be an object")
    if unknown := given.keys() - FIELDS:
        raise BadPolicy(f"{place}: unknown field {sorted(unknown)[0]!r}")
    if given.get("level") not in LEVELS:
        shown = ", ".join(LEVELS)
        raise BadPolicy(f"{place}.level: {given.get('level')!r} must be one of {shown}")
    paths, resources = texts(given, "nonResourceURLs", place), given.get("resources") or []
    check_scope(paths, resources or given.get("namespaces"), place)
    own = given.get("omitManagedFields")
    left = frozenset(STAGES) - omitted - stages(given, "omitStages", f"{place}.")
    return Rule(
        Verdict(given["level"], left, managed if own is None else bool(own)),
        texts(given, "users", place),
        texts(given, "userGroups", place),
        texts(given, "verbs", place),
        texts(given, "namespaces", place),
        [group(each, f"{place}.resources[{i}]") for i, each in enumerate(resources)],
        paths,
    )


def check_scope(paths: Sequence[str], resources: Any, place: str) -> None:
    if paths and resources:
        raise BadPolicy(f"{place}.nonResourceURLs: rules cannot apply to both regular resources "
                        "and non-resource URLs")  # fmt: skip
    for path in paths:
        if path != "*" and (not path.startswith("/") or "*" in path[:-1]):
            raise BadPolicy(f"{place}.nonResourceURLs: {path!r}: a path that begins with '/', and "
                            "'*' only at its end")  # fmt: skip


def group(given: Any, place: str) -> View:
    if not isinstance(given, Mapping):
        raise BadPolicy(f"{place}: it must be an object")
    if unknown := given.keys() - {"group", "resources", "resourceNames"}:
        raise BadPolicy(f"{place}: unknown field {sorted(unknown)[0]!r}")
    if "/" in (given.get("group") or ""):
        raise BadPolicy(f"{place}.group: {given['group']!r}: the group alone, without a version")
    names, resources = texts(given, "resourceNames", place), texts(given, "resources", place)
    if names and not resources:
        raise BadPolicy(f"{place}.resourceNames: using resourceNames requires at least 1 resource")
    return {"group": given.get("group") or "", "resources": resources, "names": names}


def texts(given: View, name: str, place: str) -> Sequence[str]:
    found = given.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise BadPolicy(f"{place}.{name}: a list of strings, please")
    return found


def stages(given: View, name: str, place: str = "") -> frozenset[str]:
    found = frozenset(texts(given, name, place.rstrip(".") or "the policy"))
    if unknown := found - set(STAGES):
        shown = ", ".join(STAGES)
        raise BadPolicy(f"{place}{name}: {sorted(unknown)[0]!r} must be one of {shown}")
    return found


def is_resource(rule: View, target: Target) -> bool:
    """One GroupResources."""
    if rule["group"] != target.group:
        return False
    if not rule["resources"]:
        return True
    if rule["names"] and target.name not in rule["names"]:
        return False
    return any(is_named(resource, target) for resource in rule["resources"])


def is_named(resource: str, target: Target) -> bool:
    sub = target.subresource
    whole = f"{target.resource}/{sub}" if sub else target.resource
    if resource in ("*", whole):
        return True
    kind, _, below = resource.partition("/")
    return (kind == "*" and bool(sub) and below == sub) or (
        below == "*" and kind == target.resource
    )


def is_path(paths: Sequence[str], target: Target) -> bool:
    if target.resource:
        return False
    return any(
        path == target.path or (path.endswith("*") and target.path.startswith(path[:-1]))
        for path in paths
    )
