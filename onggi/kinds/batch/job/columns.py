"""What ``kubectl get jobs`` prints.

Source: ``printJob`` in ``pkg/printers/internalversion/printers.go``.
"""

from datetime import datetime

from onggi.api.durations import human
from onggi.api.kind import Column
from onggi.api.objects import View, get, is_going
from onggi.api.times import parse
from onggi.kinds.cells import AGE, NAME, containers_of, label_selector

SPEC, STATUS = "@io.k8s.api.batch.v1.JobSpec", "@io.k8s.api.batch.v1.JobStatus"


def has(job: View, type: str) -> bool:
    """Whether a condition is True."""
    conditions = get(job, "status.conditions") or ()
    return any(c.get("type") == type and c.get("status") == "True" for c in conditions)


def state(job: View, now: datetime) -> str:
    for type in ("Complete", "Failed"):
        if has(job, type):
            return type
    if is_going(job):
        return "Terminating"
    for type in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if has(job, type):
            return type
    return "Running"


def completions(job: View, now: datetime) -> str:
    done, wanted = get(job, "status.succeeded") or 0, get(job, "spec.completions")
    if wanted is not None:
        return f"{done}/{wanted}"
    at_once = get(job, "spec.parallelism") or 0
    return f"{done}/1 of {at_once}" if at_once > 1 else f"{done}/1"


def duration(job: View, now: datetime) -> str:
    start, end = get(job, "status.startTime"), get(job, "status.completionTime")
    if not start:
        return ""
    return human((parse(end) if end else now) - parse(start))


COLUMNS = (
    NAME,
    Column("Status", state, description="Status of the job."),
    Column("Completions", completions, description=f"{STATUS}.succeeded"),
    Column("Duration", duration, description="Time required to complete the job."),
    AGE,
    *containers_of("spec.template"),
    Column("Selector", lambda job, now: label_selector(get(job, "spec.selector")), wide=True,
           description=f"{SPEC}.selector"),
)  # fmt: skip
