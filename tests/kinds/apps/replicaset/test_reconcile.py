"""A ReplicaSet: as many pods as wanted, and what is said about them."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.errors import Forbidden
from onggi.api.objects import owner_reference
from onggi.api.plan import Create, Delete, SetStatus
from onggi.api.times import stamp
from onggi.kinds.apps.replicaset.reconcile import KEEPER
from onggi.kinds.core.pod.predicates import is_active
from tests.world import NOW, ListWorld, story, told


def rs(replicas, **spec):
    template = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": []}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": "web", "namespace": "d", "uid": "u1", "generation": 1},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "a"}},
            "template": template,
            **spec,
        },
    }


def pod(name, *, phase="Running", ready=True, age=60, labels=None, owner=True, **meta):
    since = stamp(NOW - timedelta(seconds=age))
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    meta = {"name": name, "namespace": "d", "uid": name, "creationTimestamp": since} | meta
    meta["labels"] = labels if labels is not None else {"app": "a"}
    if owner:
        meta["ownerReferences"] = [owner_reference(rs(0))]
    return {
        "kind": "Pod",
        "metadata": meta,
        "spec": {"nodeName": "n1"},
        "status": {"phase": phase, "conditions": [condition]},
    }


def plan(obj, *seen):
    return KEEPER.reconcile(obj, ListWorld(list(seen)), NOW)


def status(found):
    return next(a.status for a in found.actions if isinstance(a, SetStatus))


def test_the_missing_pods_are_created_and_told():
    found = plan(rs(2), pod("a"))
    assert story(found) == ["create Pod web-", "status ReplicaSet web"]
    (event,) = found.actions[0].done({"metadata": {"name": "web-x"}})
    assert told(event) == "emit SuccessfulCreate: Created pod: web-x"


def test_the_unready_pod_goes_first():
    assert story(plan(rs(1), pod("a"), pod("b", ready=False)))[:2] == [
        "delete Pod b",
        "emit SuccessfulDelete: Deleted pod: b",
    ]


def test_no_more_than_a_burst_is_created_in_one_pass():
    assert sum(isinstance(a, Create) for a in plan(rs(2000)).actions) == 500


def test_orphans_that_match_are_adopted_and_strangers_let_go():
    found = plan(rs(1), pod("orphan", owner=False), pod("stranger", labels={"app": "b"}))
    assert story(found)[:2] == ["patch Pod stranger", "patch Pod orphan"]
    assert status(found)["replicas"] == 1


def test_pods_on_their_way_out_do_not_count_but_are_told():
    found = plan(rs(1), pod("a"), pod("b", deletionTimestamp=stamp(NOW)))
    assert status(found) == {
        "replicas": 1,
        "fullyLabeledReplicas": 1,
        "readyReplicas": 1,
        "availableReplicas": 1,
        "terminatingReplicas": 1,
        "observedGeneration": 1,
    }


def test_a_ready_pod_is_available_only_after_a_while():
    found = plan(rs(1, minReadySeconds=90), pod("a"))
    assert "availableReplicas" not in status(found)
    assert found.again_in == timedelta(seconds=30)


def test_a_refusal_becomes_a_condition_until_all_is_well():
    refused = plan(rs(3), pod("a"))
    (action,) = refused.failed(Forbidden("pods", "web-x", "exceeded quota"))
    (condition,) = action.status["conditions"]
    assert (condition["type"], condition["reason"]) == ("ReplicaFailure", "FailedCreate")
    assert "exceeded quota" in condition["message"]
    (event,) = refused.actions[0].failed(Forbidden("pods", "web-x", "exceeded quota"))
    assert event.reason == "FailedCreate"
    well = rs(1) | {"status": {"conditions": [condition]}}
    assert "conditions" not in status(plan(well, pod("a")))


def test_one_on_its_way_out_creates_nothing():
    going = rs(3)
    going["metadata"]["deletionTimestamp"] = stamp(NOW)
    assert story(plan(going, pod("a"))) == ["status ReplicaSet web"]


pods = st.lists(
    st.builds(
        pod,
        st.uuids().map(str),
        phase=st.sampled_from(["Pending", "Running", "Failed"]),
        ready=st.booleans(),
    ),
    max_size=20,
    unique_by=lambda p: p["metadata"]["uid"],
)


@given(st.integers(0, 30), pods)
def test_one_pass_reaches_the_wanted_count(replicas, existing):
    actions = plan(rs(replicas), *existing).actions
    created = sum(isinstance(a, Create) for a in actions)
    deleted = sum(isinstance(a, Delete) for a in actions)
    assert sum(map(is_active, existing)) + created - deleted == replicas
