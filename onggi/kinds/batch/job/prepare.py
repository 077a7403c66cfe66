"""What a Job gets where the user left it out, and the labels that make its pods its own.

Sources: ``pkg/apis/batch/v1/defaults.go``, ``pkg/registry/batch/job/strategy.go``
(generateSelector).
"""

from onggi.api.objects import Object, View, clone_value, get
from onggi.kinds.core.pod.template import default_template
from onggi.kinds.fill import fill_absent, fill_zero, items

NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
UID_LABEL = "batch.kubernetes.io/controller-uid"
UID_LABELS = ("controller-uid", UID_LABEL)
NO_LIMIT = 2**31 - 1


def default_job(job: Object) -> None:
    spec = job.setdefault("spec", {})
    if not isinstance(spec, dict):
        return
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    limit = 6 if spec.get("backoffLimitPerIndex") is None else NO_LIMIT
    policy = "TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed"
    fill_absent(
        spec,
        {
            "parallelism": 1,
            "backoffLimit": limit,
            "completionMode": "NonIndexed",
            "suspend": False,
            "podReplacementPolicy": policy,
            "manualSelector": False,
        },
    )
    default_template_of(spec)
    take_labels(job)


def take_labels(job: Object) -> None:
    """A Job without labels has its template's."""
    labels = get(job, "spec.template.metadata.labels")
    if labels and not get(job, "metadata.labels"):
        job.setdefault("metadata", {})["labels"] = clone_value(labels)


def default_template_of(spec: Object) -> None:
    """The parts of a Job's spec that a CronJob's template gets as well."""
    template = spec.setdefault("template", {})
    if isinstance(template, dict):
        default_template(template)
    for rule in items(spec.get("podFailurePolicy") or {}, "rules"):
        for pattern in items(rule, "onPodConditions"):
            fill_zero(pattern, {"status": "True"})


def prepare(job: Object, old: View | None) -> None:
    if old is not None:
        return
    job["status"] = {}
    if not get(job, "spec.manualSelector"):
        own_labels(job)
        take_labels(job)  # as whoever reads the Job would default it


def own_labels(job: Object) -> None:
    """The uid in selector and template: no other Job's pods match. What the user wrote there
    stays, for validation to refuse."""
    meta, spec = job["metadata"], job["spec"]
    labels = within(within(spec["template"], "metadata"), "labels")
    for label in NAME_LABELS:
        labels.setdefault(label, meta.get("name", ""))
    for label in UID_LABELS:
        labels.setdefault(label, meta.get("uid", ""))
    within(within(spec, "selector"), "matchLabels").setdefault(UID_LABEL, meta.get("uid", ""))


def within(obj: Object, key: str) -> Object:
    if not isinstance(obj.get(key), dict):
        obj[key] = {}
    inner: Object = obj[key]
    return inner
