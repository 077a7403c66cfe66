"""DeviceTaintRule (resource.k8s.io/v1): a taint for all devices that it selects.

Source: ``pkg/apis/resource/validation/validation.go`` (validateDeviceTaintRuleSpec),
``pkg/registry/resource/devicetaintrule/strategy.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.durations import human
from onggi.api.field_error import FieldError, too_many
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.api.times import parse, stamp
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.conditions import check_conditions
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.resource.values import advise, check_label, check_pool, check_taint

TAINT = "@io.k8s.api.resource.v1.DeviceTaint"
CONDITIONS = 8


def check(new: View, old: View | None) -> Iterator[FieldError]:
    selector = get(new, "spec.deviceSelector") or {}
    for field, rule in (("driver", check_driver), ("pool", check_pool), ("device", check_label)):
        if selector.get(field) is not None:
            yield from rule(selector[field], f"spec.deviceSelector.{field}")
    before = None if old is None else get(old, "spec.taint") or {}
    yield from check_taint(get(new, "spec.taint") or {}, before, "spec.taint")


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    conditions = get(new, "status.conditions") or ()
    yield from check_conditions(conditions, "status.conditions")
    if len(conditions) > CONDITIONS:
        yield too_many("status.conditions", len(conditions), CONDITIONS)


def stamp_taint(new: Object, old: View | None, now: datetime) -> None:
    """Since when the taint has this effect."""
    taint = get(new, "spec.taint")
    if not isinstance(taint, dict):
        return
    before = get(old or {}, "spec.taint") or {}
    same_time = taint.get("timeAdded") == before.get("timeAdded")
    changed = old is not None and taint.get("effect") != before.get("effect")
    if not taint.get("timeAdded") or (changed and same_time):
        taint["timeAdded"] = stamp(now)


def added(rule: View, now: datetime) -> str:
    time = get(rule, "spec.taint.timeAdded")
    return human(now - parse(time)) if time else ""


DEVICETAINTRULE = Kind(
    group="resource.k8s.io",
    version="v1",
    name="DeviceTaintRule",
    plural="devicetaintrules",
    schema="io.k8s.api.resource.v1.DeviceTaintRule",
    namespaced=False,
    timed=stamp_taint,
    rules=(check,),
    status_rules=(check_status,),
    advice=(advise,),
    columns=(
        NAME,
        Column("Key", "spec.taint.key", description=f"{TAINT}.key"),
        Column("Value", "spec.taint.value", description=f"{TAINT}.value"),
        Column("Effect", "spec.taint.effect", description=f"{TAINT}.effect"),
        Column("TimeAdded", added, description=f"{TAINT}.timeAdded"),
        AGE,
    ),
)  # fmt: skip
