"""Signs of life, silence, and the taints that follow."""

from datetime import timedelta

import pytest

from onggi.api.times import micro, stamp
from onggi.kinds.core.node.lifecycle import reconcile
from tests.world import NOW, ListWorld, story, told

SECOND = timedelta(seconds=1)


def node(name="n", *, ready="True", heard=10, born=100, spec=None, **conditions):
    meta = {"name": name, "uid": name, "creationTimestamp": stamp(NOW - born * SECOND)}
    listed = [{"type": type, "status": status} for type, status in conditions.items()]
    if ready:
        beat = {"lastHeartbeatTime": stamp(NOW - heard * SECOND), "lastTransitionTime": "t"}
        listed.append({"type": "Ready", "status": ready, **beat})
    status = {"conditions": listed}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": meta,
        "spec": spec or {},
        "status": status,
    }


def lease(name="n", heard=10):
    renewed = {"renewTime": micro(NOW - heard * SECOND)}
    meta = {"name": name, "namespace": "kube-node-lease"}
    return {"kind": "Lease", "metadata": meta, "spec": renewed}


def plan(obj, *others, **world):
    return reconcile(obj, ListWorld([obj, *others], **world), NOW)


def taints(found):
    """What the plan writes: (key, effect) pairs."""
    for action in found.actions:
        if told(action).startswith("patch Node"):
            written = action.patch["spec"]["taints"] or ()
            return {(t["key"].split("/")[1], t["effect"]) for t in written}
    return None


def test_a_node_that_is_heard_of_is_looked_at_again_when_it_could_be_silent():
    found = plan(node(heard=30), lease(heard=10))
    assert story(found) == []
    assert found.again_in == timedelta(seconds=40, milliseconds=1)


def test_either_sign_of_life_will_do():
    assert story(plan(node(heard=500), lease(heard=10))) == []
    assert story(plan(node(heard=10), lease(heard=500))) == []


def test_silence_makes_a_node_unknown():
    found = plan(node(heard=60, MemoryPressure="False"), lease(heard=51), node("other"))
    status = found.actions[0].status
    words = {c["type"]: (c["status"], c["reason"]) for c in status["conditions"]}
    assert words["Ready"] == words["MemoryPressure"] == ("Unknown", "NodeStatusUnknown")
    assert words["DiskPressure"] == ("Unknown", "NodeStatusNeverUpdated")
    assert story(found)[1] == "emit NodeNotReady: Node n status is now: NodeNotReady"
    assert taints(found) == {("unreachable", "NoSchedule"), ("unreachable", "NoExecute")}


def test_a_node_that_was_never_heard_of_gets_a_little_longer():
    assert story(plan(node(ready="", born=55))) == []
    (status, patch) = plan(node(ready="", born=65)).actions
    reasons = {c["reason"] for c in status.status["conditions"]}
    assert reasons == {"NodeStatusNeverUpdated"}
    assert taints(plan(node(ready="", born=65))) == {("unreachable", "NoSchedule")}
    assert told(patch) == "patch Node n"


def test_what_happened_before_we_watched_is_not_held_against_it():
    assert story(plan(node(heard=900, born=1000), began=NOW - 20 * SECOND)) == []


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"ready": "False"}, {("not-ready", "NoSchedule"), ("not-ready", "NoExecute")}),
        ({"MemoryPressure": "True"}, {("memory-pressure", "NoSchedule")}),
        ({"DiskPressure": "True"}, {("disk-pressure", "NoSchedule")}),
        ({"PIDPressure": "True"}, {("pid-pressure", "NoSchedule")}),
        ({"NetworkUnavailable": "True"}, {("network-unavailable", "NoSchedule")}),
        ({"spec": {"unschedulable": True}}, {("unschedulable", "NoSchedule")}),
        ({"NetworkUnavailable": "Unknown"}, None),
    ],
)
def test_conditions_become_taints(conditions, expected):
    assert taints(plan(node(**conditions), node("other"))) == expected


def test_the_last_node_evicts_nobody():
    assert taints(plan(node(ready="False"))) == {("not-ready", "NoSchedule")}


def test_taints_of_others_stay_and_ours_go():
    theirs = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    ours = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute", "timeAdded": "t"}
    found = plan(node(spec={"taints": [theirs, ours]}))
    assert found.actions[0].patch["spec"]["taints"] == [theirs]


def test_a_taint_that_stays_keeps_its_time():
    ours = [
        {
            "key": "node.kubernetes.io/not-ready",
            "effect": effect,
            "timeAdded": "2025-01-01T00:00:00Z",
        }
        for effect in ("NoSchedule", "NoExecute")
    ]
    assert story(plan(node(ready="False", spec={"taints": ours}), node("other"))) == []


def test_a_taint_that_evicts_says_since_when():
    theirs = {"key": "drain", "effect": "NoExecute"}
    (patch,) = plan(node(spec={"taints": [theirs]})).actions
    assert patch.patch["spec"]["taints"] == [theirs | {"timeAdded": stamp(NOW)}]
