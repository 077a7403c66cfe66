"""A Job, pass by pass: what is made, counted, ended, and said."""

from datetime import timedelta

import pytest

from onggi.api.errors import Forbidden
from onggi.api.plan import Create, Patch
from onggi.api.times import stamp
from onggi.kinds.batch.job.survey import TRACKING
from tests.kinds.batch.job.jobs import conditions, job, plan, pod, statuses
from tests.kinds.samples import CONTAINER
from tests.world import NOW, story

AGAIN = {"spec": {"restartPolicy": "OnFailure", "containers": [CONTAINER]}}


def test_a_new_job_starts_its_pods_and_its_clock():
    found = plan(job({}, parallelism=2, completions=3))
    assert story(found) == ["create Pod web-", "create Pod web-", "status Job web"]
    made = found.actions[0].obj
    assert made["metadata"]["finalizers"] == [TRACKING]
    (status,) = statuses(found)
    assert status == {
        "startTime": stamp(NOW),
        "active": 2,
        "ready": 0,
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }


def test_pods_that_ended_are_let_go_before_new_ones_are_made_which_may_be_refused():
    found = plan(job(completions=2), pod("a", "Succeeded"))
    assert story(found) == [
        "status Job web",
        "patch Pod a",
        "status Job web",
        "create Pod web-",
        "status Job web",
    ]
    figures = [(s.get("succeeded"), s.get("active")) for s in statuses(found)]
    assert figures == [(None, None), (1, None), (1, 1)]
    assert found.failed(Forbidden("pods", "web", "quota")) == []


def test_if_pods_cannot_be_made_the_rest_is_written_all_the_same():
    found = plan(job({}, completions=2))
    assert statuses(found)[-1]["active"] == 1
    [write] = found.failed(Forbidden("pods", "web", "quota"))
    assert write.status["startTime"]
    assert "active" not in write.status


def test_a_pod_that_succeeded_is_named_let_go_and_then_counted():
    found = plan(job(), pod("a", "Succeeded"))
    assert story(found) == [
        "status Job web",
        "patch Pod a",
        "status Job web",
        "emit Completed: Job completed",
    ]
    first, last = statuses(found)
    assert first["uncountedTerminatedPods"] == {"succeeded": ["a"]}
    assert conditions(first) == {"SuccessCriteriaMet": "CompletionsReached"}
    assert found.actions[1].patch["metadata"]["finalizers"] is None
    assert last["succeeded"] == 1
    assert last["completionTime"] == stamp(NOW)
    assert conditions(last) == conditions(first) | {"Complete": "CompletionsReached"}
    assert last["uncountedTerminatedPods"] == {}


def test_what_was_written_before_a_crash_is_not_counted_twice():
    noted = {"startTime": stamp(NOW), "uncountedTerminatedPods": {"succeeded": ["a"]}}
    assert statuses(plan(job(noted), pod("a", "Succeeded")))[-1]["succeeded"] == 1
    let_go = pod("a", "Succeeded", finalizers=[])
    assert statuses(plan(job(noted), let_go))[-1]["succeeded"] == 1
    assert statuses(plan(job(noted)))[-1]["succeeded"] == 1


def test_a_finished_job_is_left_alone_but_for_finalizers():
    over = {"conditions": [{"type": "Complete", "status": "True"}]}
    assert story(plan(job(over), pod("a"))) == ["patch Pod a"]
    assert story(plan(job(over), pod("a", finalizers=[]))) == []


def test_jobs_of_other_managers_are_left_alone():
    assert story(plan(job({}, managedBy="acme.io/jobs"))) == []


def test_too_many_failures_end_it_and_stop_the_others():
    found = plan(job(backoffLimit=0, parallelism=2, completions=2), pod("a", "Failed"), pod("b"))
    assert story(found) == [
        "delete Pod b",
        "emit SuccessfulDelete: Deleted pod: b",
        "status Job web",
        "patch Pod a",
        "patch Pod b",
        "status Job web",
    ]
    first, last = statuses(found)
    assert conditions(first) == {"FailureTarget": "BackoffLimitExceeded"}
    assert (last["failed"], last["terminating"]) == (2, 1)
    assert "Failed" not in conditions(last)  # not while a pod is ending
    found = plan(job(last, backoffLimit=0))
    assert story(found)[-1] == (
        "emit BackoffLimitExceeded: Job has reached the specified backoff limit"
    )
    assert conditions(statuses(found)[-1])["Failed"] == "BackoffLimitExceeded"
    assert "completionTime" not in statuses(found)[-1]


def test_restarts_of_containers_count_where_pods_are_not_replaced():
    restarted = pod("a")
    restarted["status"]["containerStatuses"][0]["restartCount"] = 2
    found = plan(job(backoffLimit=2, template=AGAIN), restarted)
    assert conditions(statuses(found)[0]) == {"FailureTarget": "BackoffLimitExceeded"}


def test_after_a_failure_there_is_a_pause_that_doubles():
    found = plan(job(), pod("a", "Failed", ago=3))
    assert (found.again_in, story(found)[0]) == (timedelta(seconds=7), "status Job web")
    found = plan(job(), pod("a", "Failed", ago=30), pod("b", "Failed", ago=15))
    assert found.again_in == timedelta(seconds=5)
    found = plan(job(), pod("a", "Failed", ago=30), pod("b", "Failed", ago=21))
    assert "create Pod web-" in story(found)


def test_a_deadline_ends_it():
    obj = job({"startTime": stamp(NOW - timedelta(seconds=8))}, activeDeadlineSeconds=10)
    assert plan(obj, pod("a")).again_in == timedelta(seconds=2)
    late = plan(obj, pod("a"), now=NOW + timedelta(seconds=2))
    assert conditions(statuses(late)[0]) == {"FailureTarget": "DeadlineExceeded"}
    assert "delete Pod a" in story(late)


def test_suspended_it_stops_its_pods_without_blaming_them():
    found = plan(job(suspend=True), pod("a"))
    assert story(found) == [
        "patch Pod a",
        "delete Pod a",
        "emit SuccessfulDelete: Deleted pod: a",
        "emit Suspended: Job suspended",
        "status Job web",
    ]
    (status,) = statuses(found)
    assert conditions(status) == {"Suspended": "JobSuspended"}
    assert "failed" not in status
    found = plan(job(status), now=NOW + timedelta(hours=1))
    assert story(found)[:2] == ["emit Resumed: Job resumed", "create Pod web-"]
    assert statuses(found)[-1]["startTime"] == stamp(NOW + timedelta(hours=1))


def test_orphans_are_taken_in_with_the_finalizer_and_strangers_let_go_without():
    orphan = pod("o", ownerReferences=[], finalizers=[])
    stranger = pod("s", labels={})
    found = plan(job(parallelism=1), orphan, stranger)
    patches = {a.target["metadata"]["name"]: a.patch["metadata"] for a in found.actions
               if isinstance(a, Patch)}  # fmt: skip
    assert patches["o"]["finalizers"] == [TRACKING]
    assert patches["o"]["ownerReferences"][0]["uid"] == "u1"
    assert patches["s"] == {"finalizers": None, "ownerReferences": None}


def test_pods_on_their_way_out_are_replaced_at_once_or_when_they_are_gone():
    going = pod("a", deletionTimestamp=stamp(NOW - timedelta(minutes=1)))
    assert "create Pod web-" in story(plan(job(), going))
    patient = plan(job(podReplacementPolicy="Failed"), going)
    assert "create Pod web-" not in story(patient)
    assert statuses(patient)[-1]["terminating"] == 1


def test_without_completions_the_first_success_is_enough_once_the_others_end():
    queue = job(parallelism=3, completions=None)
    queue["spec"].pop("completions", None)
    found = plan(queue, pod("a", "Succeeded"), pod("b"))
    assert not any(isinstance(a, Create) for a in found.actions)
    assert "Complete" not in conditions(statuses(found)[-1])
    found = plan(queue, pod("a", "Succeeded"), pod("b", "Succeeded"))
    assert conditions(statuses(found)[-1])["Complete"] == "CompletionsReached"


def test_more_pods_than_wanted_are_deleted_uncounted():
    found = plan(job(parallelism=1, completions=5), pod("a", ready=True), pod("b"))
    assert story(found)[:2] == ["patch Pod b", "delete Pod b"]


@pytest.mark.parametrize("going", [True, False])
def test_one_that_is_deleted_makes_no_more_and_lets_its_pods_go(going):
    obj = job(parallelism=2, completions=2)
    if going:
        obj["metadata"]["deletionTimestamp"] = stamp(NOW)
    found = story(plan(obj, pod("a")))
    assert ("create Pod web-" in found, "patch Pod a" in found) == (not going, going)
