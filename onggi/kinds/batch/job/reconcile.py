"""Run a Job's pods until enough have succeeded, or too much has failed.

One pass looks at all pods (``survey``), decides whether the Job ends (``ending``), makes or
deletes pods (``running``), counts those that ended (``counting``) and writes it down (``report``).
Source: ``syncJob`` in ``pkg/controller/job/job_controller.go``.
"""

from datetime import datetime, timedelta

from onggi.api.objects import View, get, is_going
from onggi.api.plan import Controller, Plan, World
from onggi.api.times import stamp
from onggi.kinds.apps.claim import wakes_for_orphans
from onggi.kinds.batch.job.adoption import taken
from onggi.kinds.batch.job.ending import Ending, completed, ending, is_finished, time_left
from onggi.kinds.batch.job.kind import JOB
from onggi.kinds.batch.job.report import Pass, suspension
from onggi.kinds.batch.job.running import Run, keep, stop, unchanged, untrack
from onggi.kinds.batch.job.survey import Survey, is_ours, is_tracked
from onggi.kinds.core.pod import POD


def reconcile(job: View, world: World, now: datetime) -> Plan:
    if not is_ours(job):
        return Plan()
    if is_finished(job):
        return Plan([untrack(pod) for pod in world.owned(POD, job) if is_tracked(pod)])
    pods, claims = taken(job, world)
    survey = Survey(started(job, now), pods, now)
    end = ending(survey)
    run = stop(survey) if end else unchanged(survey) if is_going(job) else keep(survey)
    end = end or (None if is_going(job) else completed(survey, run.active + len(run.made)))
    status, told = suspension(survey, end)
    step = Pass(job, survey, end, status, run)
    actions = [*claims, *run.actions, *told, *step.acts()]
    failed = (lambda error: step.without_new()) if run.made else None
    return Plan(actions, again_in=again(survey, run, end), failed=failed)


def started(job: View, now: datetime) -> View:
    """With the time from which its deadline counts."""
    if get(job, "status.startTime") or get(job, "spec.suspend"):
        return job
    return {**job, "status": {**(job.get("status") or {}), "startTime": stamp(now)}}


def again(survey: Survey, run: Run, end: Ending | None) -> timedelta | None:
    """When to look whether time is up, or the pause after a failure over."""
    left = None if end else time_left(survey.job, survey.now)
    return min((wait for wait in (left, run.again_in) if wait is not None), default=None)


CONTROLLER = Controller(
    name="job-controller",
    kind=JOB,
    reconcile=reconcile,
    owns=(POD,),
    watches={POD: wakes_for_orphans(JOB)},
)
