"""The bootstrap policy: complete, reconciled without taking anything away, and enough."""

from collections.abc import Mapping

import pytest

from onggi.api.http import User
from onggi.api.kind import Kind
from onggi.api.objects import Object, View, clone
from onggi.api.plan import Create, Delete, Patch
from onggi.apiserver.authn.users import account
from onggi.apiserver.authz import policy
from onggi.apiserver.authz.attributes import Attributes
from onggi.apiserver.authz.authorizer import Authorizer
from onggi.store.memory import MemoryStore
from onggi.store.store import Key

Place = tuple[str, str, str]


def all_of_it() -> dict[Place, Object]:
    return {
        (kind.name, obj["metadata"].get("namespace", ""), obj["metadata"]["name"]): obj
        for kind, obj in policy.expected()
    }


def steps(present: Mapping[Place, View]) -> list[policy.Step]:
    def find(kind: Kind, namespace: str, name: str) -> View | None:
        return present.get((kind.name, namespace, name))

    return list(policy.steps(find))


async def authorizer() -> Authorizer:
    store = MemoryStore()
    for kind, obj in policy.expected():
        meta = obj["metadata"]
        await store.create(Key(kind.resource, meta.get("namespace", ""), meta["name"]), obj)
    return Authorizer(store, policy.NODE_RULES)


def test_an_empty_cluster_gets_all_of_it_and_a_full_one_nothing() -> None:
    present = all_of_it()
    assert len(steps({})) == len(present)
    assert all(isinstance(step, Create) for step in steps({}))
    assert steps(present) == []


def test_view_is_part_of_edit_is_part_of_admin() -> None:
    found = all_of_it()
    view, edit, admin = (
        found["ClusterRole", "", name]["rules"] for name in ("view", "edit", "admin")
    )
    assert all(rule in edit for rule in view)
    assert all(rule in admin for rule in edit)
    assert len(view) < len(edit) < len(admin)
    assert not any("secrets" in rule["resources"] for rule in view)


def test_taken_rules_come_back_and_added_ones_stay() -> None:
    present = {place: clone(obj) for place, obj in all_of_it().items()}
    role = present["ClusterRole", "", "system:kube-dns"]
    own = {"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}
    role["rules"] = [own, {"verbs": ["list"], "apiGroups": [""], "resources": ["services"]}]
    [patch] = steps(present)
    assert isinstance(patch, Patch)
    assert patch.patch["rules"][:2] == role["rules"]
    assert {"verbs": ["watch"], "apiGroups": [""], "resources": ["services"]} in patch.patch[
        "rules"
    ]
    role["metadata"]["annotations"][policy.AUTOUPDATE] = "false"
    assert steps(present) == []


def test_subjects_are_added_and_a_changed_role_means_a_new_binding() -> None:
    present = {place: clone(obj) for place, obj in all_of_it().items()}
    binding = present["ClusterRoleBinding", "", "system:discovery"]
    binding["subjects"] = [policy.user("jane")]
    [patch] = steps(present)
    assert isinstance(patch, Patch)
    assert patch.patch == {"subjects": [policy.user("jane"), policy.EVERYBODY]}
    binding["roleRef"]["name"] = "view"
    assert [type(step) for step in steps(present)] == [Delete, Create]


JOE = User("joe", ("system:authenticated",))
NOBODY = User("system:anonymous", ("system:unauthenticated",))


@pytest.mark.parametrize(
    ("user", "asked", "allowed"),
    [
        (JOE, {"verb": "get", "path": "/api/v1"}, True),
        (JOE, {"verb": "get", "path": "/openapi/v3/apis/apps/v1"}, True),
        (JOE, {"verb": "get", "path": "/metrics"}, False),
        (NOBODY, {"verb": "get", "path": "/healthz"}, True),
        (NOBODY, {"verb": "get", "path": "/api"}, False),
        (JOE, {"verb": "list", "resource": "pods", "namespace": "default"}, False),
        (
            JOE,
            {
                "verb": "create",
                "group": "authorization.k8s.io",
                "resource": "selfsubjectaccessreviews",
            },
            True,
        ),
        (
            account("kube-system", "deployment-controller"),
            {"verb": "create", "group": "apps", "resource": "replicasets", "namespace": "x"},
            True,
        ),
        (
            account("kube-system", "deployment-controller"),
            {"verb": "create", "resource": "pods", "namespace": "x"},
            False,
        ),
        (account("x", "any"), {"verb": "get", "path": "/openid/v1/jwks"}, True),
    ],
)
async def test_who_may_what(user: User, asked: dict[str, str], allowed: bool) -> None:
    decision = (await authorizer()).authorize(Attributes(user, **asked))
    assert decision.allowed is allowed
