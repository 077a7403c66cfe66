"""A Deployment in odd situations; the ordinary ones are told in tests/stories."""

from onggi.api.errors import AlreadyExists, Forbidden
from onggi.api.objects import clone, owner_reference
from onggi.api.plan import Create, SetStatus
from onggi.kinds.apps.deployment import DEPLOYMENT
from onggi.kinds.apps.deployment.reconcile import reconcile
from onggi.kinds.apps.deployment.step import new_set
from tests.world import NOW, ListWorld, story, told


def deployment(image="v1", **more):
    labels = {"app": "web"}
    d = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "d", "uid": "u", "generation": 1},
        "spec": {
            "replicas": 4,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "c", "image": image}]},
            },
        },
    } | more
    DEPLOYMENT.default(d)
    return d


def made(d, size=4, revision=1, **meta):
    """The ReplicaSet of a Deployment as it is stored."""
    rs = clone(new_set(d, size, revision))
    rs["metadata"] |= {"uid": f"rs{revision}", "creationTimestamp": "2026-01-01T00:00:00Z"} | meta
    rs["status"] = {"replicas": size, "availableReplicas": size, "observedGeneration": 1}
    return rs


def plan(d, *seen):
    return reconcile(d, ListWorld(list(seen)), NOW)


def test_a_new_deployment_gets_its_replicaset():
    name = new_set(deployment(), 4, 1)["metadata"]["name"]
    assert story(plan(deployment())) == [
        f"create ReplicaSet {name}",
        "patch Deployment web",
        "status Deployment web",
    ]


def test_a_settled_deployment_asks_for_nothing():
    d = deployment()
    rs = made(d)
    for _ in range(3):
        for action in plan(d, rs).actions:
            match action:
                case SetStatus(_, _, status):
                    d = {**d, "status": status}
                case _:
                    d["metadata"]["annotations"] = action.patch["metadata"]["annotations"]
    assert story(plan(d, rs)) == []


def test_selecting_everything_is_refused_and_told():
    d = deployment()
    d["spec"]["selector"] = {}
    assert story(plan(d)) == [
        "emit SelectingAll: This deployment is selecting all pods. "
        "A non-empty selector is required.",
        "status Deployment web",
    ]


def test_a_name_that_is_taken_changes_the_hash():
    d = deployment()
    stranger = made(d)
    del stranger["metadata"]["ownerReferences"]
    stranger["metadata"]["labels"] = {}
    (action,) = plan(d, stranger).actions
    assert action.status["collisionCount"] == 1
    renamed = new_set({**d, "status": action.status}, 4, 1)
    assert renamed["metadata"]["name"] != stranger["metadata"]["name"]


def test_a_refused_replicaset_is_told_in_an_event_and_in_the_status():
    create = next(a for a in plan(deployment()).actions if isinstance(a, Create))
    event, status = create.failed(Forbidden("replicasets.apps", "web", "exceeded quota"))
    assert told(event).startswith("emit ReplicaSetCreateError: Failed to create new replica set")
    (condition,) = status.status["conditions"]
    assert (condition["status"], condition["reason"]) == ("False", "ReplicaSetCreateError")
    assert create.failed(AlreadyExists("replicasets.apps", "web")) == []


def test_a_deployment_on_its_way_out_only_reports():
    d = deployment()
    d["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert story(plan(d)) == ["status Deployment web"]


def test_the_same_template_in_other_words_is_the_same():
    d = deployment()
    rs = made(d)
    container = rs["spec"]["template"]["spec"]["containers"][0]
    container["resources"] = {"limits": {"cpu": "1000m"}, "requests": {}}
    d["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"cpu": 1}}
    assert not any(isinstance(a, Create) for a in plan(d, rs).actions)


def test_only_the_deployments_own_replicasets_are_touched():
    other = deployment()
    other["metadata"] |= {"uid": "other", "name": "other"}
    foreign = made(other)
    foreign["metadata"]["ownerReferences"] = [owner_reference(other)]
    actions = plan(deployment("v2"), foreign).actions
    assert "patch ReplicaSet other" not in " ".join(map(told, actions))
