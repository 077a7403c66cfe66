"""May somebody do something: ``authorizer.group('apps').resource('deployments').check('get')``.

What decides is given from outside: an ``Authorizer`` value has a ``decide`` function of the
``Question``, and hence nothing here knows of RBAC.

Source: ``k8s.io/apiserver/pkg/cel/library/authz.go``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from onggi.api import names
from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, method


class Question(NamedTuple):
    """``user`` is None for who makes the request, else (namespace, name) of a ServiceAccount."""

    user: tuple[str, str] | None
    verb: str
    path: str = ""
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    field_selector: str = ""
    label_selector: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    TYPE: ClassVar[str] = "kubernetes.authorization.Decision"
    allowed: bool
    reason: str = ""
    error: str = ""


Decide = Callable[[Question], Decision]


@dataclass(frozen=True, slots=True)
class Authorizer:
    TYPE: ClassVar[str] = "kubernetes.authorization.Authorizer"
    decide: Decide
    user: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PathCheck:
    TYPE: ClassVar[str] = "kubernetes.authorization.PathCheck"
    authorizer: Authorizer
    path: str


@dataclass(frozen=True, slots=True)
class GroupCheck:
    TYPE: ClassVar[str] = "kubernetes.authorization.GroupCheck"
    authorizer: Authorizer
    group: str


@dataclass(frozen=True, slots=True)
class ResourceCheck:
    TYPE: ClassVar[str] = "kubernetes.authorization.ResourceCheck"
    authorizer: Authorizer
    group: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    field_selector: str = ""
    label_selector: str = ""


def path_of(authorizer: Authorizer, path: str) -> PathCheck:
    if not path.strip():
        raise CelError("path must not be empty")
    return PathCheck(authorizer, path)


def resource_of(group: GroupCheck, resource: str) -> ResourceCheck:
    if not resource.strip():
        raise CelError("resource must not be empty")
    return ResourceCheck(group.authorizer, group.group, resource)


def service_account(authorizer: Authorizer, namespace: str, name: str) -> Authorizer:
    if names.dns_subdomain(name):
        raise CelError("Invalid service account name")
    if names.dns_label(namespace):
        raise CelError("Invalid service account namespace")
    return Authorizer(authorizer.decide, (namespace, name))


def check_path(check: PathCheck, verb: str) -> Decision:
    return check.authorizer.decide(Question(check.authorizer.user, verb, check.path))


def check_resource(check: ResourceCheck, verb: str) -> Decision:
    question = Question(
        check.authorizer.user, verb, "", check.group, check.resource, check.subresource,
        check.namespace, check.name, check.field_selector, check.label_selector,
    )  # fmt: skip
    return check.authorizer.decide(question)


def setting(field: str) -> Callable[[ResourceCheck, str], ResourceCheck]:
    def change(check: ResourceCheck, value: str) -> ResourceCheck:
        changes: dict[str, Any] = {field: value}
        return replace(check, **changes)

    return change


A, P, G, R, D = (each.TYPE for each in (Authorizer, PathCheck, GroupCheck, ResourceCheck, Decision))
OVERLOADS: tuple[Overload, ...] = (
    method("path", "authorizer_path", f"{A}, string -> {P}", path_of),
    method("group", "authorizer_group", f"{A}, string -> {G}", GroupCheck),
    method("serviceAccount", "authorizer_serviceaccount", f"{A}, string, string -> {A}",
           service_account),
    method("resource", "groupcheck_resource", f"{G}, string -> {R}", resource_of),
    method("subresource", "resourcecheck_subresource", f"{R}, string -> {R}",
           setting("subresource")),
    method("namespace", "resourcecheck_namespace", f"{R}, string -> {R}", setting("namespace")),
    method("name", "resourcecheck_name", f"{R}, string -> {R}", setting("name")),
    method("fieldSelector", "authorizer_fieldselector", f"{R}, string -> {R}",
           setting("field_selector")),
    method("labelSelector", "authorizer_labelselector", f"{R}, string -> {R}",
           setting("label_selector")),
    method("check", "pathcheck_check", f"{P}, string -> {D}", check_path),
    method("check", "resourcecheck_check", f"{R}, string -> {D}", check_resource),
    method("allowed", "decision_allowed", f"{D} -> bool", lambda d: d.allowed),
    method("reason", "decision_reason", f"{D} -> string", lambda d: d.reason),
    method("error", "decision_error", f"{D} -> string", lambda d: d.error),
    method("errored", "decision_errored", f"{D} -> bool", lambda d: d.error != ""),
)  # fmt: skip
