"""Whether a Job is over, and why: the condition that it is heading for.

Source: ``syncJob`` in ``pkg/controller/job/job_controller.go``, ``success_policy.go``.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api.conditions import find
from onggi.api.objects import View, get
from onggi.api.times import parse
from onggi.kinds.batch import indexes
from onggi.kinds.batch.job.columns import has
from onggi.kinds.batch.job.failure import restarts
from onggi.kinds.batch.job.survey import Survey

MET, TARGET = "SuccessCriteriaMet", "FailureTarget"
FINAL = {MET: "Complete", TARGET: "Failed"}


class Ending(NamedTuple):
    """``type`` is the interim condition; the final one follows when all pods are counted."""

    type: str
    reason: str
    message: str

    @property
    def is_success(self) -> bool:
        return self.type == MET


def is_finished(job: View) -> bool:
    return has(job, "Complete") or has(job, "Failed")


def decided(job: View) -> Ending | None:
    """What an earlier pass wrote down."""
    for type in (MET, TARGET):
        found = find(job, type)
        if found and found.get("status") == "True":
            return Ending(type, found.get("reason", ""), found.get("message", ""))
    return None


def ending(survey: Survey) -> Ending | None:
    """Why the Job ends now, before anything is created or deleted."""
    return (
        decided(survey.job)
        or by_policy(survey)
        or by_limits(survey)
        or by_indexes(survey)
        or by_success_policy(survey)
    )


def by_policy(survey: Survey) -> Ending | None:
    for pod in survey.failed_pods:
        if message := survey.verdict(pod).message:
            return Ending(TARGET, "PodFailurePolicy", message)
    return None


def by_limits(survey: Survey) -> Ending | None:
    limit: int = survey.spec.get("backoffLimit") or 0
    if survey.failed > limit or restarted_too_often(survey, limit):
        message = "Job has reached the specified backoff limit"
        return Ending(TARGET, "BackoffLimitExceeded", message)
    left = time_left(survey.job, survey.now)
    if left is not None and left <= timedelta():
        message = "Job was active longer than specified deadline"
        return Ending(TARGET, "DeadlineExceeded", message)
    return None


def restarted_too_often(survey: Survey, limit: int) -> bool:
    if get(survey.spec, "template.spec.restartPolicy") != "OnFailure":
        return False
    return restarts(survey.pods) >= max(limit, 1)


def time_left(job: View, now: datetime) -> timedelta | None:
    """Of its ``activeDeadlineSeconds``; None where no clock runs."""
    seconds, start = get(job, "spec.activeDeadlineSeconds"), get(job, "status.startTime")
    if seconds is None or not start or get(job, "spec.suspend"):
        return None
    return parse(start) + timedelta(seconds=seconds) - now


def by_indexes(survey: Survey) -> Ending | None:
    if not survey.is_per_index:
        return None
    failed, most = len(survey.failed_indexes), survey.spec.get("maxFailedIndexes")
    if most is not None and failed > most:
        message = "Job has exceeded the specified maximal number of failed indexes"
        return Ending(TARGET, "MaxFailedIndexesExceeded", message)
    if failed and failed + len(survey.succeeded_indexes) >= survey.completions:
        return Ending(TARGET, "FailedIndexes", "Job has failed indexes")
    return None


def by_success_policy(survey: Survey) -> Ending | None:
    if not survey.is_indexed or not survey.succeeded_indexes:
        return None
    for place, rule in enumerate(get(survey.spec, "successPolicy.rules") or ()):
        if is_enough(rule, survey):
            return Ending(MET, "SuccessPolicy", f"Matched rules at index {place}")
    return None


def is_enough(rule: View, survey: Survey) -> bool:
    text, count = rule.get("succeededIndexes"), rule.get("succeededCount")
    done = survey.succeeded_indexes
    if text is not None:
        wanted = indexes.parse(text, survey.completions)
        done = done & wanted
        count = len(wanted) if count is None else count
    return count is not None and len(done) >= count


def completed(survey: Survey, active: int) -> Ending | None:
    """All that was wanted has succeeded, and nothing runs any more."""
    wanted = survey.spec.get("completions")
    enough = survey.succeeded > 0 if wanted is None else survey.succeeded >= wanted
    if not enough or active:
        return None
    return Ending(MET, "CompletionsReached", "Reached expected number of succeeded pods")
