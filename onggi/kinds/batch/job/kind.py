"""Job (batch/v1): pods that run to their end. Its parts are in the modules beside this one.

prepare.py                      defaults, generated labels
rules.py policy.py              validation of the spec
status_rules.py                 validation of the status: whoever manages a Job keeps to it
columns.py                      what kubectl get prints
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.kind import Kind
from onggi.api.objects import View, get
from onggi.kinds.batch.job.columns import COLUMNS
from onggi.kinds.batch.job.prepare import default_job, prepare
from onggi.kinds.batch.job.rules import check
from onggi.kinds.batch.job.status_rules import check_status
from onggi.kinds.core.pod import ignored
from onggi.kinds.core.pod.advice import on_template

MANY_COMPLETIONS, MANY_AT_ONCE = 100_000, 10_000


def advise(new: View, old: View | None) -> Iterator[str]:
    """Source: ``pkg/registry/batch/job/strategy.go`` (WarningsOnCreate), ``pkg/api/job``."""
    if old is None:
        yield from advise_name(new)
    yield from advise_size(new.get("spec") or {}, "spec")


def advise_name(obj: View) -> Iterator[str]:
    if errors := names.dns_label(get(obj, "metadata.name") or ""):
        yield (
            "metadata.name: this is used in Pod names and hostnames, which can result in "
            f"surprising behavior; a DNS label is recommended: [{' '.join(errors)}]"
        )


def advise_size(spec: View, path: str) -> Iterator[str]:
    many = (spec.get("completions") or 0) > MANY_COMPLETIONS
    at_once = (spec.get("parallelism") or 0) > MANY_AT_ONCE
    if spec.get("completionMode") == "Indexed" and many and at_once:
        yield (
            f"{path}: In Indexed Jobs with a number of completions higher than 10^5 and a "
            "parallelism higher than 10^4, Kubernetes might not be able to track "
            "completedIndexes when a big number of indexes fail"
        )


JOB = Kind(
    group="batch",
    version="v1",
    name="Job",
    plural="jobs",
    schema="io.k8s.api.batch.v1.Job",
    categories=("all",),
    derived=(default_job,),
    prepare=prepare,
    immutable=(
        "spec.selector",
        "spec.completionMode",
        "spec.podFailurePolicy",
        "spec.backoffLimitPerIndex",
        "spec.managedBy",
        "spec.successPolicy",
    ),
    rules=(check,),
    status_rules=(check_status,),
    columns=COLUMNS,
    selectable={"status.successful": "status.succeeded"},
    ignored=ignored.at("spec.template.spec"),
    advice=(advise, on_template),
)
