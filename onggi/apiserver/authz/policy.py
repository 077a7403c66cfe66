"""The roles and bindings that every cluster has, and what of them is missing.

Upstream's rule: what is missing is added, what was added by others stays, and an object whose
annotation ``rbac.authorization.kubernetes.io/autoupdate`` is ``"false"`` is left alone.
Source: ``pkg/registry/rbac/reconciliation`` and ``pkg/registry/rbac/rest/storage_rbac.go``.
"""

from asyncio import TaskGroup
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from onggi.api.errors import NotFound
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, get
from onggi.api.plan import Create, Delete, Patch
from onggi.apiserver.authz.policy_rules import (
    CLUSTER_ROLES,
    CONTROLLERS,
    NODE,
    SYSTEM_ROLES,
    Rules,
)
from onggi.apiserver.authz.rules import Rule, compact, missing
from onggi.client.cluster import Cluster, Selection
from onggi.kinds.rbac.aggregation import aggregated
from onggi.kinds.rbac.clusterrole import CLUSTERROLE
from onggi.kinds.rbac.clusterrolebinding import CLUSTERROLEBINDING
from onggi.kinds.rbac.role import ROLE
from onggi.kinds.rbac.rolebinding import ROLEBINDING

NODE_RULES = NODE
SYSTEM = "kube-system"
GROUP = "rbac.authorization.k8s.io"
AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate"
AGGREGATE = f"{GROUP}/aggregate-to-"
AGGREGATED = {"admin": "", "edit": "admin", "view": "edit"}  # role → the one it is part of
MANAGER, SCHEDULER = "system:kube-controller-manager", "system:kube-scheduler"

Present = Callable[[Kind, str, str], View | None]
Step = Create | Patch | Delete


def cluster_roles() -> list[Object]:
    roles = [_role("ClusterRole", "", n, r) for n, r in CLUSTER_ROLES.items()]
    roles += (_role("ClusterRole", "", controller(n), r) for n, r in CONTROLLERS.items())
    for role in roles:
        target = role["metadata"]["name"].removeprefix("system:aggregate-to-")
        if target in AGGREGATED:
            role["metadata"]["labels"][AGGREGATE + target] = "true"
    return roles + _aggregating(roles)


def _aggregating(roles: list[Object]) -> list[Object]:
    """admin, edit and view, with the rules that the controller would give them."""
    whole: list[Object] = []
    for name, target in reversed(AGGREGATED.items()):
        role = _role("ClusterRole", "", name, ())
        if target:
            role["metadata"]["labels"][AGGREGATE + target] = "true"
        selector = {"matchLabels": {AGGREGATE + name: "true"}}
        role["aggregationRule"] = {"clusterRoleSelectors": [selector]}
        role["rules"] = aggregated(role, roles + whole)
        whole.append(role)
    return whole


def controller(name: str) -> str:
    """The ClusterRole of a controller."""
    return f"system:controller:{name}"


def user(name: str) -> Object:
    return {"kind": "User", "apiGroup": GROUP, "name": name}


def group(name: str) -> Object:
    return {"kind": "Group", "apiGroup": GROUP, "name": name}


def account(name: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": SYSTEM}


EVERYBODY = group("system:authenticated")
CLUSTER_BINDINGS: Mapping[str, list[Object]] = {
    "cluster-admin": [group("system:masters")],
    "system:monitoring": [group("system:monitoring")],
    "system:discovery": [EVERYBODY],
    "system:basic-user": [EVERYBODY],
    "system:public-info-viewer": [EVERYBODY, group("system:unauthenticated")],
    "system:node-proxier": [user("system:kube-proxy")],
    "system:kube-controller-manager": [user(MANAGER)],
    "system:kube-dns": [account("kube-dns")],
    "system:kube-scheduler": [user(SCHEDULER)],
    "system:volume-scheduler": [user(SCHEDULER)],
    "system:node": [],  # what nodes may do is the Node authorizer's business
    "system:service-account-issuer-discovery": [group("system:serviceaccounts")],
    **{controller(name): [account(name)] for name in CONTROLLERS},
}
READER = "extension-apiserver-authentication-reader"
LOCK = "system::leader-locking-"
SYSTEM_BINDINGS: Mapping[str, tuple[str, list[Object]]] = {
    f"system::{READER}": (READER, [user(MANAGER), user(SCHEDULER)]),
    f"{LOCK}kube-controller-manager": (
        f"{LOCK}kube-controller-manager",
        [user(MANAGER), account("kube-controller-manager")],
    ),
    f"{LOCK}kube-scheduler": (
        f"{LOCK}kube-scheduler",
        [user(SCHEDULER), account("kube-scheduler")],
    ),
}


def expected() -> Iterator[tuple[Kind, Object]]:
    """Every object of the policy, roles before the bindings that name them."""
    yield from ((CLUSTERROLE, role) for role in cluster_roles())
    for name, rules in SYSTEM_ROLES.items():
        yield ROLE, _role("Role", SYSTEM, name, rules)
    for name, subjects in CLUSTER_BINDINGS.items():
        yield CLUSTERROLEBINDING, _binding("", name, ("ClusterRole", name), subjects)
    for name, (role, subjects) in SYSTEM_BINDINGS.items():
        yield ROLEBINDING, _binding(SYSTEM, name, ("Role", role), subjects)


def steps(present: Present) -> Iterator[Step]:
    """What brings the present state up to the policy. A Delete precedes its Create."""
    for kind, wanted in expected():
        meta = wanted["metadata"]
        found = present(kind, meta.get("namespace", ""), meta["name"])
        if found is None:
            yield Create(kind, wanted)
        elif get(found, "metadata.annotations", {}).get(AUTOUPDATE) != "false":
            yield from _update(kind, found, wanted)


def _update(kind: Kind, found: View, wanted: Object) -> Iterator[Step]:
    if "roleRef" in wanted and found["roleRef"] != wanted["roleRef"]:
        yield Delete(kind, found)
        yield Create(kind, wanted)
        return
    patch = _metadata(found, wanted)
    if "aggregationRule" in wanted:
        patch |= _selectors(found, wanted)
    elif "rules" in wanted:
        patch |= _rules(found, wanted)
    else:
        patch |= _subjects(found, wanted)
    if patch:
        yield Patch(kind, found, patch)


def _metadata(found: View, wanted: Object) -> Object:
    lacking = {
        field: {k: v for k, v in values.items() if k not in get(found, f"metadata.{field}", {})}
        for field, values in wanted["metadata"].items()
        if field in ("labels", "annotations")
    }
    lacking = {field: values for field, values in lacking.items() if values}
    return {"metadata": lacking} if lacking else {}


def _rules(found: View, wanted: Object) -> Object:
    if found.get("rules") == wanted["rules"]:
        return {}
    present = list(found.get("rules") or ())
    lacking = missing([Rule.of(r) for r in present], [Rule.of(r) for r in wanted["rules"]])
    return {"rules": present + [rule.object() for rule in compact(lacking)]} if lacking else {}


def _selectors(found: View, wanted: Object) -> Object:
    path = "aggregationRule.clusterRoleSelectors"
    return _lacking(get(found, path), get(wanted, path), path)


def _subjects(found: View, wanted: Object) -> Object:
    return _lacking(found.get("subjects"), wanted.get("subjects"), "subjects")


def _lacking(present: Iterable[Any] | None, wanted: Iterable[Any] | None, path: str) -> Object:
    """A patch that appends to the list at ``path`` what is not in it."""
    held = list(present or ())
    added = [item for item in wanted or () if item not in held]
    patch: Any = held + added
    for key in reversed(path.split(".")):
        patch = {key: patch}
    return patch if added else {}


def _role(kind: str, namespace: str, name: str, rules: Rules) -> Object:
    return {**_head(kind, namespace, name), "rules": [rule.object() for rule in rules]}


def _binding(namespace: str, name: str, role: tuple[str, str], subjects: list[Object]) -> Object:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    ref = {"apiGroup": GROUP, "kind": role[0], "name": role[1]}
    listed = {"subjects": subjects} if subjects else {}
    return {**_head(kind, namespace, name), **listed, "roleRef": ref}


def _head(kind: str, namespace: str, name: str) -> Object:
    meta: Object = {
        "name": name,
        "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"},
        "annotations": {AUTOUPDATE: "true"},
    }
    if namespace:
        meta["namespace"] = namespace
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": meta}


async def reconcile(cluster: Cluster) -> int:
    """Write what is missing; ``cluster`` must be a superuser's, kube-system must exist.

    Returns how many objects were written: none at most starts.
    """
    found: dict[tuple[str, str, str], View] = {}
    for kind in (CLUSTERROLE, ROLE, CLUSTERROLEBINDING, ROLEBINDING):
        listing = await cluster.list(
            kind, Selection(namespace="" if kind.name[0] == "C" else SYSTEM)
        )
        for obj in listing.items:
            meta = obj["metadata"]
            found[kind.name, meta.get("namespace", ""), meta["name"]] = obj
    plan = list(steps(lambda kind, ns, name: found.get((kind.name, ns, name))))
    for step in plan:
        if isinstance(step, Delete):
            await _perform(cluster, step)
    async with TaskGroup() as tasks:
        for step in plan:
            if not isinstance(step, Delete):
                tasks.create_task(_perform(cluster, step))
    return len(plan)


async def _perform(cluster: Cluster, step: Step) -> None:
    match step:
        case Create(kind, obj):
            await cluster.create(kind, obj)
        case Patch(kind, target, patch):
            await cluster.patch(kind, target, patch)
        case Delete(kind, target):
            try:
                await cluster.delete(kind, target)
            except NotFound:
                return  # somebody else was first
