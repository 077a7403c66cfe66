"""What workloads have in common: figures, a selector, and a template that it selects.

Source: ``pkg/apis/apps/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View, get
from onggi.api.selectors import SelectorError, check_label_selector, of_object
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod.rules import check_template

COUNTS = ("replicas", "readyReplicas", "availableReplicas")


def check_selector_and_template(spec: View) -> Iterator[FieldError]:
    """For Deployments and ReplicaSets: the template must always restart its containers."""
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
        return
    errors = check_label_selector(selector, "spec.selector")
    yield from check_selector(selector, "empty selector is invalid for deployment")
    if errors:
        yield invalid("spec.selector", dict(selector), "invalid label selector")
        return
    template = spec.get("template") or {}
    yield from check_template_labels(spec)
    yield from check_template(template, "spec.template")
    yield from check_running(template.get("spec") or {}, "spec.template.spec", "ReplicaSet")


def check_selector(selector: View | None, empty: str) -> Iterator[FieldError]:
    """``empty`` is what an empty one is told; whether there must be one is the caller's say."""
    if selector is None:
        return
    yield from check_label_selector(selector, "spec.selector")
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid("spec.selector", dict(selector), empty)


def check_template_labels(spec: View) -> Iterator[FieldError]:
    """What the template makes, the selector selects."""
    selector = spec.get("selector")
    labels = get(spec, "template.metadata.labels")
    try:
        fits = selector is not None and of_object(selector).matches(labels)
    except SelectorError:
        return
    if not fits:
        yield unselected(labels)


def unselected(labels: View | None) -> FieldError:
    """The labels as Go prints a map: in order, and ``null`` where there is none."""
    detail = "`selector` does not match template `labels`"
    return invalid("spec.template.metadata.labels", labels and dict(sorted(labels.items())), detail)


def check_running(spec: View, path: str, kind: str) -> Iterator[FieldError]:
    policy = spec.get("restartPolicy")
    if policy not in (None, "Always"):
        yield not_supported(f"{path}.restartPolicy", policy, ("Always",))
    if spec.get("activeDeadlineSeconds") is not None:
        detail = f"activeDeadlineSeconds in {kind} is not Supported"
        yield forbidden(f"{path}.activeDeadlineSeconds", detail)


def check_counts(status: View, *more: str) -> Iterator[FieldError]:
    """A status whose figures fit together; ``more`` are at most ``replicas`` as well."""
    for field in (*COUNTS, *more, "observedGeneration", "unavailableReplicas"):
        yield from non_negative(f"status.{field}", status.get(field))
    replicas = status.get("replicas") or 0
    for field in (*more, "readyReplicas", "availableReplicas"):
        if (count := status.get(field) or 0) > replicas:
            yield invalid(f"status.{field}", count, "cannot be greater than status.replicas")
    available = status.get("availableReplicas") or 0
    if available > (status.get("readyReplicas") or 0):
        yield invalid("status.availableReplicas", available, "cannot be greater than readyReplicas")


def check_collisions(status: View, before: View) -> Iterator[FieldError]:
    """Of names made from a hash: their count only grows."""
    count, earlier = status.get("collisionCount"), before.get("collisionCount")
    yield from non_negative("status.collisionCount", count)
    if earlier is not None and (count is None or count < earlier):
        yield invalid("status.collisionCount", count or 0, "cannot be decremented")


def check_share(value: object, path: str) -> Iterator[FieldError]:
    """A number of pods, or a percentage of them."""
    if isinstance(value, str):
        for message in names.percent(value):
            yield invalid(path, value, message)
    elif isinstance(value, int):
        yield from non_negative(path, value)


def check_at_most_all(value: object, path: str) -> Iterator[FieldError]:
    if isinstance(value, str) and not names.percent(value) and int(value[:-1]) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def is_zero(value: object) -> bool:
    if isinstance(value, str) and not names.percent(value):
        return int(value[:-1]) == 0
    return value == 0
