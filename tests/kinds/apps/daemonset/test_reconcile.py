"""A DaemonSet: a pod on every node that suits, and its revisions."""

from datetime import timedelta

import pytest

from onggi.api.errors import AlreadyExists
from onggi.api.plan import Create
from onggi.api.times import stamp
from onggi.kinds.apps.daemonset.placement import HASH
from onggi.kinds.apps.daemonset.reconcile import reconcile, suits
from tests.kinds.apps.daemonset.daemons import OLD, ds, node, plan, pod, revision, status
from tests.kinds.samples import CONTAINER, LABELS
from tests.world import NOW, ListWorld, story

FAILED = {"phase": "Failed"}


def template(**spec):
    return {"metadata": {"labels": LABELS}, "spec": {"containers": [CONTAINER], **spec}}


def nodes_of(found):
    made = [a.obj["spec"] for a in found.actions if isinstance(a, Create)]
    path = "requiredDuringSchedulingIgnoredDuringExecution"
    terms = [s["affinity"]["nodeAffinity"][path]["nodeSelectorTerms"][0] for s in made]
    return [term["matchFields"][0]["values"][0] for term in terms]


def test_first_the_template_is_remembered():
    found = reconcile(ds(), ListWorld([node("a")]), NOW)
    assert len(found.actions) == 1
    made = found.actions[0].obj
    digest = made["metadata"]["labels"][HASH]
    assert made["metadata"]["name"] == f"web-{digest}"
    assert made["data"]["spec"]["template"]["$patch"] == "replace"
    assert made["revision"] == 1
    [again] = found.actions[0].failed(AlreadyExists("controllerrevisions.apps", "web"))
    assert again.status["collisionCount"] == 1


def test_a_pod_is_made_for_every_node_that_suits():
    found = plan(
        ds(template=template(nodeSelector={"disk": "ssd"})),
        node("a", disk="ssd"),
        node("b", disk="hdd"),
        node("c", ("node.kubernetes.io/unschedulable", "NoSchedule"), disk="ssd"),
        node("d", ("gpu", "NoSchedule"), disk="ssd"),
    )
    assert nodes_of(found) == ["a", "c"]
    labels = found.actions[0].obj["metadata"]["labels"]
    assert labels == {"app": "web", HASH: "new", "pod-template-generation": "1"}
    assert status(found) == {
        "currentNumberScheduled": 0,
        "numberMisscheduled": 0,
        "desiredNumberScheduled": 2,
        "numberReady": 0,
        "observedGeneration": 1,
        "numberUnavailable": 2,
    }


def test_a_node_that_no_longer_suits_keeps_its_pod_unless_it_throws_it_out():
    repels = node("a", ("gpu", "NoSchedule"))
    assert "delete Pod p-a" not in story(plan(ds(), repels, pod("a")))
    assert status(plan(ds(), repels, pod("a")))["numberMisscheduled"] == 1
    evicts = node("a", ("gpu", "NoExecute"))
    assert story(plan(ds(), evicts, pod("a")))[0] == "delete Pod p-a"


def test_of_two_pods_on_a_node_the_older_stays():
    found = plan(ds(), node("a"), pod("a", "old", age=90), pod("a", "young", age=30))
    assert story(found)[:2] == ["delete Pod young", "emit SuccessfulDelete: Deleted pod: young"]


def test_a_failed_pod_is_replaced_but_not_in_a_hurry():
    found = plan(ds(), node("a"), pod("a", phase="Failed", age=4))
    assert found.again_in == timedelta(seconds=6)
    assert "delete Pod p-a" not in story(found)
    assert story(plan(ds(), node("a"), pod("a", phase="Failed")))[:2] == [
        "emit FailedDaemonPod: Found failed daemon pod default/p-a on node a, will try to kill it",
        "delete Pod p-a",
    ]


def test_pods_of_nodes_that_are_gone_go_if_nobody_else_takes_them():
    found = plan(ds(), pod("gone", "waits", bound=False), pod("gone", "ran"))
    assert story(found)[0] == "delete Pod waits"
    assert "delete Pod ran" not in story(found)


def test_old_pods_go_so_far_as_some_may_be_missing():
    cluster = [node("a"), node("b"), node("c")]
    old = [pod(name, digest=OLD) for name in "abc"]
    assert story(plan(ds(lack=2), *cluster, *old))[:2] == ["delete Pod p-a", "delete Pod p-b"]
    assert story(plan(ds(lack="34%"), *cluster, *old))[:2] == ["delete Pod p-a", "delete Pod p-b"]
    busy = [pod("a", ready=False), *old[1:]]
    assert "delete" not in story(plan(ds(lack=1), *cluster, *busy))[0]
    useless = [pod("a"), pod("b", digest=OLD, ready=False), old[2]]
    deleted = [s for s in story(plan(ds(lack=1), *cluster, *useless)) if s.startswith("delete")]
    assert deleted == ["delete Pod p-b", "delete Pod p-c"]


def test_on_delete_leaves_old_pods_alone():
    found = plan(ds(updateStrategy={"type": "OnDelete"}), node("a"), pod("a", digest=OLD))
    assert story(found) == ["status DaemonSet web"]
    assert "updatedNumberScheduled" not in status(found)


def test_with_surge_the_new_pod_comes_first():
    cluster = [node("a"), node("b")]
    old = [pod("a", "oa", digest=OLD), pod("b", "ob", digest=OLD)]
    assert nodes_of(plan(ds(surge=1), *cluster, *old)) == ["a"]
    waits = plan(ds(surge=1), *cluster, *old, pod("a", "na", ready=False))
    assert nodes_of(waits) == []
    assert not any(line.startswith("delete") for line in story(waits))
    done = plan(ds(surge=1), *cluster, *old, pod("a", "na"))
    assert [line for line in story(done) if line.startswith("delete")] == ["delete Pod oa"]


def test_availability_takes_its_time():
    found = plan(ds(minReadySeconds=80), node("a"), pod("a", age=60))
    assert found.again_in == timedelta(seconds=20)
    assert status(found)["numberUnavailable"] == 1


def test_a_template_that_comes_back_is_the_latest_again():
    world = ListWorld([revision(number=1), revision(digest="x", number=2, image="other")])
    found = reconcile(ds(), world, NOW)
    assert found.actions[0].patch == {"revision": 3}


def test_old_revisions_go_unless_pods_run_from_them():
    past = [revision(digest=f"x{n}", number=n, image=f"i{n}") for n in (1, 2, 3)]
    obj = ds(revisionHistoryLimit=1)
    found = plan(obj, *past, node("a"), pod("a", digest="x1"))
    gone = [line for line in story(found) if "ControllerRevision" in line]
    assert gone == ["patch ControllerRevision web-new", "delete ControllerRevision web-x2",
                    "delete ControllerRevision web-x3"]  # fmt: skip


def test_one_that_is_deleted_does_nothing():
    obj = ds()
    obj["metadata"]["deletionTimestamp"] = stamp(NOW)
    assert story(plan(obj, node("a"))) == []


@pytest.mark.parametrize("change", [{"labels": {"x": "y"}}, {"taint": True}, {}])
def test_only_labels_and_taints_of_nodes_matter(change):
    before, after = node("a"), node("a", *([("k", "NoSchedule")] if "taint" in change else []),
                                    **change.get("labels", {}))  # fmt: skip
    after["status"]["images"] = ["many"]
    assert (suits(before) != suits(after)) == bool(change)
