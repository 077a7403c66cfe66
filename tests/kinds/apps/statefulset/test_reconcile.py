"""A StatefulSet: who is made, when, and who makes way."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onggi.api.plan import Create, Delete, Update
from onggi.api.times import stamp
from onggi.kinds.apps.statefulset.reconcile import HASH, reconcile
from tests.kinds.apps.statefulset.sets import (
    DISK,
    before,
    claim,
    going,
    plan,
    pod,
    revision,
    rolling,
    status,
    sts,
)
from tests.world import NOW, ListWorld, story

ATONCE = {"podManagementPolicy": "Parallel"}


def made(found):
    return [a.obj["metadata"]["name"] for a in found.actions if isinstance(a, Create)]


def deleted(found):
    return [a.target["metadata"]["name"] for a in found.actions if isinstance(a, Delete)]


def test_first_the_template_is_remembered():
    [create] = reconcile(sts(), ListWorld(), NOW).actions
    digest = create.obj["metadata"]["labels"][HASH]
    assert create.obj["metadata"]["name"] == f"web-{digest}"


def test_one_pod_after_the_other_each_when_those_before_it_serve():
    assert made(plan(sts())) == ["web-0"]
    assert made(plan(sts(), pod(0, ready=False))) == []
    assert made(plan(sts(), pod(0))) == ["web-1"]
    assert made(plan(sts(), pod(0), going(1))) == []
    late = plan(sts(minReadySeconds=90), pod(0))
    assert (made(late), late.again_in) == ([], timedelta(seconds=30))


def test_in_parallel_all_at_once():
    assert made(plan(sts(**ATONCE), pod(1, ready=False))) == ["web-0", "web-2"]


def test_a_pod_has_a_name_a_host_name_and_its_number():
    found = plan(sts(ordinals={"start": 5}))
    obj = found.actions[0].obj
    assert obj["metadata"]["name"] == obj["spec"]["hostname"] == "web-5"
    assert obj["spec"]["subdomain"] == "web"
    assert obj["metadata"]["labels"] == {
        "app": "web",
        "statefulset.kubernetes.io/pod-name": "web-5",
        "apps.kubernetes.io/pod-index": "5",
        "controller-revision-hash": "web-new",
    }
    [event] = found.actions[0].done(obj)
    assert event.message == "create Pod web-5 in StatefulSet web successful"


def test_pods_that_ended_are_made_anew():
    found = plan(sts(), pod(0, phase="Failed"))
    assert story(found)[:2] == [
        "emit RecreatingFailedPod: StatefulSet default/web is recreating failed Pod web-0",
        "delete Pod web-0",
    ]


def test_too_many_go_from_the_last_one_by_one():
    pods = [pod(n) for n in range(4)]
    assert deleted(plan(sts(1), *pods)) == ["web-3"]
    assert deleted(plan(sts(1), *pods[:3], going(3))) == []
    assert deleted(plan(sts(1), *pods[:3], pod(3, ready=False))) == ["web-3"]
    assert deleted(plan(sts(1, **ATONCE), *pods)) == ["web-3", "web-2", "web-1"]
    assert deleted(plan(sts(1), pod(0, ready=False), *pods[1:])) == []


def test_old_pods_make_way_from_the_last():
    obj = sts()
    old = [pod(n, revision="web-old") for n in range(3)]
    assert deleted(plan(obj, before(obj), *old)) == ["web-2"]
    assert deleted(plan(obj, before(obj), *old[:2], pod(2))) == ["web-1"]
    assert deleted(plan(obj, before(obj), *old[:2], pod(2, ready=False))) == []


@pytest.mark.parametrize(
    ("strategy", "wanted"),
    [
        (rolling(partition=2), ["web-2"]),
        (rolling(partition=3), []),
        (rolling(maxUnavailable=2), ["web-2", "web-1"]),
        (rolling(maxUnavailable="67%"), ["web-2", "web-1"]),
        ({"type": "OnDelete"}, []),
    ],
)
def test_how_far_and_how_fast(strategy, wanted):
    obj = sts(updateStrategy=strategy)
    old = [pod(n, revision="web-old") for n in range(3)]
    assert deleted(plan(obj, before(obj), *old)) == wanted


def test_what_serves_nobody_may_make_way_at_once():
    obj = sts(**ATONCE)
    pods = [pod(0, revision="web-old"), pod(1, revision="web-old", ready=False), pod(2)]
    assert deleted(plan(obj, before(obj), *pods)) == ["web-1"]


def test_below_the_partition_pods_come_back_as_they_were():
    obj = sts(updateStrategy=rolling(partition=1), status={"currentRevision": "web-old"})
    found = plan(obj, before(obj))
    assert found.actions[0].obj["spec"]["containers"][0]["image"] == "old"
    assert found.actions[0].obj["metadata"]["labels"]["controller-revision-hash"] == "web-old"
    found = plan(obj, before(obj), pod(0, revision="web-old"))
    assert found.actions[0].obj["spec"]["containers"][0]["image"] == "nginx"


def test_figures_and_when_an_update_is_over():
    obj = sts(2, {"currentRevision": "web-old"})
    half = status(plan(obj, before(obj), pod(0, revision="web-old"), pod(1)))
    assert half == {
        "observedGeneration": 1,
        "replicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "currentReplicas": 1,
        "updatedReplicas": 1,
        "currentRevision": "web-old",
        "updateRevision": "web-new",
        "collisionCount": 0,
    }
    over = status(plan(obj, before(obj), pod(0), pod(1)))
    assert (over["currentRevision"], over["currentReplicas"]) == ("web-new", 2)


def test_claims_come_before_their_pods_and_stay():
    obj = sts(1, volumeClaimTemplates=[DISK])
    found = plan(obj)
    first, second = (a.obj for a in found.actions if isinstance(a, Create))
    assert first["metadata"]["name"] == "disk-web-0"
    assert first["metadata"]["labels"] == {"app": "web"}
    assert second["spec"]["volumes"] == [
        {"name": "disk", "persistentVolumeClaim": {"claimName": "disk-web-0"}}
    ]
    assert made(plan(obj, claim(0))) == ["web-0"]
    assert made(plan(obj, claim(0, deletionTimestamp=stamp(NOW)))) == []


def test_claims_belong_to_who_takes_them_along():
    policy = {"whenDeleted": "Delete", "whenScaled": "Delete"}
    obj = sts(1, volumeClaimTemplates=[DISK], persistentVolumeClaimRetentionPolicy=policy)
    found = plan(obj, pod(0), pod(1), claim(0), claim(1))
    owners = {a.obj["metadata"]["name"]: a.obj["metadata"]["ownerReferences"][0]["uid"]
              for a in found.actions if isinstance(a, Update)}  # fmt: skip
    assert owners == {"disk-web-0": "u1", "disk-web-1": "p1"}
    assert deleted(found) == ["web-1"]


def test_revisions_that_nothing_runs_from_are_forgotten():
    obj = sts(1, revisionHistoryLimit=1)
    past = [revision(obj, f"web-x{n}", number=n, image=f"i{n}") for n in (1, 2, 3)]
    assert deleted(plan(obj, *past, pod(0, revision="web-x1"))) == ["web-0", "web-x2"]


def test_one_that_is_deleted_only_says_how_it_is():
    obj = sts()
    obj["metadata"]["deletionTimestamp"] = stamp(NOW)
    assert story(plan(obj, pod(0))) == ["status StatefulSet web"]


@given(st.integers(0, 6), st.dictionaries(st.integers(0, 6), st.booleans()))
def test_in_order_at_most_one_pod_comes_or_goes(replicas, ready):
    found = plan(sts(replicas), *(pod(n, ready=up) for n, up in ready.items()))
    assert len(made(found)) + len(deleted(found)) <= 1
