"""CronJob (batch/v1): Jobs by the clock.

Sources: ``pkg/apis/batch/v1/defaults.go``, ``pkg/apis/batch/validation/validation.go``
(validateCronJobSpec), ``printCronJob`` in ``pkg/printers/internalversion/printers.go``.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from onggi.api.field_error import FieldError, invalid, not_supported, required
from onggi.api.kind import Column, Default, Kind, within
from onggi.api.objects import View, get
from onggi.kinds.batch.cronjob.schedule import BadSchedule, parse
from onggi.kinds.batch.cronjob.zones import BadZone, zone
from onggi.kinds.batch.job.kind import advise_name, advise_size
from onggi.kinds.batch.job.prepare import default_template_of
from onggi.kinds.batch.job.rules import check_spec
from onggi.kinds.cells import AGE, NAME, NONE, age, containers_of
from onggi.kinds.checks import choice, non_negative
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import about
from onggi.kinds.fill import first_status

SPEC, STATUS = "@io.k8s.api.batch.v1.CronJobSpec", "@io.k8s.api.batch.v1.CronJobStatus"
POLICIES = ("Allow", "Forbid", "Replace")
LONGEST_NAME = 52  # the names of its Jobs are eleven characters longer
LIMITS = ("successfulJobsHistoryLimit", "failedJobsHistoryLimit")
TEMPLATE = "spec.jobTemplate.spec.template"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec, before = new.get("spec") or {}, (old or {}).get("spec") or {}
    yield from check_schedule(spec, before)
    yield from non_negative("spec.startingDeadlineSeconds", spec.get("startingDeadlineSeconds"))
    name = spec.get("timeZone")
    if name is not None and (old is None or name != before.get("timeZone")):
        yield from check_zone(name)
    policy = spec.get("concurrencyPolicy")
    yield from choice("spec.concurrencyPolicy", policy, POLICIES)
    yield from check_template(get(spec, "jobTemplate.spec") or {}, "spec.jobTemplate.spec")
    for field in LIMITS:
        yield from non_negative(f"spec.{field}", spec.get(field))
    own = get(new, "metadata.name") or ""
    if old is None and len(own) > LONGEST_NAME:
        yield invalid("metadata.name", own, f"must be no more than {LONGEST_NAME} characters")


def check_schedule(spec: View, before: View) -> Iterator[FieldError]:
    text, path = spec.get("schedule") or "", "spec.schedule"
    if not text:
        yield required(path)
        return
    try:
        parse(text)
    except BadSchedule as error:
        yield invalid(path, text, str(error))
    if "TZ" in text:
        detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
        yield invalid(path, text, detail)


def check_zone(name: str) -> Iterator[FieldError]:
    try:
        zone(name)
    except BadZone as error:
        yield invalid("spec.timeZone", name, str(error))


def check_template(spec: View, path: str) -> Iterator[FieldError]:
    """Its selector is each Job's own."""
    yield from check_spec(spec, path)
    if (selector := spec.get("selector")) is not None:
        yield invalid(f"{path}.selector", dict(selector), "`selector` will be auto-generated")
    if spec.get("manualSelector"):
        yield not_supported(f"{path}.manualSelector", True, ("nil", "false"))


def advise(new: View, old: View | None) -> Iterator[str]:
    if old is None:
        yield from advise_name(new)
    spec = get(new, "spec.jobTemplate.spec") or {}
    if old is None or spec != get(old, "spec.jobTemplate.spec"):
        yield from advise_size(spec, "spec.jobTemplate.spec")
        yield from about(spec.get("template") or {}, f"{TEMPLATE}.")


def last(cj: View, now: datetime) -> str:
    time = get(cj, "status.lastScheduleTime")
    return age(time, now) if time else NONE


def suspended(cj: View, now: datetime) -> Any:
    value = get(cj, "spec.suspend")
    return "<unset>" if value is None else str(bool(value))


CRONJOB = Kind(
    group="batch",
    version="v1",
    name="CronJob",
    plural="cronjobs",
    schema="io.k8s.api.batch.v1.CronJob",
    short=("cj",),
    categories=("all",),
    defaults=(
        Default("spec.concurrencyPolicy", "Allow"),
        Default("spec.suspend", False),
        Default("spec.successfulJobsHistoryLimit", 3),
        Default("spec.failedJobsHistoryLimit", 1),
    ),
    derived=(within("spec.jobTemplate.spec", default_template_of),),
    prepare=first_status({}),
    rules=(check,),
    columns=(
        NAME,
        Column("Schedule", "spec.schedule", description=f"{SPEC}.schedule"),
        Column("Timezone", lambda cj, now: get(cj, "spec.timeZone") or NONE,
               description=f"{SPEC}.timeZone"),
        Column("Suspend", suspended, "boolean", description=f"{SPEC}.suspend"),
        Column("Active", lambda cj, now: len(get(cj, "status.active") or ()), "integer",
               description=f"{STATUS}.active"),
        Column("Last Schedule", last, description=f"{STATUS}.lastScheduleTime"),
        AGE,
        *containers_of(TEMPLATE),
        Column("Selector", lambda cj, now: NONE, wide=True,
               description="@io.k8s.api.batch.v1.JobSpec.selector"),
    ),
    ignored=ignored.at(f"{TEMPLATE}.spec"),
    advice=(advise,),
)  # fmt: skip
