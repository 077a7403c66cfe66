"""What is wrong with a Job's spec.

Source: ``pkg/apis/batch/validation/validation.go`` (ValidateJob, ValidateJobSpecUpdate). The
policies of failure and success are in ``policy``.
"""

from collections.abc import Iterator
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, immutable, invalid, not_supported, required, too_long
from onggi.api.objects import Object, View, clone, get
from onggi.api.selectors import SelectorError, check_label_selector, of_object
from onggi.kinds.apps.rules import check_template_labels
from onggi.kinds.batch.job.policy import check_failure_policy, check_success_policy
from onggi.kinds.batch.job.prepare import NAME_LABELS, UID_LABELS
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod.rules import check_template
from onggi.kinds.networking.ingressclass import check_prefixed_path

COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
          "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes")  # fmt: skip
MODES = ("NonIndexed", "Indexed")
RESTARTS = ("OnFailure", "Never")
REPLACEMENTS = ("Failed", "TerminatingOrFailed")
MOST_AT_ONCE = MOST_FAILED = MANY = 100_000
MOST_OF_MANY = 10_000
LONGEST_MANAGER = 63
DIRECTIVES = ("nodeSelector", "tolerations", "schedulingGates")


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    if old is None:
        yield from check_generated(new)
        yield from check_hostname(new)
    yield from check_spec(spec, "spec")
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
    else:
        yield from check_label_selector(selector, "spec.selector")
    yield from check_template_labels(spec)
    if old is not None:
        yield from check_update(new, old)


def check_generated(job: View) -> Iterator[FieldError]:
    """Unless the user selects by hand, labels and selector carry the Job's own uid and name."""
    spec, meta = job.get("spec") or {}, job.get("metadata") or {}
    selector = spec.get("selector")
    if spec.get("manualSelector") or selector is None:
        return
    uid, name = meta.get("uid") or "", meta.get("name") or ""
    wanted = dict.fromkeys(UID_LABELS, uid) | dict.fromkeys(NAME_LABELS, name)
    labels = get(spec, "template.metadata.labels") or {}
    for label, value in wanted.items():
        path, detail = f"spec.template.metadata.labels[{label}]", f"must be '{value}'"
        if label not in labels:
            yield required(path, detail)
        elif labels[label] != value:
            yield invalid(path, dict(sorted(labels.items())), detail)
    try:
        fits = of_object(selector).matches(wanted)
    except SelectorError:
        return
    if not fits:
        yield invalid("spec.selector", dict(selector), "`selector` not auto-generated")


def check_hostname(job: View) -> Iterator[FieldError]:
    """The pod of the last index is named after it."""
    spec, name = job.get("spec") or {}, get(job, "metadata.name") or ""
    completions = spec.get("completions") or 0
    if spec.get("completionMode") != "Indexed" or completions <= 0:
        return
    longest = f"{name}-{completions - 1}"
    if names.dns_label(longest):
        detail = f"will not able to create pod with invalid DNS label: {longest}"
        yield invalid("metadata.name", name, detail)


def check_spec(spec: View, path: str) -> Iterator[FieldError]:
    """A Job's, or that of a CronJob's template."""
    for field in COUNTS:
        yield from non_negative(f"{path}.{field}", spec.get(field))
    if spec.get("maxFailedIndexes") is not None and spec.get("backoffLimitPerIndex") is None:
        yield required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    if (manager := spec.get("managedBy")) is not None:
        yield from check_manager(manager, f"{path}.managedBy")
    yield from check_mode(spec, path)
    yield from check_failure_policy(spec, f"{path}.podFailurePolicy")
    yield from check_success_policy(spec, f"{path}.successPolicy")
    yield from check_replacement(spec, f"{path}.podReplacementPolicy")
    yield from check_template(spec.get("template") or {}, f"{path}.template")
    yield from check_restarts(spec, f"{path}.template.spec.restartPolicy")


def check_manager(manager: str, path: str) -> Iterator[FieldError]:
    yield from check_prefixed_path(manager, path) if manager else (required(path),)
    if len(manager) > LONGEST_MANAGER:
        yield too_long(path, LONGEST_MANAGER)


def check_mode(spec: View, path: str) -> Iterator[FieldError]:
    mode = spec.get("completionMode")
    if mode is not None and mode not in MODES:
        yield not_supported(f"{path}.completionMode", mode, MODES)
    elif mode == "Indexed":
        yield from check_indexed(spec, path)
        yield from check_many(spec, path)
    else:
        for field in ("backoffLimitPerIndex", "maxFailedIndexes"):
            if spec.get(field) is not None:
                yield invalid(f"{path}.{field}", spec[field], "requires indexed completion mode")


def check_indexed(spec: View, path: str) -> Iterator[FieldError]:
    completions, at_once = spec.get("completions"), spec.get("parallelism") or 0
    failed = spec.get("maxFailedIndexes")
    if completions is None:
        yield required(f"{path}.completions", "when completion mode is Indexed")
    if at_once > MOST_AT_ONCE:
        detail = f"must be less than or equal to {MOST_AT_ONCE} when completion mode is Indexed"
        yield invalid(f"{path}.parallelism", at_once, detail)
    if failed is not None and completions is not None and failed > completions:
        detail = "must be less than or equal to completions"
        yield invalid(f"{path}.maxFailedIndexes", failed, detail)
    if failed is not None and failed > MOST_FAILED:
        detail = f"must be less than or equal to {MOST_FAILED}"
        yield invalid(f"{path}.maxFailedIndexes", failed, detail)


def check_many(spec: View, path: str) -> Iterator[FieldError]:
    """So that the indexes that failed still fit into the status."""
    if (spec.get("completions") or 0) <= MANY or spec.get("backoffLimitPerIndex") is None:
        return
    if spec.get("maxFailedIndexes") is None:
        detail = f"must be specified when completions is above {MANY}"
        yield required(f"{path}.maxFailedIndexes", detail)
    for field in ("parallelism", "maxFailedIndexes"):
        if (spec.get(field) or 0) > MOST_OF_MANY:
            detail = (
                f"must be less than or equal to {MOST_OF_MANY} when completions are above "
                f"{MANY} and used with backoff limit per index"
            )
            yield invalid(f"{path}.{field}", spec[field], detail)


def check_replacement(spec: View, path: str) -> Iterator[FieldError]:
    policy = spec.get("podReplacementPolicy")
    allowed = REPLACEMENTS if spec.get("podFailurePolicy") is None else ("Failed",)
    if policy is not None and policy not in allowed:
        yield not_supported(path, policy, allowed)


def check_restarts(spec: View, path: str) -> Iterator[FieldError]:
    policy = get(spec, "template.spec.restartPolicy") or "Always"
    if policy == "Always":
        yield required(path, 'valid values: "OnFailure", "Never"')
    elif policy not in RESTARTS:
        yield not_supported(path, policy, RESTARTS)
    elif spec.get("podFailurePolicy") is not None and policy != "Never":
        detail = 'only "Never" is supported when podFailurePolicy is specified'
        yield invalid(path, policy, detail)


def check_update(new: View, old: View) -> Iterator[FieldError]:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from check_completions(after, before)
    template = clone(before.get("template") or {})
    if is_at_rest(old):
        free_directives(template, after.get("template") or {})
    if template != (after.get("template") or {}):
        yield immutable("spec.template", after.get("template"))


def check_completions(after: View, before: View) -> Iterator[FieldError]:
    """An Indexed Job grows and shrinks if its parallelism does the same."""
    new, old = after.get("completions"), before.get("completions")
    if new == old:
        return
    if after.get("completionMode") != "Indexed":
        yield immutable("spec.completions", new)
    elif new is not None and new != after.get("parallelism"):
        yield invalid(
            "spec.completions", new, "can only be modified in tandem with spec.parallelism"
        )


def is_at_rest(job: View) -> bool:
    """Suspended, with no pod left: what becomes of the next pods may still be changed."""
    return bool(get(job, "spec.suspend")) and not get(job, "status.active")


def free_directives(template: Object, wanted: View) -> None:
    """Where pods go and what they take may change; ``template`` is brought to what is wanted."""
    for part in ("labels", "annotations"):
        copy_field(template.setdefault("metadata", {}), wanted.get("metadata") or {}, part)
    if not template["metadata"]:
        del template["metadata"]
    spec, new = template.setdefault("spec", {}), wanted.get("spec") or {}
    for field in DIRECTIVES:
        copy_field(spec, new, field)
    affinity = dict(spec.get("affinity") or {})
    copy_field(affinity, new.get("affinity") or {}, "nodeAffinity")
    if affinity or new.get("affinity") == {}:
        spec["affinity"] = affinity
    else:
        spec.pop("affinity", None)
    for field in ("containers", "initContainers"):
        for mine, its in zip(spec.get(field) or (), new.get(field) or (), strict=False):
            copy_field(mine, its, "resources")


def copy_field(to: Object, source: View, field: str) -> None:
    value: Any = source.get(field)
    if value is None:
        to.pop(field, None)
    else:
        to[field] = value
