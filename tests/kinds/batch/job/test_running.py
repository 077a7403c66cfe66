"""Indexed Jobs: which index gets a pod, when, and with what."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from onggi.api.plan import Create
from onggi.kinds.batch.job.survey import FAILURES, IGNORED, INDEX
from tests.kinds.batch.job.jobs import conditions, job, plan, pod, statuses
from tests.kinds.samples import CONTAINER
from tests.world import story

INDEXED = {"completionMode": "Indexed", "completions": 5, "parallelism": 2}
PER_INDEX = INDEXED | {"backoffLimitPerIndex": 1}
INIT = {"spec": {"restartPolicy": "Never", "containers": [CONTAINER],
                 "initContainers": [CONTAINER | {"name": "first"}]}}  # fmt: skip


def indexed(name, index, phase="Running", **more):
    return pod(name, phase, owner=job(**INDEXED), index=index, **more)


def made(found):
    return [a.obj for a in found.actions if isinstance(a, Create)]


def test_each_index_has_a_pod_that_knows_it():
    found = made(plan(job(**INDEXED, template=INIT)))
    assert [p["metadata"]["generateName"] for p in found] == ["web-0-", "web-1-"]
    first = found[0]
    assert first["spec"]["hostname"] == "web-0"
    assert first["metadata"]["labels"][INDEX] == first["metadata"]["annotations"][INDEX] == "0"
    source = {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}
    for container in first["spec"]["containers"] + first["spec"]["initContainers"]:
        assert container["env"] == [
            {"name": "JOB_COMPLETION_INDEX", "valueFrom": {"fieldRef": source}}
        ]


def test_successes_are_indexes_and_each_counts_once():
    done = {"completedIndexes": "0", "succeeded": 1}
    found = plan(job(done, **INDEXED), indexed("a", 1, "Succeeded"), indexed("b", 0, "Succeeded"))
    last = statuses(found)[-1]
    assert (last["completedIndexes"], last["succeeded"]) == ("0-1", 2)
    assert [p["metadata"]["annotations"][INDEX] for p in made(found)] == ["2", "3"]


def test_twins_and_strangers_to_the_indexes_go():
    found = plan(job(**INDEXED), indexed("a", 0, ready=True), indexed("b", 0), indexed("c", 9))
    assert {line for line in story(found) if line.startswith("delete")} == {
        "delete Pod b",
        "delete Pod c",
    }


def test_an_index_goes_on_counting_where_its_last_pod_stopped():
    found = plan(job(**PER_INDEX), indexed("a", 0, "Failed", failures=0))
    first = made(found)[0]["metadata"]["annotations"]
    assert (first[INDEX], first[FAILURES], first.get(IGNORED)) == ("0", "1", None)
    assert "patch Pod a" not in story(found)  # it is remembered until its successor is seen
    assert statuses(found)[-1].get("failed") is None


def test_each_index_has_a_pause_of_its_own():
    found = plan(job(**PER_INDEX), indexed("a", 0, "Failed", failures=0, ago=4))
    assert [p["metadata"]["annotations"][INDEX] for p in made(found)] == ["1"]
    assert found.again_in == timedelta(seconds=6)


def test_an_index_that_failed_too_often_is_given_up():
    found = plan(job(**PER_INDEX), indexed("a", 0, "Failed", failures=1))
    last = statuses(found)[-1]
    assert (last["failedIndexes"], last["failed"]) == ("0", 1)
    assert [p["metadata"]["annotations"][INDEX] for p in made(found)] == ["1", "2"]
    found = plan(job(**PER_INDEX, maxFailedIndexes=0), indexed("a", 0, "Failed", failures=1))
    assert conditions(statuses(found)[0]) == {"FailureTarget": "MaxFailedIndexesExceeded"}


def test_when_all_indexes_have_ended_some_of_them_badly_the_job_failed():
    done = {"completedIndexes": "1-4", "succeeded": 4, "startTime": "2026-01-01T00:00:00Z"}
    found = plan(job(done, **PER_INDEX), indexed("a", 0, "Failed", failures=1))
    last = statuses(found)[-1]
    assert conditions(last) == {"FailureTarget": "FailedIndexes", "Failed": "FailedIndexes"}
    assert (last["completedIndexes"], last["failedIndexes"]) == ("1-4", "0")


def test_a_policy_may_be_content_with_some_indexes():
    policy = {"rules": [{"succeededIndexes": "1,3-4", "succeededCount": 2}]}
    obj = job({"completedIndexes": "1"}, **INDEXED, successPolicy=policy)
    found = plan(obj, indexed("a", 3, "Succeeded"), indexed("b", 0))
    last = statuses(found)[-1]
    assert conditions(last) == {"SuccessCriteriaMet": "SuccessPolicy"}
    assert "delete Pod b" in story(found)
    assert (last.get("failed"), last["terminating"]) == (None, 1)  # what is stopped did not fail
    last["terminating"] = 0
    done = statuses(plan(job(last, **INDEXED, successPolicy=policy)))[-1]
    assert conditions(done)["Complete"] == "SuccessPolicy"


@given(st.integers(1, 8), st.integers(1, 8), st.data())
def test_one_pass_fills_exactly_the_free_places(completions, parallelism, data):
    done = data.draw(st.sets(st.integers(0, completions - 1)))
    busy = data.draw(st.sets(st.integers(0, completions - 1)))
    spec = INDEXED | {"completions": completions, "parallelism": parallelism}
    status = {"completedIndexes": ",".join(map(str, sorted(done))), "succeeded": len(done)}
    found = plan(job(status, **spec), *(indexed(f"p{i}", i) for i in busy - done))
    new = [int(p["metadata"]["annotations"][INDEX]) for p in made(found)]
    assert len(new) == len(set(new))
    assert not set(new) & (done | busy)
    wanted = min(parallelism, completions - len(done))
    assert len(new) == max(wanted - len(busy - done), 0)
