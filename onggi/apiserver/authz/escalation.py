"""Nobody grants what they do not have: the check before a role or a binding is written.

Those who may ``escalate`` the role, or ``bind`` the role that is referred to, are free of it.
Source: ``pkg/registry/rbac/*/policybased/storage.go``, ``pkg/registry/rbac/escalation_check.go``.
"""

from typing import Any

from onggi.api.errors import Forbidden, NotFound
from onggi.api.gotext import quote
from onggi.api.http import User
from onggi.api.objects import View
from onggi.apiserver.authz.attributes import Attributes
from onggi.apiserver.authz.authorizer import MASTERS, Authorizer
from onggi.apiserver.authz.rbac import GROUP
from onggi.apiserver.authz.rules import EVERYTHING, Rule, compact, listed, missing

PLURALS = {
    "Role": "roles",
    "ClusterRole": "clusterroles",
    "RoleBinding": "rolebindings",
    "ClusterRoleBinding": "clusterrolebindings",
}


def check(authorizer: Authorizer, user: User, new: View, old: View | None = None) -> None:
    """Raises Forbidden where ``user`` would give away more than they hold.

    ``new`` is one of the four RBAC kinds with its namespace set; ``old`` is what it replaces.
    """
    if MASTERS in user.groups or (old is not None and _only_collected(new, old)):
        return
    if new["kind"].endswith("Binding"):
        _check_binding(authorizer, user, new)
    else:
        _check_role(authorizer, user, new, old)


def _check_role(authorizer: Authorizer, user: User, new: View, old: View | None) -> None:
    meta, resource = new["metadata"], PLURALS[new["kind"]]
    namespace, name = meta.get("namespace", ""), meta.get("name", "")
    asked = Attributes(user, "escalate", GROUP, "*", resource, "", namespace, name)
    if authorizer.authorize(asked).allowed:
        return
    rules = [Rule.of(rule) for rule in new.get("rules") or ()]
    if lacking := shortfall(authorizer, user, namespace, rules):
        raise Forbidden(f"{resource}.{GROUP}", name, lacking)
    aggregates = new.get("aggregationRule") or (old or {}).get("aggregationRule")
    if aggregates and shortfall(authorizer, user, "", list(EVERYTHING)):
        why = "must have cluster-admin privileges to use an aggregationRule"
        raise Forbidden(f"{resource}.{GROUP}", name, why)


def _check_binding(authorizer: Authorizer, user: User, new: View) -> None:
    namespace = new["metadata"].get("namespace", "")
    ref = new["roleRef"]
    role, name = PLURALS[ref["kind"]], ref["name"]
    asked = Attributes(user, "bind", GROUP, "*", role, "", namespace, name)
    if authorizer.authorize(asked).allowed:
        return
    rules = authorizer.rbac.role(ref["kind"], namespace, name)
    if rules is None:
        raise NotFound(f"{role}.{GROUP}", name)
    if lacking := shortfall(authorizer, user, namespace, list(rules)):
        resource = f"{PLURALS[new['kind']]}.{GROUP}"
        raise Forbidden(resource, new["metadata"].get("name", ""), lacking)


def shortfall(authorizer: Authorizer, user: User, namespace: str, rules: list[Rule]) -> str:
    """What the user lacks of these rules, in upstream's words; empty if nothing."""
    access = authorizer.rbac.access(user, namespace)
    lacking = missing([grant.rule for grant in access.grants], rules)
    if not lacking:
        return ""
    lines = "\n".join(sorted({str(rule) for rule in compact(lacking)}))
    text = (
        f"user {quote(user.name)} (groups={listed(user.groups)}) is attempting to grant RBAC "
        f"permissions not currently held:\n{lines}"
    )
    problems = ", ".join(dict.fromkeys(access.problems))
    return f"{text}; resolution errors: [{problems}]" if problems else text


def _only_collected(new: View, old: View) -> bool:
    """The garbage collector may take off owners and finalizers without any further right."""
    return _without(new) == _without(old)


def _without(obj: View) -> dict[str, Any]:
    skipped = ("ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation")
    meta = {k: v for k, v in obj["metadata"].items() if k not in skipped and v}
    body = {k: v for k, v in obj.items() if k not in ("metadata", "apiVersion", "kind") and v}
    return {**body, "metadata": meta}
