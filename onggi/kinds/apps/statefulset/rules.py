"""What is wrong with a StatefulSet, and what of it never changes.

Source: ``pkg/apis/apps/validation/validation.go`` (ValidateStatefulSetSpec,
ValidateStatefulSetUpdate, ValidateStatefulSetStatus).
"""

from collections.abc import Iterator

from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View, get
from onggi.kinds.apps.rules import (
    check_at_most_all,
    check_collisions,
    check_running,
    check_selector,
    check_share,
    check_template_labels,
    is_zero,
)
from onggi.kinds.checks import non_negative
from onggi.kinds.core.pod.rules.spec import check_template_metadata

POLICIES, STRATEGIES = ("OrderedReady", "Parallel"), ("RollingUpdate", "OnDelete")
RETENTION = ("Retain", "Delete")
CHANGEABLE = ("replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit",
              "persistentVolumeClaimRetentionPolicy", "minReadySeconds")  # fmt: skip
FIGURES = ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas",
           "observedGeneration")  # fmt: skip


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from check_policies(spec)
    yield from non_negative("spec.replicas", spec.get("replicas"))
    yield from non_negative("spec.minReadySeconds", spec.get("minReadySeconds"))
    yield from non_negative("spec.ordinals.start", get(spec, "ordinals.start"))
    selector = spec.get("selector")
    if selector is None:
        yield required("spec.selector")
    yield from check_selector(selector, "empty selector is invalid for statefulset")
    yield from check_template_labels(spec)
    yield from check_template(spec.get("template") or {}, "spec.template")
    if old is not None:
        yield from check_update(spec, old.get("spec") or {})


def check_policies(spec: View) -> Iterator[FieldError]:
    policy = spec.get("podManagementPolicy") or ""
    if not policy:
        yield required("spec.podManagementPolicy")
    elif policy not in POLICIES:
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from check_strategy(spec.get("updateStrategy") or {}, "spec.updateStrategy")
    for field, value in (spec.get("persistentVolumeClaimRetentionPolicy") or {}).items():
        if value not in RETENTION:
            path = f"spec.persistentVolumeClaimRetentionPolicy.{field}"
            yield not_supported(path, value, RETENTION)


def check_strategy(strategy: View, path: str) -> Iterator[FieldError]:
    kind, rolling = strategy.get("type") or "", strategy.get("rollingUpdate")
    if not kind:
        yield required(path)
    elif kind not in STRATEGIES:
        yield invalid(path, dict(strategy), "must be 'RollingUpdate' or 'OnDelete'")
    elif rolling is None:
        return
    elif kind == "OnDelete":
        detail = "only allowed for updateStrategy 'RollingUpdate'"
        yield invalid(f"{path}.rollingUpdate", dict(rolling), detail)
    else:
        yield from check_rolling(rolling, f"{path}.rollingUpdate")


def check_rolling(rolling: View, path: str) -> Iterator[FieldError]:
    yield from non_negative(f"{path}.partition", rolling.get("partition"))
    if (most := rolling.get("maxUnavailable")) is not None:
        at = f"{path}.maxUnavailable"
        yield from check_share(most, at)
        if is_zero(most):
            yield invalid(at, most, "cannot be 0")
        yield from check_at_most_all(most, at)


def check_template(template: View, path: str) -> Iterator[FieldError]:
    """Not the whole pod: its volumes may be claims that only the pods' names complete."""
    yield from check_template_metadata(template, path)
    yield from check_running(template.get("spec") or {}, f"{path}.spec", "StatefulSet")


def check_update(new: View, old: View) -> Iterator[FieldError]:
    fields = {*new, *old} - {*CHANGEABLE}
    if any(new.get(field) != old.get(field) for field in fields):
        names = ", ".join(f"'{field}'" for field in CHANGEABLE[:-1])
        detail = (
            f"updates to statefulset spec for fields other than {names} and "
            f"'{CHANGEABLE[-1]}' are forbidden"
        )
        yield forbidden("spec", detail)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status = new.get("status") or {}
    for field in FIGURES:
        yield from non_negative(f"status.{field}", status.get(field))
    replicas, ready = status.get("replicas") or 0, status.get("readyReplicas") or 0
    for field in FIGURES[1:5]:
        if (count := status.get(field) or 0) > replicas:
            yield invalid(f"status.{field}", count, "cannot be greater than status.replicas")
    available = status.get("availableReplicas") or 0
    if available > ready:
        detail = "cannot be greater than status.readyReplicas"
        yield invalid("status.availableReplicas", available, detail)
    yield from check_collisions(status, (old or {}).get("status") or {})
