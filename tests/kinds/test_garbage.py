"""What becomes of an object whose owners are gone, waiting or elsewhere."""

from onggi.api.objects import owner_reference
from onggi.api.plan import Target
from onggi.kinds.core.configmap import CONFIGMAP
from onggi.kinds.core.node import NODE
from onggi.kinds.core.secret import SECRET
from onggi.kinds.garbage import reconcile, wakes
from tests.world import NOW, ListWorld, story


def thing(name, *owners, kind=CONFIGMAP, finalizers=(), going=False, namespace="d"):
    meta = {"name": name, "uid": f"uid-{name}", "ownerReferences": list(owners)}
    if kind.namespaced:
        meta["namespace"] = namespace
    meta["finalizers"] = list(finalizers)
    if going:
        meta["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return {"apiVersion": kind.api_version, "kind": kind.name, "metadata": meta}


def owned(owner, **changes):
    return owner_reference(owner) | changes


def plan(obj, *others):
    return reconcile(obj, ListWorld([obj, *others]), NOW)


GONE = thing("gone")
ALIVE = thing("alive")
WAITING = thing("waiting", finalizers=["foregroundDeletion"], going=True)


def test_an_object_with_living_owners_stays():
    assert story(plan(thing("a", owned(ALIVE)), ALIVE)) == []
    assert story(plan(thing("a"))) == []


def test_the_server_is_asked_before_an_orphaned_object_is_deleted():
    assert story(plan(thing("a", owned(GONE)))) == ["absent ConfigMap gone", "delete ConfigMap a"]


def test_a_namesake_of_the_owner_is_not_the_owner():
    namesake = thing("gone")
    namesake["metadata"]["uid"] = "another"
    assert "delete ConfigMap a" in story(plan(thing("a", owned(GONE)), namesake))


def test_dead_owners_are_forgotten_while_one_lives():
    found = plan(thing("a", owned(GONE), owned(ALIVE)), ALIVE)
    assert story(found) == ["absent ConfigMap gone", "patch ConfigMap a"]
    (left,) = found.actions[1].patch["metadata"]["ownerReferences"]
    assert left["name"] == "alive"


def test_what_the_object_was_told_before_is_how_it_goes():
    for finalizers, policy in ((["orphan"], "Orphan"), (["foregroundDeletion"], "Foreground")):
        found = plan(thing("a", owned(GONE), finalizers=finalizers))
        assert found.actions[-1].propagation == policy
    assert plan(thing("a", owned(GONE))).actions[-1].propagation == "Background"


def test_a_waiting_owner_has_its_dependents_deleted_foremost_their_own():
    child = thing("a", owned(WAITING))
    assert story(plan(child, WAITING)) == ["delete ConfigMap a"]
    found = plan(child, WAITING, thing("grandchild", owned(child)))
    assert found.actions[-1].propagation == "Foreground"


def test_a_waiting_owner_goes_when_nothing_blocks_it():
    blocking = thing("a", owned(WAITING))
    assert story(plan(WAITING, blocking)) == []
    free = thing("a", owned(WAITING, blockOwnerDeletion=False))
    assert story(plan(WAITING, free)) == ["patch ConfigMap waiting"]


def test_orphaning_lets_all_dependents_go_then_the_owner():
    owner = thing("owner", finalizers=["orphan"], going=True)
    secret = thing("s", owned(owner), kind=SECRET)
    assert story(plan(owner, thing("a", owned(owner)), secret)) == [
        "patch ConfigMap a",
        "patch Secret s",
        "patch ConfigMap owner",
    ]


def test_an_owner_of_an_unknown_kind_counts_as_alive():
    unknown = owned(GONE, apiVersion="example.com/v1", kind="Thing")
    assert story(plan(thing("a", unknown))) == []


def test_a_cluster_scoped_object_cannot_have_a_namespaced_owner():
    (event,) = plan(thing("n", owned(ALIVE), kind=NODE), ALIVE).actions
    assert event.reason == "OwnerRefInvalidNamespace"


def test_an_owner_elsewhere_is_told_and_does_not_count():
    elsewhere = thing("alive", namespace="other")
    event, guard, delete = plan(thing("a", owned(elsewhere)), elsewhere).actions
    assert event.message == (
        "ownerRef [v1/ConfigMap, namespace: d, name: alive, uid: uid-alive] "
        'does not exist in namespace "d"'
    )
    assert (guard.namespace, delete.target["metadata"]["name"]) == ("d", "a")


def test_only_changes_that_can_matter_wake_anybody():
    assert wakes(CONFIGMAP, ALIVE, ListWorld([ALIVE])) == []
    child = thing("a", owned(ALIVE))
    assert wakes(CONFIGMAP, child, ListWorld([child, ALIVE])) == [Target(CONFIGMAP, "d", "a")]


def test_the_end_of_an_owner_wakes_its_dependents_and_of_a_dependent_its_waiting_owner():
    child = thing("a", owned(GONE))
    assert wakes(CONFIGMAP, GONE, ListWorld([child])) == [Target(CONFIGMAP, "d", "a")]
    last = thing("a", owned(WAITING))
    assert Target(CONFIGMAP, "d", "waiting") in wakes(CONFIGMAP, last, ListWorld([WAITING]))
