"""RBAC's semantics, and that a decision costs microseconds."""

import time

import pytest

from onggi.api.http import User
from onggi.api.objects import Object
from onggi.apiserver.authz.attributes import Attributes, refusal
from onggi.apiserver.authz.authorizer import Authorizer
from onggi.store.memory import MemoryStore
from onggi.store.store import Key

GROUP = "rbac.authorization.k8s.io"
JANE = User("jane", ("devs", "system:authenticated"))


def role(name: str, *rules: Object, namespace: str = "") -> Object:
    kind = "Role" if namespace else "ClusterRole"
    meta = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": meta, "rules": list(rules)}


def rule(verbs: str, resources: str, groups: str = "", names: str = "") -> Object:
    return {
        "verbs": verbs.split(),
        "apiGroups": groups.split() or [""],
        "resources": resources.split(),
        "resourceNames": names.split(),
    }


def binding(name: str, ref: tuple[str, str], *subjects: Object, namespace: str = "") -> Object:
    kind = "RoleBinding" if namespace else "ClusterRoleBinding"
    meta = {"name": name, "namespace": namespace} if namespace else {"name": name}
    role_ref = {"apiGroup": GROUP, "kind": ref[0], "name": ref[1]}
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": kind,
        "metadata": meta,
        "roleRef": role_ref,
        "subjects": list(subjects),
    }


def user(name: str) -> Object:
    return {"kind": "User", "name": name}


def account(name: str, namespace: str = "") -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


async def put(store: MemoryStore, *objects: Object) -> None:
    for obj in objects:
        meta = obj["metadata"]
        resource = f"{obj['kind'].lower()}s.{GROUP}"
        await store.create(Key(resource, meta.get("namespace", ""), meta["name"]), obj)


def asks(
    verb: str, resource: str, namespace: str = "", name: str = "", by: User = JANE
) -> Attributes:
    resource, _, subresource = resource.partition("/")
    return Attributes(by, verb, "", "v1", resource, subresource, namespace, name)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def authorizer(store: MemoryStore) -> Authorizer:
    return Authorizer(store, ())


async def test_a_binding_counts_as_soon_as_it_is_written(
    store: MemoryStore, authorizer: Authorizer
) -> None:
    assert not authorizer.authorize(asks("get", "pods", "a")).allowed
    await put(
        store,
        role("reader", rule("get list", "pods")),
        binding("readers", ("ClusterRole", "reader"), user("jane"), namespace="a"),
    )
    decision = authorizer.authorize(asks("get", "pods", "a"))
    assert decision.allowed
    assert decision.reason == (
        'RBAC: allowed by RoleBinding "readers/a" of ClusterRole "reader" to User "jane"'
    )
    assert not authorizer.authorize(asks("get", "pods", "b")).allowed
    assert not authorizer.authorize(asks("get", "pods")).allowed
    await store.delete(Key(f"rolebindings.{GROUP}", "a", "readers"))
    assert not authorizer.authorize(asks("get", "pods", "a")).allowed


async def test_cluster_bindings_hold_everywhere(store: MemoryStore, authorizer: Authorizer) -> None:
    group = {"kind": "Group", "name": "devs"}
    await put(
        store,
        role("reader", rule("get", "pods")),
        binding("readers", ("ClusterRole", "reader"), group),
    )
    assert authorizer.authorize(asks("get", "pods", "a")).allowed
    decision = authorizer.authorize(asks("get", "pods"))
    assert decision.reason == (
        'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "reader" to Group "devs"'
    )


@pytest.mark.parametrize(
    ("resources", "asked", "allowed"),
    [
        ("pods", "pods", True),
        ("pods", "pods/log", False),
        ("pods/log", "pods/log", True),
        ("pods/log", "pods", False),
        ("*", "pods/log", True),
        ("*/scale", "deployments/scale", True),
        ("*/scale", "deployments", False),
        ("deployments/*", "deployments/scale", False),
    ],
)
async def test_resources_and_subresources(
    store: MemoryStore, authorizer: Authorizer, resources: str, asked: str, allowed: bool
) -> None:
    await put(
        store, role("r", rule("get", resources)), binding("b", ("ClusterRole", "r"), user("jane"))
    )
    assert authorizer.authorize(asks("get", asked, "a")).allowed is allowed


async def test_resource_names_limit_to_these(store: MemoryStore, authorizer: Authorizer) -> None:
    await put(
        store,
        role("r", rule("get update", "configmaps", names="mine other")),
        binding("b", ("ClusterRole", "r"), user("jane")),
    )
    for name, allowed in (("mine", True), ("theirs", False), ("other", True), ("", False)):
        assert authorizer.authorize(asks("get", "configmaps", "a", name)).allowed is allowed


@pytest.mark.parametrize(
    ("pattern", "path", "allowed"),
    [
        ("/healthz", "/healthz", True),
        ("/healthz", "/healthz/ping", False),
        ("/healthz/*", "/healthz/ping", True),
        ("/healthz*", "/healthz", True),
        ("*", "/anything", True),
        ("/apis/*", "/api", False),
    ],
)
async def test_paths(
    store: MemoryStore, authorizer: Authorizer, pattern: str, path: str, allowed: bool
) -> None:
    reading = {"verbs": ["get"], "nonResourceURLs": [pattern]}
    await put(store, role("r", reading), binding("b", ("ClusterRole", "r"), user("jane")))
    assert authorizer.authorize(Attributes(JANE, "get", path=path)).allowed is allowed
    assert not authorizer.authorize(Attributes(JANE, "put", path=path)).allowed


async def test_service_accounts_default_to_the_namespace_of_the_binding(
    store: MemoryStore, authorizer: Authorizer
) -> None:
    ref = ("ClusterRole", "r")
    await put(
        store,
        role("r", rule("get", "pods")),
        binding("b", ref, account("robot"), namespace="a"),
        binding("c", ref, account("robot")),
    )
    local, other = (User(f"system:serviceaccount:{ns}:robot") for ns in "ab")
    assert authorizer.authorize(asks("get", "pods", "a", by=local)).allowed
    assert not authorizer.authorize(asks("get", "pods", "a", by=other)).allowed
    assert not authorizer.authorize(asks("get", "pods", "b", by=other)).allowed


async def test_a_missing_role_is_named_in_the_refusal(
    store: MemoryStore, authorizer: Authorizer
) -> None:
    await put(store, binding("b", ("ClusterRole", "gone"), user("jane")))
    asked = asks("list", "configmaps", "default")
    decision = authorizer.authorize(asked)
    assert str(refusal(asked, decision.reason)) == (
        'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in '
        f'the namespace "default": RBAC: clusterrole.{GROUP} "gone" not found'
    )


def test_refusals_read_as_upstream() -> None:
    assert str(refusal(Attributes(JANE, "get", path="/metrics"))) == (
        'forbidden: User "jane" cannot get path "/metrics"'
    )
    asked = Attributes(JANE, "patch", "apps", "v1", "deployments", "scale", name="web")
    assert str(refusal(asked)) == (
        'deployments.apps "web" is forbidden: User "jane" cannot patch resource '
        '"deployments/scale" in API group "apps" at the cluster scope'
    )
    assert refusal(asked).status()["details"] == {
        "name": "web",
        "group": "apps",
        "kind": "deployments",
    }


async def test_masters_may_do_anything(authorizer: Authorizer) -> None:
    root = User("root", ("system:masters",))
    assert authorizer.authorize(asks("delete", "nodes", by=root)).allowed


async def test_a_decision_costs_microseconds(store: MemoryStore, authorizer: Authorizer) -> None:
    await put(
        store,
        role("r", *(rule("get", f"things{n}") for n in range(100)), rule("get", "pods")),
        binding("b", ("ClusterRole", "r"), user("jane")),
    )
    asked = asks("get", "pods", "a", "x")
    authorizer.authorize(asked)
    start = time.thread_time()
    for _ in range(1000):
        assert authorizer.authorize(asked).allowed
    assert time.thread_time() - start < 0.02  # 20 µs each on the slowest machine
