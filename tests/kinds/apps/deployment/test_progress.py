"""Conditions of a Deployment: when it progresses, is complete, has timed out."""

from datetime import timedelta

from onggi.api.times import stamp
from onggi.kinds.apps.deployment import progress
from tests.world import NOW

SECOND = timedelta(seconds=1)


def deployment(status=None, **spec):
    spec = {"replicas": 3, "progressDeadlineSeconds": 600} | spec
    return {"metadata": {"name": "web", "generation": 2}, "spec": spec, "status": status or {}}


def complete():
    figures = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas"), 3)
    return {"observedGeneration": 2, **figures}


def replicaset(name="web-1", **status):
    return {"metadata": {"name": name}, "spec": {"replicas": 3}, "status": status}


def condition(reason, status="True", age=0):
    return progress.progressing(status, reason, "", NOW - age * SECOND)


def after(d, status, *conditions):
    found = progress.progress(d, replicaset(), status, list(conditions), NOW)
    return next((c for c in found if c["type"] == "Progressing"), None)


def test_a_complete_rollout_says_so():
    found = after(deployment(), complete(), condition("ReplicaSetUpdated", age=50))
    assert found["reason"] == "NewReplicaSetAvailable"
    assert found["message"] == 'ReplicaSet "web-1" has successfully progressed.'
    assert found["lastTransitionTime"] == stamp(NOW - 50 * SECOND)  # it was True before


def test_progress_moves_the_update_time_only():
    found = after(
        deployment(), {"updatedReplicas": 1, "replicas": 3}, condition("ReplicaSetUpdated", age=50)
    )
    assert found["lastUpdateTime"] == stamp(NOW)
    assert found["lastTransitionTime"] == stamp(NOW - 50 * SECOND)


def test_standing_still_too_long_is_a_failure():
    status = {"replicas": 3, "updatedReplicas": 1}
    d = deployment(status)
    assert after(d, status, condition("ReplicaSetUpdated", age=600))["status"] == "True"
    found = after(d, status, condition("ReplicaSetUpdated", age=601))
    assert (found["status"], found["reason"]) == ("False", "ProgressDeadlineExceeded")
    assert found["message"] == 'ReplicaSet "web-1" has timed out progressing.'


def test_a_settled_rollout_never_times_out():
    status = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 1}
    found = after(deployment(status), status, condition("NewReplicaSetAvailable", age=9999))
    assert found["reason"] == "NewReplicaSetAvailable"


def test_without_a_deadline_there_is_no_such_condition():
    for seconds in (None, progress.FOREVER):
        d = deployment(progressDeadlineSeconds=seconds)
        assert after(d, complete(), condition("ReplicaSetUpdated")) is None


def test_the_next_check_is_when_the_deadline_has_passed():
    status = {"conditions": [condition("ReplicaSetUpdated", age=100)]}
    assert progress.next_check(deployment(), status, NOW) == 501 * SECOND
    late = {"conditions": [condition("ReplicaSetUpdated", age=1000)]}
    assert progress.next_check(deployment(), late, NOW) == SECOND
    for done in (complete(), {}):
        over = done | {"conditions": [condition("ProgressDeadlineExceeded", "False")]}
        assert progress.next_check(deployment(), over, NOW) is None
    assert progress.next_check(deployment(paused=True), status, NOW) is None


def test_figures_are_sums_and_zeros_are_left_out():
    new = replicaset("new", replicas=1, readyReplicas=1, observedGeneration=1)
    new["status"]["terminatingReplicas"] = 2
    old = replicaset("old", replicas=2, readyReplicas=2, availableReplicas=2, observedGeneration=1)
    old["status"]["terminatingReplicas"] = 1
    assert progress.observe(deployment(), new, [old, new]) == {
        "observedGeneration": 2,
        "replicas": 3,
        "updatedReplicas": 1,
        "readyReplicas": 3,
        "availableReplicas": 2,
        "unavailableReplicas": 4,
        "terminatingReplicas": 3,
    }


def test_terminating_pods_are_not_told_while_some_are_unknown():
    old = replicaset("old", replicas=2, observedGeneration=1)
    assert "terminatingReplicas" not in progress.observe(deployment(), None, [old])


def test_failures_of_the_new_replicaset_come_first():
    def failing(name, message):
        failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
        failure |= {"message": message, "lastTransitionTime": stamp(NOW)}
        return replicaset(name, conditions=[failure])

    new, old = failing("new", "quota"), failing("old", "other")
    (found,) = progress.failures([], new, [old])
    assert (found["message"], found["lastUpdateTime"]) == ("quota", stamp(NOW))
    assert progress.failures([found], replicaset(), [replicaset()]) == []
