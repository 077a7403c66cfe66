"""What is wrong with one metric of an autoscaler.

Source: ``validateMetricSpec`` in ``pkg/apis/autoscaling/validation/validation.go``.
"""

from collections.abc import Callable, Iterator

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.resources import amount_of

FIELDS = {"ContainerResource": "containerResource", "External": "external", "Object": "object",
          "Pods": "pods", "Resource": "resource"}  # fmt: skip
TARGETS = ("Utilization", "Value", "AverageValue")
ONE_OF_THEM = "must set either a target raw value or a target utilization"
NOT_BOTH = "may not set both a target raw value and a target utilization"


def check_metric(metric: View, path: str) -> Iterator[FieldError]:
    type = metric.get("type") or ""
    if not type:
        yield required(f"{path}.type", "must specify a metric source type")
    if type not in FIELDS:
        yield not_supported(f"{path}.type", type, FIELDS)
    present = [field for field in CHECKS if metric.get(field) is not None]
    if present:
        yield from CHECKS[present[0]](metric[present[0]], f"{path}.{present[0]}")
    expected = FIELDS.get(type, "")
    if expected and expected not in present:
        detail = "must populate information for the given metric source"
        yield required(f"{path}.{expected}", detail)
    if len(present) != 1:
        for field in present:
            if field != expected:
                detail = "must populate the given metric source only"
                yield forbidden(f"{path}.{field}", detail)


def check_object(source: View, path: str) -> Iterator[FieldError]:
    described = source.get("describedObject") or {}
    for field in ("kind", "name"):
        if not described.get(field):
            yield required(f"{path}.describedObject.{field}")
        else:
            at = f"{path}.describedObject.{field}"
            yield from named(at, described[field], names.path_segment)
    yield from check_identity(source, path)
    target = source.get("target") or {}
    yield from check_target(target, f"{path}.target")
    if target.get("value") is None and target.get("averageValue") is None:
        detail = "must set either a target value or averageValue"
        yield required(f"{path}.target.averageValue", detail)


def check_external(source: View, path: str) -> Iterator[FieldError]:
    yield from check_identity(source, path)
    target = source.get("target") or {}
    yield from check_target(target, f"{path}.target")
    given = [field for field in ("value", "averageValue") if target.get(field) is not None]
    if not given:
        detail = "must set either a target value for metric or a per-pod target"
        yield required(f"{path}.target.averageValue", detail)
    if len(given) == 2:
        detail = "may not set both a target value for metric and a per-pod target"
        yield forbidden(f"{path}.target.value", detail)


def check_pods(source: View, path: str) -> Iterator[FieldError]:
    yield from check_identity(source, path)
    target = source.get("target") or {}
    yield from check_target(target, f"{path}.target")
    if target.get("averageValue") is None:
        detail = "must specify a positive target averageValue"
        yield required(f"{path}.target.averageValue", detail)


def check_resource(source: View, path: str) -> Iterator[FieldError]:
    if not source.get("name"):
        yield required(f"{path}.name", "must specify a resource name")
    yield from check_share(source.get("target") or {}, f"{path}.target")


def check_container(source: View, path: str) -> Iterator[FieldError]:
    if not source.get("name"):
        yield required(f"{path}.name", "must specify a resource name")
    if not source.get("container"):
        yield required(f"{path}.container", "must specify a container")
    else:
        yield from named(f"{path}.container", source["container"], names.dns_label)
    yield from check_share(source.get("target") or {}, f"{path}.target")


CHECKS: dict[str, Callable[[View, str], Iterator[FieldError]]] = {
    "object": check_object,
    "external": check_external,
    "pods": check_pods,
    "resource": check_resource,
    "containerResource": check_container,
}


def check_share(target: View, path: str) -> Iterator[FieldError]:
    """Of a resource: so much, or so many percent of what is requested."""
    yield from check_target(target, path)
    given = [f for f in ("averageUtilization", "averageValue") if target.get(f) is not None]
    if not given:
        yield required(f"{path}.averageUtilization", ONE_OF_THEM)
    if len(given) == 2:
        yield forbidden(f"{path}.averageValue", NOT_BOTH)


def check_target(target: View, path: str) -> Iterator[FieldError]:
    type, share = target.get("type") or "", target.get("averageUtilization")
    if not type:
        yield required(f"{path}.type", "must specify a metric target type")
    if type not in TARGETS:
        detail = "must be either Utilization, Value, or AverageValue"
        yield invalid(f"{path}.type", type, detail)
    for field in ("value", "averageValue"):
        if target.get(field) is not None and amount_of(target[field]).nano <= 0:
            yield invalid(f"{path}.{field}", target[field], "must be positive")
    if share is not None and share < 1:
        yield invalid(f"{path}.averageUtilization", share, "must be greater than 0")


def check_identity(source: View, path: str) -> Iterator[FieldError]:
    name = (source.get("metric") or {}).get("name") or ""
    if not name:
        yield required(f"{path}.metric.name", "must specify a metric name")
    else:
        yield from named(f"{path}.metric.name", name, names.path_segment)
