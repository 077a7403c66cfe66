"""Pods on nodes in trouble: marked, evicted, collected."""

from datetime import timedelta

from onggi.api.times import stamp
from onggi.kinds.core.pod import lifecycle
from onggi.kinds.core.pod.lifecycle import collect, evict, mark, on_troubled_node
from tests.world import NOW, ListWorld, story

SECOND = timedelta(seconds=1)


def pod(name="p", *, node="n", age=1000, phase="Running", tolerations=(), **meta):
    since = stamp(NOW - age * SECOND)
    meta = {"name": name, "namespace": "d", "uid": name, "creationTimestamp": since} | meta
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": since}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {"nodeName": node, "tolerations": list(tolerations)},
        "status": {"phase": phase, "conditions": [ready]},
    }


def node(*taints, ready="True", since=100):
    changed = stamp(NOW - since * SECOND)
    condition = {"type": "Ready", "status": ready, "lastTransitionTime": changed}
    return {
        "kind": "Node",
        "metadata": {"name": "n"},
        "spec": {"taints": list(taints)},
        "status": {"conditions": [condition]},
    }


def taint(key="k", age=100):
    return {"key": key, "effect": "NoExecute", "timeAdded": stamp(NOW - age * SECOND)}


def patience(seconds=None, key="k"):
    found = {"key": key, "operator": "Exists", "effect": "NoExecute"}
    return found if seconds is None else found | {"tolerationSeconds": seconds}


def test_pods_of_a_silent_node_are_not_ready():
    found = mark(pod(), ListWorld([node(ready="Unknown")]), NOW)
    assert story(found) == ["status Pod p", "emit NodeNotReady: Node is not ready"]
    assert found.actions[0].status["conditions"][0]["status"] == "False"


def test_a_pod_that_was_heard_of_since_is_believed():
    assert story(mark(pod(age=50), ListWorld([node(ready="Unknown")]), NOW)) == []


def test_pods_of_other_nodes_are_left_alone():
    assert story(mark(pod(), ListWorld([node(ready="False")]), NOW)) == []
    assert story(mark(pod(node="x"), ListWorld([node(ready="Unknown")]), NOW)) == []


def test_a_taint_that_is_not_tolerated_evicts_at_once():
    found = evict(pod(), ListWorld([node(taint())]), NOW)
    assert story(found) == [
        "emit TaintManagerEviction: Marking for deletion Pod d/p",
        "patch Pod p",
        "delete Pod p",
    ]
    condition = found.actions[1].patch["status"]["conditions"][-1]
    assert (condition["type"], condition["reason"]) == (
        "DisruptionTarget",
        "DeletionByTaintManager",
    )


def test_patience_counts_from_the_taint_or_the_pod_whichever_is_later():
    world = ListWorld([node(taint(age=100))])
    assert evict(pod(tolerations=[patience(300)]), world, NOW).again_in == 200 * SECOND
    young = pod(tolerations=[patience(300)], age=50)
    assert evict(young, world, NOW).again_in == 250 * SECOND
    assert "delete Pod p" in story(evict(pod(tolerations=[patience(100)]), world, NOW))


def test_a_taint_that_is_tolerated_for_ever_does_not_hasten_another():
    world = ListWorld([node(taint("old", age=9999), taint("new", age=10))])
    tolerations = [patience(key="old"), patience(60, key="new")]
    assert evict(pod(tolerations=tolerations), world, NOW).again_in == 50 * SECOND
    forever = evict(pod(tolerations=[patience(key="old"), patience(key="new")]), world, NOW)
    assert (story(forever), forever.again_in) == ([], None)


def test_a_pod_on_its_way_out_is_not_evicted_again():
    assert story(evict(pod(deletionTimestamp="x"), ListWorld([node(taint())]), NOW)) == []


def test_pods_of_a_missing_node_wait_for_it_and_fail():
    found = collect(pod(), ListWorld(), NOW)
    assert story(found) == ["absent Node n", "patch Pod p", "delete Pod p"]
    assert found.actions[0].lasting == 40 * SECOND
    assert found.actions[1].patch["status"]["phase"] == "Failed"
    assert found.actions[2].grace == 0


def test_a_pod_that_never_had_a_node_goes_at_once():
    found = collect(pod(node="", deletionTimestamp="x"), ListWorld(), NOW)
    assert found.actions[0].grace == 0


def test_a_node_out_of_service_lets_its_ending_pods_go():
    out = {"key": "node.kubernetes.io/out-of-service", "effect": "NoExecute"}
    world = ListWorld([node(out, ready="Unknown")])
    assert story(collect(pod(deletionTimestamp="x"), world, NOW))[-1] == "delete Pod p"
    assert story(collect(pod(), world, NOW)) == []


def test_only_the_oldest_of_too_many_finished_pods_go(monkeypatch):
    monkeypatch.setattr(lifecycle, "TERMINATED", 2)
    pods = [pod(f"p{n}", age=1000 - n, phase="Succeeded") for n in range(3)]
    world = ListWorld([*pods, node()])
    assert [story(collect(p, world, NOW)) for p in pods] == [["delete Pod p0"], [], []]


def test_a_healthy_node_wakes_no_pods_however_often_it_reports():
    world = ListWorld([pod(), node()])
    assert on_troubled_node(node(), world) == ()
    for trouble in (node(ready="Unknown"), node(taint())):
        assert on_troubled_node(trouble, world) == [("d", "p")]
    assert on_troubled_node(node(), ListWorld([pod()])) == [("d", "p")]  # it is gone
