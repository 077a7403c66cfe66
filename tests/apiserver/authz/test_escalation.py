"""Nobody grants what they do not have; and what reviews answer."""

import pytest

from onggi.api.errors import BadRequest, Forbidden, Invalid, NotFound
from onggi.api.http import User
from onggi.api.objects import Object
from onggi.apiserver.authn.impersonation import SEPARATOR, impersonate
from onggi.apiserver.authz.authorizer import Authorizer
from onggi.apiserver.authz.escalation import check
from onggi.apiserver.authz.reviews import handlers
from onggi.kinds.rbac.aggregation import aggregated
from onggi.store.memory import MemoryStore
from onggi.store.store import Key

GROUP = "rbac.authorization.k8s.io"
JANE = User("jane", ("devs", "system:authenticated"))
ROOT = User("root", ("system:masters",))


def rule(verbs: str, resources: str, **more: list[str]) -> Object:
    return {"verbs": verbs.split(), "apiGroups": [""], "resources": resources.split(), **more}


def role(*rules: Object, kind: str = "Role", **more: object) -> Object:
    meta = {"name": "new", "namespace": "shop"} if kind == "Role" else {"name": "new"}
    return {"kind": kind, "metadata": meta, "rules": list(rules), **more}


def to(name: str, kind: str = "ClusterRole") -> Object:
    return {
        "kind": "RoleBinding",
        "metadata": {"name": "new", "namespace": "shop"},
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": name},
        "subjects": [],
    }


async def holding(*rules: Object) -> Authorizer:
    """An authorizer that knows one grant, to jane in the namespace shop, and a role ``other``."""
    store = MemoryStore()
    other = role(rule("get list delete", "secrets"), kind="ClusterRole")
    held = role(*rules, kind="ClusterRole")
    for name, obj in (("held", held), ("other", other)):
        obj["metadata"] = {"name": name}
        await store.create(Key(f"clusterroles.{GROUP}", "", name), obj)
    binding = to("held") | {"subjects": [{"kind": "User", "name": "jane"}]}
    binding["metadata"]["name"] = "held"
    await store.create(Key(f"rolebindings.{GROUP}", "shop", "held"), binding)
    return Authorizer(store, ())


async def test_what_one_holds_one_may_grant() -> None:
    authorizer = await holding(rule("get list", "pods pods/log"))
    check(authorizer, JANE, role(rule("list", "pods")))
    check(authorizer, JANE, role(rule("get", "pods", resourceNames=["web"])))
    check(authorizer, JANE, to("held"))


async def test_more_is_refused_in_upstreams_words() -> None:
    authorizer = await holding(rule("get", "pods"))
    with pytest.raises(Forbidden) as caught:
        check(authorizer, JANE, role(rule("get list watch", "pods"), rule("get", "secrets")))
    assert str(caught.value) == (
        f'roles.{GROUP} "new" is forbidden: user "jane" (groups=["devs" "system:authenticated"]) '
        "is attempting to grant RBAC permissions not currently held:\n"
        '{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}\n'
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}'
    )


async def test_a_name_is_less_than_all_names() -> None:
    authorizer = await holding(rule("get", "pods", resourceNames=["web"]))
    check(authorizer, JANE, role(rule("get", "pods", resourceNames=["web"])))
    with pytest.raises(Forbidden):
        check(authorizer, JANE, role(rule("get", "pods")))


async def test_subresources_are_covered_by_their_star() -> None:
    authorizer = await holding(rule("get", "*/scale"))
    check(authorizer, JANE, role(rule("get", "deployments/scale")))
    with pytest.raises(Forbidden):
        check(authorizer, JANE, role(rule("get", "deployments")))


async def test_bindings_need_the_roles_rights_or_bind() -> None:
    with pytest.raises(Forbidden, match=f'^rolebindings.{GROUP} "new" is forbidden'):
        check(await holding(rule("get", "pods")), JANE, to("other"))
    with pytest.raises(NotFound, match=f'clusterroles.{GROUP} "gone" not found'):
        check(await holding(), JANE, to("gone"))
    may_bind = rule("bind", "clusterroles", resourceNames=["other"]) | {"apiGroups": [GROUP]}
    check(await holding(may_bind), JANE, to("other"))


async def test_escalate_and_masters_are_free() -> None:
    wanted = role(rule("*", "*"))
    check(await holding(rule("escalate", "roles") | {"apiGroups": [GROUP]}), JANE, wanted)
    check(await holding(), ROOT, wanted)


async def test_owners_and_finalizers_may_go_without_rights() -> None:
    old = role(rule("*", "*"))
    old["metadata"] |= {"finalizers": ["x"], "resourceVersion": "1"}
    check(await holding(), JANE, role(rule("*", "*")), old)
    old["metadata"] |= {"labels": {"a": "b"}}
    with pytest.raises(Forbidden):
        check(await holding(), JANE, role(rule("*", "*")), old)


async def test_aggregation_takes_everything() -> None:
    wanted = role(kind="ClusterRole", aggregationRule={"clusterRoleSelectors": []})
    with pytest.raises(Forbidden, match="must have cluster-admin privileges to use an aggreg"):
        check(await holding(), JANE, wanted)


def test_aggregated_rules_come_once_in_the_order_of_names() -> None:
    def part(name: str, *rules: Object, **labels: str) -> Object:
        return {"metadata": {"name": name, "labels": labels}, "rules": list(rules)}

    one, two, three = (rule("get", word) for word in ("a", "b", "c"))
    whole = part("whole", three, part="x")
    whole["aggregationRule"] = {
        "clusterRoleSelectors": [
            {"matchLabels": {"part": "x"}},
            {"matchExpressions": [{"key": "more", "operator": "Exists"}]},
        ]
    }
    parts = [part("z", one, part="x"), part("b", two, one, part="x"), part("q", one, more="")]
    assert aggregated(whole, [whole, *parts, part("other", three)]) == [two, one]


async def test_reviews() -> None:
    review = handlers(await holding(rule("get", "pods")))
    asked = {"verb": "get", "resource": "pods", "namespace": "shop"}
    own = review["SelfSubjectAccessReview"](JANE, "", {"spec": {"resourceAttributes": asked}})
    assert own["status"]["allowed"] is True
    assert own["status"]["reason"].startswith('RBAC: allowed by RoleBinding "held/shop"')
    spec = {"resourceAttributes": asked, "user": "joe"}
    assert review["SubjectAccessReview"](ROOT, "", {"spec": spec})["status"] == {"allowed": False}
    local = {"kind": "LocalSubjectAccessReview", "spec": spec | {"user": "jane"}}
    assert review["LocalSubjectAccessReview"](ROOT, "shop", local)["status"]["allowed"]
    with pytest.raises(Invalid, match=r"must match metadata\.namespace"):
        review["LocalSubjectAccessReview"](ROOT, "other", local)
    with pytest.raises(Invalid, match="at least one of user or group must be specified"):
        review["SubjectAccessReview"](
            ROOT, "", {"kind": "SubjectAccessReview", "spec": {"resourceAttributes": asked}}
        )
    with pytest.raises(Invalid, match="exactly one of"):
        review["SelfSubjectAccessReview"](ROOT, "", {"kind": "SelfSubjectAccessReview", "spec": {}})


async def test_rules_reviews() -> None:
    review = handlers(await holding(rule("get", "pods")))["SelfSubjectRulesReview"]
    answer = review(JANE, "", {"spec": {"namespace": "shop"}})
    assert answer["status"] == {
        "resourceRules": [rule("get", "pods")],
        "nonResourceRules": [],
        "incomplete": False,
    }
    root = review(ROOT, "", {"spec": {"namespace": "shop"}})["status"]
    assert root["nonResourceRules"] == [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
    with pytest.raises(BadRequest, match="no namespace on request"):
        review(JANE, "", {"spec": {}})


async def test_impersonation() -> None:
    authorizer = await holding()
    headers = {"impersonate-user": "joe", "impersonate-group": f"a{SEPARATOR}b"}
    joe = impersonate(authorizer, ROOT, headers)
    assert joe == User("joe", ("a", "b", "system:authenticated"))
    robot = impersonate(authorizer, ROOT, {"impersonate-user": "system:serviceaccount:shop:robot"})
    assert "system:serviceaccounts:shop" in robot.groups
    with pytest.raises(Forbidden) as caught:
        impersonate(authorizer, JANE, headers)
    assert str(caught.value) == (
        'users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group "" '
        "at the cluster scope"
    )
    assert impersonate(authorizer, JANE, {"accept": "*/*"}) is JANE
