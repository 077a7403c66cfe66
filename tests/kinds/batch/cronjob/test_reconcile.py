"""A CronJob: which Job starts when, and which goes."""

from datetime import datetime, timedelta

import pytest

from onggi.api.objects import owner_reference
from onggi.api.plan import Create, SetStatus
from onggi.api.times import stamp
from onggi.kinds.batch.cronjob import CRONJOB
from onggi.kinds.batch.cronjob.reconcile import SCHEDULED, reconcile
from tests.kinds.samples import created
from tests.world import NOW, ListWorld, story, told

MADE = NOW - timedelta(minutes=61)  # at one minute to eleven


def cj(status=None, **spec):
    obj = created(CRONJOB, schedule="0 * * * *", **spec)
    obj["metadata"] |= {"uid": "c1", "creationTimestamp": stamp(MADE)}
    obj["status"] = status or {"lastScheduleTime": stamp(NOW - timedelta(hours=1))}
    return obj


def job(name, done="", at=NOW, owner=None):
    meta = {"name": name, "namespace": "default", "uid": name, "resourceVersion": "7"}
    meta["ownerReferences"] = [owner_reference(owner or cj())]
    status = {"startTime": stamp(at)}
    if done:
        condition = {"type": done, "status": "True", "lastTransitionTime": stamp(at)}
        status |= {"conditions": [condition], "completionTime": stamp(at)}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "status": status}


def running(*names):
    last = {"lastScheduleTime": stamp(NOW - timedelta(hours=1))}
    return last | {"active": [{"kind": "Job", "name": n, "uid": n} for n in names]}


def plan(obj, *jobs, now=NOW):
    return reconcile(obj, ListWorld(list(jobs)), now)


def status(found):
    return next(a.status for a in found.actions if isinstance(a, SetStatus))


def test_a_job_is_made_at_its_time_and_noted():
    found = plan(cj())
    [create] = found.actions
    minute = int(NOW.timestamp()) // 60
    assert create.obj["metadata"]["name"] == f"web-{minute}"
    assert create.obj["metadata"]["annotations"] == {SCHEDULED: "2026-01-01T00:00:00Z"}
    assert create.obj["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert found.again_in == timedelta(hours=1)
    event, write = create.done(job(f"web-{minute}"))
    assert told(event) == f"emit SuccessfulCreate: Created job web-{minute}"
    assert write.status["lastScheduleTime"] == stamp(NOW)
    assert write.status["active"][0]["uid"] == f"web-{minute}"


def test_before_its_time_nothing_happens():
    found = plan(cj({"lastScheduleTime": stamp(NOW)}), now=NOW + timedelta(minutes=59))
    assert (story(found), found.again_in) == ([], timedelta(minutes=1))


def test_only_the_latest_of_the_missed_is_made_up_for():
    found = plan(cj({"lastScheduleTime": stamp(NOW - timedelta(hours=5))}))
    assert story(found) == [f"create Job web-{int(NOW.timestamp()) // 60}"]
    found = plan(cj({"lastScheduleTime": stamp(NOW - timedelta(days=9))}))
    assert story(found)[0].startswith("emit TooManyMissedTimes: too many missed start times")


def test_too_late_is_not_at_all():
    late = NOW + timedelta(seconds=30)
    assert story(plan(cj(startingDeadlineSeconds=20), now=late)) == []
    assert len(story(plan(cj(startingDeadlineSeconds=40), now=late))) == 1


@pytest.mark.parametrize("going", [{"suspend": True}, {}])
def test_one_that_rests_or_goes_starts_nothing(going):
    obj = cj(**going)
    if not going:
        obj["metadata"]["deletionTimestamp"] = stamp(NOW)
    assert (story(plan(obj)), plan(obj).again_in) == ([], None)


def test_what_runs_already_is_waited_for_or_replaced():
    assert story(plan(cj(running("old"), concurrencyPolicy="Forbid"), job("old"))) == [
        "emit JobAlreadyActive: Not starting job because prior execution is running and "
        "concurrency policy is Forbid"
    ]
    found = plan(cj(running("old"), concurrencyPolicy="Replace"), job("old"))
    assert story(found)[:2] == ["delete Job old", "emit SuccessfulDelete: Deleted job old"]
    made = next(a for a in found.actions if isinstance(a, Create))
    _, write = made.done(job("new"))
    assert [ref["name"] for ref in write.status["active"]] == ["new"]
    assert "Create" in [type(a).__name__ for a in plan(cj(running("old")), job("old")).actions]


def test_a_job_that_was_made_before_a_crash_is_noted_now():
    name = f"web-{int(NOW.timestamp()) // 60}"
    found = plan(cj(), job(name))
    assert story(found) == [
        f"emit UnexpectedJob: Saw a job that the controller did not create or forgot: {name}",
        "status CronJob web",
    ]
    assert status(found)["active"][0]["name"] == name
    stranger = job(name, owner={"apiVersion": "v1", "kind": "X", "metadata":
                                {"name": "x", "uid": "x"}})  # fmt: skip
    assert story(plan(cj(), stranger)) == []


def test_what_ended_or_vanished_is_told_and_no_longer_active():
    obj = cj(running("a", "b") | {"lastScheduleTime": stamp(NOW)})
    found = plan(obj, job("a", "Complete"))
    assert story(found) == [
        "emit SawCompletedJob: Saw completed job: a, condition: Complete",
        "emit MissingJob: Active job went missing: b",
        "status CronJob web",
    ]
    assert "active" not in status(found)
    assert status(found)["lastSuccessfulTime"] == stamp(NOW)


def test_so_many_finished_jobs_are_kept():
    obj = cj({"lastScheduleTime": stamp(NOW), "lastSuccessfulTime": stamp(NOW)},
             successfulJobsHistoryLimit=1, failedJobsHistoryLimit=0)  # fmt: skip
    old = job("z", "Complete", at=NOW - timedelta(hours=2))
    found = plan(obj, job("a", "Complete"), old, job("f", "Failed"))
    assert [line for line in story(found) if line.startswith("delete")] == [
        "delete Job z",
        "delete Job f",
    ]


def test_time_zones_count():
    obj = cj(timeZone="Asia/Kolkata", startingDeadlineSeconds=None)
    found = plan(obj)  # half past five there
    made = next(a for a in found.actions if isinstance(a, Create))
    assert made.obj["metadata"]["annotations"][SCHEDULED] == "2026-01-01T05:00:00+05:30"
    assert found.again_in == timedelta(minutes=30)


def test_nonsense_is_told():
    assert story(plan(cj(timeZone="No/Where")))[0].startswith("emit UnknownTimeZone: invalid")
    obj = cj()
    obj["spec"]["schedule"] = "1 2 3"
    assert story(plan(obj))[0].startswith('emit UnparseableSchedule: unparseable schedule: "1 2 3"')
    obj["spec"]["schedule"] = "0 0 31 2 *"
    assert story(plan(obj))[0].startswith("emit InvalidSchedule: invalid schedule: 0 0 31 2 *")


def test_an_interval_counts_from_the_last_run():
    obj = cj({"lastScheduleTime": stamp(NOW)})
    obj["spec"]["schedule"] = "@every 45s"
    found = plan(obj, now=NOW + timedelta(seconds=50))
    made = next(a for a in found.actions if isinstance(a, Create))
    assert made.obj["metadata"]["annotations"][SCHEDULED] == "2026-01-01T00:00:45Z"
    assert found.again_in == timedelta(seconds=40)


def test_now_is_the_hour():
    assert datetime(2026, 1, 1, tzinfo=NOW.tzinfo) == NOW
