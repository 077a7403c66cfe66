"""What is wrong with an autoscaler; its metrics are in ``metric_rules``.

Source: ``pkg/apis/autoscaling/validation/validation.go``.
"""

from collections.abc import Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View, get
from onggi.kinds.autoscaling.horizontalpodautoscaler.metric_rules import check_metric
from onggi.kinds.checks import NOT_POSITIVE, named, non_negative, non_negative_amount
from onggi.kinds.core.pod.rules.resources import amount_of

LONGEST_WINDOW, LONGEST_PERIOD = 3600, 1800
SELECTS, POLICIES = ("Disabled", "Max", "Min"), ("Percent", "Pods")


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    lowest = 0 if old is not None and get(old, "spec.minReplicas") == 0 else 1
    if least is not None and least < lowest:
        detail = f"must be greater than or equal to {lowest}"
        yield invalid("spec.minReplicas", least, detail)
    if most == 0:
        yield required("spec.maxReplicas")
    elif most < 1:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to 1")
    if least is not None and most < least:
        detail = "must be greater than or equal to `minReplicas`"
        yield invalid("spec.maxReplicas", most, detail)
    yield from check_reference(spec.get("scaleTargetRef") or {}, "spec.scaleTargetRef")
    metrics = spec.get("metrics") or ()
    for index, metric in enumerate(metrics):
        yield from check_metric(metric, f"spec.metrics[{index}]")
    if least == 0 and not any(m.get("type") in ("Object", "External") for m in metrics):
        detail = (
            "must specify at least one Object or External metric to support scaling to zero "
            "replicas"
        )
        yield forbidden("spec.metrics", detail)
    for side in ("scaleUp", "scaleDown"):
        if (rules := get(spec, f"behavior.{side}")) is not None:
            yield from check_scaling(rules, f"spec.behavior.{side}")


def check_reference(reference: View, path: str) -> Iterator[FieldError]:
    for field in ("kind", "name"):
        if not reference.get(field):
            yield required(f"{path}.{field}")
        else:
            yield from named(f"{path}.{field}", reference[field], names.path_segment)


def check_scaling(rules: View, path: str) -> Iterator[FieldError]:
    window, select = rules.get("stabilizationWindowSeconds"), rules.get("selectPolicy")
    at = f"{path}.stabilizationWindowSeconds"
    if window is not None and window < 0:
        yield invalid(at, window, "must be greater than or equal to zero")
    if window is not None and window > LONGEST_WINDOW:
        yield invalid(at, window, f"must be less than or equal to {LONGEST_WINDOW}")
    if select is not None and select not in SELECTS:
        yield not_supported(f"{path}.selectPolicy", select, SELECTS)
    policies = rules.get("policies") or ()
    if not policies:
        yield required(f"{path}.policies", "must specify at least one Policy")
    for index, policy in enumerate(policies):
        yield from check_policy(policy, f"{path}.policies[{index}]")
    if (tolerance := rules.get("tolerance")) is not None:
        yield from non_negative_amount(f"{path}.tolerance", amount_of(tolerance))


def check_policy(policy: View, path: str) -> Iterator[FieldError]:
    if policy.get("type") not in POLICIES:
        yield not_supported(f"{path}.type", policy.get("type") or "", POLICIES)
    for field in ("value", "periodSeconds"):
        if (policy.get(field) or 0) <= 0:
            yield invalid(f"{path}.{field}", policy.get(field) or 0, NOT_POSITIVE)
    period = policy.get("periodSeconds") or 0
    if period > LONGEST_PERIOD:
        detail = f"must be less than or equal to {LONGEST_PERIOD}"
        yield invalid(f"{path}.periodSeconds", period, detail)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    for field in ("currentReplicas", "desiredReplicas"):
        yield from non_negative(f"status.{field}", get(new, f"status.{field}"))
