"""Who takes in whom, and who is let go."""

from onggi.api.objects import owner_reference
from onggi.kinds.apps.claim import candidates, claim, controller_of, wakes_for_orphans
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.core.pod import POD
from tests.world import ListWorld, told

OWNER = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {"name": "web", "namespace": "d", "uid": "u"},
    "spec": {"selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["a"]}]}},
}
OTHER = {**OWNER, "metadata": {"name": "other", "namespace": "d", "uid": "v"}}


def pod(name, app="a", owner=None, **meta):
    meta = {"name": name, "namespace": "d", "uid": name, "labels": {"app": app}, **meta}
    if owner:
        meta["ownerReferences"] = [owner_reference(owner)]
    return {"kind": "Pod", "metadata": meta}


def claimed(owner, *pods):
    world = ListWorld(list(pods))
    mine, actions = claim(POD, owner, candidates(POD, owner, world))
    return [p["metadata"]["name"] for p in mine], [told(a) for a in actions]


def test_ones_own_stay_if_they_match_and_go_if_they_do_not():
    assert claimed(OWNER, pod("a", owner=OWNER), pod("b", app="b", owner=OWNER)) == (
        ["a"],
        ["patch Pod b"],
    )


def test_matching_orphans_are_adopted_unless_they_are_going():
    going = pod("b", deletionTimestamp="x")
    assert claimed(OWNER, pod("a"), going) == (["a"], ["patch Pod a"])


def test_somebody_elses_are_never_touched():
    assert claimed(OWNER, pod("a", owner=OTHER)) == ([], [])


def test_an_owner_that_is_going_adopts_nothing_and_lets_nothing_go():
    going = {**OWNER, "metadata": {**OWNER["metadata"], "deletionTimestamp": "x"}}
    assert claimed(going, pod("a"), pod("b", app="b", owner=OWNER)) == ([], [])


def test_other_owners_of_a_released_object_stay():
    two = pod("a", app="b", owner=OWNER)
    second = owner_reference(OTHER) | {"controller": False}
    two["metadata"]["ownerReferences"].append(second)
    _, (action,) = claim(POD, OWNER, [two])
    assert action.patch["metadata"]["ownerReferences"] == [second]


def test_an_orphan_wakes_whom_it_could_belong_to():
    world = ListWorld([OWNER, OTHER])
    wake = wakes_for_orphans(REPLICASET)
    assert wake(pod("a"), world) == [("d", "web"), ("d", "other")]
    assert wake(pod("a", app="b"), world) == []
    assert wake(pod("a", owner=OWNER), world) == []
    assert controller_of(pod("a", owner=OWNER))["uid"] == "u"
