"""What a Job's status may say, and how it may change: also other managers keep to it.

Most rules are only about what changes, so that a status that was wrong before does not stand in
the way of the rest. Source: ``getStatusValidationOptions`` in
``pkg/registry/batch/job/strategy.go``, ``validateJobStatus`` and ``ValidateJobStatusUpdate`` in
``pkg/apis/batch/validation/validation.go``.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from onggi.api.field_error import FieldError, duplicate, invalid, required
from onggi.api.objects import View, get
from onggi.api.times import parse
from onggi.kinds.batch import indexes
from onggi.kinds.batch.job.columns import has
from onggi.kinds.checks import non_negative

CONDITIONS, COMPLETED, FAILED = (
    "status.conditions",
    "status.completedIndexes",
    "status.failedIndexes",
)
LASTING = ("Failed", "Complete", "FailureTarget")
COUNTS = ("active", "succeeded", "failed", "ready", "terminating")


class Change(NamedTuple):
    """A Job's status before and after."""

    new: View
    old: View

    def of(self, field: str) -> bool:
        return bool(get(self.new, f"status.{field}") != get(self.old, f"status.{field}"))

    def of_condition(self, *types: str) -> bool:
        return any(has(self.new, type) != has(self.old, type) for type in types)

    def value(self, field: str) -> Any:
        return get(self.new, f"status.{field}")

    @property
    def is_finished(self) -> bool:
        return has(self.new, "Complete") or has(self.new, "Failed")

    @property
    def is_indexed(self) -> bool:
        return bool(get(self.new, "spec.completionMode") == "Indexed")


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    change = Change(new, old or {})
    for field in COUNTS:
        yield from non_negative(f"status.{field}", change.value(field))
    yield from check_uncounted(new)
    yield from check_conditions(change)
    yield from check_times(change)
    yield from check_finished(change)
    yield from check_indexes(change)
    yield from check_counters(change)


def about_conditions(detail: str) -> FieldError:
    return FieldError("FieldValueInvalid", CONDITIONS, detail)


def check_uncounted(job: View) -> Iterator[FieldError]:
    seen: set[str] = set()
    for side in ("succeeded", "failed"):
        uids = get(job, f"status.uncountedTerminatedPods.{side}") or ()
        for index, uid in enumerate(uids):
            path = f"status.uncountedTerminatedPods.{side}[{index}]"
            if not uid:
                yield invalid(path, uid, "must not be empty")
            elif uid in seen:
                yield duplicate(path, uid)
            seen.add(uid)


def check_conditions(change: Change) -> Iterator[FieldError]:
    new, old = change
    complete, failed = has(new, "Complete"), has(new, "Failed")
    target, met = has(new, "FailureTarget"), has(new, "SuccessCriteriaMet")
    if complete and failed and change.of_condition("Complete", "Failed"):
        yield about_conditions("cannot set Complete=True and Failed=true conditions")
    if complete and target and change.of_condition("Complete", "FailureTarget"):
        yield about_conditions("cannot set Complete=True and FailureTarget=true conditions")
    if failed and not target and change.of_condition("Failed"):
        detail = "cannot set Failed=True condition without the FailureTarget=true condition"
        yield about_conditions(detail)
    if complete and not met and change.of_condition("Complete"):
        detail = "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"
        yield about_conditions(detail)
    if met and failed:
        yield about_conditions("cannot set SuccessCriteriaMet=True and Failed=true conditions")
    if met and target:
        detail = "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"
        yield about_conditions(detail)
    for type in LASTING:
        if has(old, type) and not has(new, type):
            yield about_conditions(f"cannot disable the terminal {type}=True condition")
    if has(old, "SuccessCriteriaMet") and not met:
        yield about_conditions("cannot disable the SuccessCriteriaMet=True condition")


def check_times(change: Change) -> Iterator[FieldError]:
    new, old = change
    start, end = change.value("startTime"), change.value("completionTime")
    path, complete = "status.completionTime", has(new, "Complete")
    if change.of_condition("Complete") or change.of("completionTime"):
        if end and not complete:
            detail = "cannot set completionTime when there is no Complete=True condition"
            yield invalid(path, end, detail)
        if not end and complete:
            yield required(path, "completionTime is required for Complete jobs")
    moved = change.of("startTime") or change.of("completionTime")
    if moved and start and end and parse(end) < parse(start):
        yield invalid(path, end, "completionTime cannot be set before startTime")
    if end and get(old, path) and change.of("completionTime"):
        yield invalid(path, end, "completionTime cannot be mutated")
    if get(old, "status.startTime") and change.of("startTime") and not get(new, "spec.suspend"):
        yield required("status.startTime", "startTime cannot be removed for unsuspended job")


def check_finished(change: Change) -> Iterator[FieldError]:
    if not change.is_finished:
        return
    ended = change.of_condition("Complete", "Failed")
    active, terminating = change.value("active") or 0, change.value("terminating") or 0
    if active > 0 and (ended or change.of("active")):
        yield invalid("status.active", active, "active>0 is invalid for finished job")
    if terminating > 0 and (ended or change.of("terminating")):
        detail = "terminating>0 is invalid for finished job"
        yield invalid("status.terminating", terminating, detail)
    nothing = get(change.new, "spec.suspend") and get(change.new, "spec.completions") == 0
    if not change.value("startTime") and not nothing and (ended or change.of("startTime")):
        yield required("status.startTime", "startTime is required for finished job")
    uncounted = change.value("uncountedTerminatedPods") or {}
    if any(uncounted.values()) and (ended or change.of("uncountedTerminatedPods")):
        detail = "uncountedTerminatedPods needs to be empty for finished job"
        yield invalid("status.uncountedTerminatedPods", dict(uncounted), detail)


def check_indexes(change: Change) -> Iterator[FieldError]:
    completions = get(change.new, "spec.completions")
    completed, failed = change.value("completedIndexes") or "", change.value("failedIndexes")
    per_index = get(change.new, "spec.backoffLimitPerIndex") is not None
    if change.of("completedIndexes"):
        if completions is not None:
            yield from readable(COMPLETED, completed, completions)
        if completed and not change.is_indexed:
            detail = "cannot set non-empty completedIndexes when non-indexed completion mode"
            yield invalid(COMPLETED, completed, detail)
    if change.of("failedIndexes") and failed is not None:
        if completions is not None and per_index:
            yield from readable(FAILED, failed, completions)
        if not per_index:
            detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
            yield invalid(FAILED, failed, detail)
    moved = change.of("failedIndexes") or change.of("completedIndexes")
    if failed and completions is not None and moved:
        detail = indexes.overlap(completed, failed, completions)
        yield from (invalid(FAILED, failed, text) for text in filter(None, [detail]))


def readable(path: str, text: str, completions: int) -> Iterator[FieldError]:
    try:
        indexes.check(text, completions)
    except indexes.BadIndexes as error:
        field = path.rpartition(".")[2]
        yield invalid(path, text, f"error parsing {field}: {error}")


def check_counters(change: Change) -> Iterator[FieldError]:
    """What has ended stays counted, unless an Indexed Job shrinks."""
    spec = change.new.get("spec") or {}
    elastic = change.is_indexed and spec.get("completions") == spec.get("parallelism")
    for field in ("failed", "succeeded"):
        count, before = change.value(field) or 0, get(change.old, f"status.{field}") or 0
        if count < before and (field == "failed" or not elastic):
            yield invalid(f"status.{field}", count, f"cannot decrease the {field} counter")
    ready, active = change.value("ready") or 0, change.value("active") or 0
    if ready > active and (change.of("ready") or change.of("active")):
        yield invalid("status.ready", ready, "cannot set more ready pods than active")
