"""What is written down about a Job: figures, conditions, and in which order.

Source: ``syncJob`` and ``trackJobStatusAndRemoveFinalizers`` in
``pkg/controller/job/job_controller.go``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onggi.api.conditions import in_list
from onggi.api.objects import Object, View, is_going
from onggi.api.plan import Action, Emit, Patch, SetStatus
from onggi.api.times import stamp
from onggi.kinds.batch.job.counting import Count, count
from onggi.kinds.batch.job.ending import FINAL, Ending
from onggi.kinds.batch.job.kind import JOB
from onggi.kinds.batch.job.running import Run, untrack
from onggi.kinds.batch.job.survey import Survey


def suspension(survey: Survey, end: Ending | None) -> tuple[Object, list[Action]]:
    """The status with condition Suspended, which only a Job that goes on can have."""
    job, now, status = survey.job, survey.now, dict(survey.status)
    if end or is_going(job):
        return status, []
    old = in_list(status.get("conditions") or (), "Suspended")
    is_suspended = old is not None and old.get("status") == "True"
    if bool(survey.spec.get("suspend")) == is_suspended:
        return status, []
    if is_suspended:
        new = condition("Suspended", "False", "JobResumed", "Job resumed", now)
        status |= {"startTime": stamp(now)}  # its deadline counts from now
        event = Emit(job, "Resumed", "Job resumed")
    else:
        new = condition("Suspended", "True", "JobSuspended", "Job suspended", now)
        event = Emit(job, "Suspended", "Job suspended")
    return status | {"conditions": put(status.get("conditions") or (), new)}, [event]


def condition(type: str, status: str, reason: str, message: str, now: datetime) -> Object:
    return {
        "type": type,
        "status": status,
        "lastProbeTime": stamp(now),
        "lastTransitionTime": stamp(now),
        "reason": reason,
        "message": message,
    }


def put(conditions: Sequence[View], new: Object) -> list[Object]:
    """In its type's place, or at the end."""
    found = [new if c["type"] == new["type"] else dict(c) for c in conditions]
    return found if in_list(conditions, new["type"]) else [*found, new]


def lets_go(actions: Sequence[Action]) -> bool:
    return any(isinstance(action, Patch) for action in actions)


@dataclass(frozen=True)
class Pass:
    """What one pass writes down."""

    job: View
    survey: Survey
    end: Ending | None
    status: Object
    run: Run

    def acts(self) -> list[Action]:
        """Pods that ended are let go before new ones are made, which may be refused."""
        made, before = self.run.made, self.report(self.run.active)
        if not made:
            return before
        if not lets_go(before):
            return [*made, *self.report(self.run.active + len(made))]
        written = [action.status for action in before if isinstance(action, SetStatus)]
        status = (written or [self.job["status"]])[-1]
        more = {**status, "active": self.run.active + len(made)}
        return [*before, *made, SetStatus(JOB, self.job, more)]

    def without_new(self) -> list[Action]:
        """What is still to be written where no pod could be made."""
        before = self.report(self.run.active)
        return [] if lets_go(before) else before

    def report(self, active: int) -> list[Action]:
        """First what is known of the pods, then they are let go, then they are counted."""
        found = count(self.survey, self.end, self.shown(active))
        last = self.finished(found)
        actions: list[Action] = []
        if found.pods or last == found.uncounted:
            actions += self.write(found.uncounted, self.job.get("status"))
            actions += [untrack(pod) for pod in found.pods]
            actions += self.write(last, found.uncounted)
        else:
            actions += self.write(last, self.job.get("status"))
        if last.get("conditions") != found.uncounted.get("conditions"):
            actions += self.told(last)
        return actions

    def write(self, status: Object, before: View | None) -> list[Action]:
        return [] if status == before else [SetStatus(JOB, self.job, status)]

    def shown(self, active: int) -> Object:
        figures = {"ready": self.run.ready, "terminating": self.run.terminating}
        status = {k: v for k, v in self.status.items() if k != "active"} | figures
        if active:
            status["active"] = active
        if self.end is None or in_list(status.get("conditions") or (), self.end.type):
            return status
        new = condition(*self.end[:1], "True", *self.end[1:], self.survey.now)
        return status | {"conditions": put(status.get("conditions") or (), new)}

    def finished(self, found: Count) -> Object:
        """With the final condition, once every pod is gone or counted."""
        waits = any(found.counted["uncountedTerminatedPods"].values()) or not found.is_whole
        if self.end is None or waits or self.run.terminating:
            return found.counted
        final = FINAL[self.end.type]
        new = condition(final, "True", *self.end[1:], self.survey.now)
        status = found.counted | {"conditions": put(found.counted.get("conditions") or (), new)}
        return status | ({"completionTime": stamp(self.survey.now)} if self.end.is_success else {})

    def told(self, status: View) -> list[Action]:
        job, end = self.job, self.end
        if end is None:
            return []
        if not end.is_success:
            return [Emit(job, end.reason, end.message, "Warning")]
        wanted = self.survey.spec.get("completions")
        events: list[Action] = [Emit(job, "Completed", "Job completed")]
        if wanted is not None and (status.get("succeeded") or 0) > wanted:
            message = "Too many succeeded pods running after completion count reached"
            events.insert(0, Emit(job, "TooManySucceededPods", message, "Warning"))
        return events
