"""ResourceSlice (resource.k8s.io/v1): devices that a driver has, and where.

Source: ``pkg/apis/resource/validation/validation.go`` (validateResourceSliceSpec).
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.field_error import FieldError, immutable, invalid, required
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.checks import named, node_name
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.core.pod.rules.placement import check_node_selector
from onggi.kinds.fill import items
from onggi.kinds.resource.devices import check_counter_set, check_device
from onggi.kinds.resource.values import advise, check_list, check_pool, name_of

SPEC = "@io.k8s.api.resource.v1.ResourceSliceSpec"
DEVICES, ADVANCED, COUNTER_SETS = 128, 64, 8
PLACES = (
    "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
)


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec, before = new.get("spec") or {}, (old or {}).get("spec") or {}
    yield from check_driver(spec.get("driver") or "", "spec.driver")
    yield from check_resource_pool(spec.get("pool") or {}, "spec.pool")
    if old is not None:
        for path in ("pool.name", "driver", "nodeName"):
            if get(spec, path) != get(before, path):
                yield immutable(f"spec.{path}", get(spec, path))
    yield from check_places(spec)
    devices, counters = spec.get("devices") or (), spec.get("sharedCounters") or ()
    if devices and counters:
        yield invalid("spec", "", "only one of `sharedCounters` or `devices` is allowed")
    known = {name_of(device): device for device in before.get("devices") or ()}

    def check_one(device: View, path: str) -> Iterator[FieldError]:
        yield from check_device(device, known.get(name_of(device)), spec, path)

    most = ADVANCED if any(map(is_advanced, devices)) else DEVICES
    yield from check_list(devices, most, check_one, "spec.devices", name_of)
    yield from check_list(counters, COUNTER_SETS, check_counter_set, "spec.sharedCounters", name_of)


def is_advanced(device: View) -> bool:
    lists = ("ints", "bools", "strings", "versions")
    return bool(device.get("taints") or device.get("consumesCounters")) or any(
        attribute.get(field) is not None
        for attribute in (device.get("attributes") or {}).values()
        for field in lists
    )


def check_resource_pool(pool: View, path: str) -> Iterator[FieldError]:
    yield from check_pool(pool.get("name") or "", f"{path}.name")
    count, generation = pool.get("resourceSliceCount") or 0, pool.get("generation") or 0
    if count <= 0:
        yield invalid(f"{path}.resourceSliceCount", count, "must be greater than zero")
    if generation < 0:
        detail = "must be greater than or equal to zero"
        yield invalid(f"{path}.generation", generation, detail)


def check_places(spec: View) -> Iterator[FieldError]:
    found: list[str] = []
    if (name := spec.get("nodeName")) == "":
        detail = "must be either unset or set to a non-empty string"
        yield invalid("spec.nodeName", name, detail)
    elif name is not None:
        found.append("`nodeName`")
        yield from named("spec.nodeName", name, node_name)
    if (selector := spec.get("nodeSelector")) is not None:
        found.append("`nodeSelector`")
        yield from check_node_selector(selector, "spec.nodeSelector")
        terms = selector.get("nodeSelectorTerms") or ()
        if len(terms) != 1:
            detail = "must have exactly one node selector term"
            yield invalid("spec.nodeSelector.nodeSelectorTerms", list(terms), detail)
    for field in ("allNodes", "perDeviceNodeSelection"):
        if spec.get(field):
            found.append(f"`{field}`")
        elif spec.get(field) is not None:
            yield invalid(f"spec.{field}", spec[field], "must be either unset or set to true")
    if not found:
        yield required("spec", PLACES)
    elif len(found) > 1:
        detail = f"{PLACES}, but multiple fields are set"
        yield invalid("spec", f"{{{', '.join(found)}}}", detail)


def stamp_taints(new: Object, old: View | None, now: datetime) -> None:
    """A taint says since when it is there."""
    for device in items(new.get("spec") or {}, "devices"):
        for taint in items(device, "taints"):
            taint.setdefault("timeAdded", stamp(now))


RESOURCESLICE = Kind(
    group="resource.k8s.io",
    version="v1",
    name="ResourceSlice",
    plural="resourceslices",
    schema="io.k8s.api.resource.v1.ResourceSlice",
    namespaced=False,
    status=False,
    timed=stamp_taints,
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("Node", "spec.nodeName", description=f"{SPEC}.nodeName"),
        Column("Driver", "spec.driver", description=f"{SPEC}.driver"),
        Column("Pool", "spec.pool.name", description="@io.k8s.api.resource.v1.ResourcePool.name"),
        AGE,
    ),
    selectable={"spec.nodeName": "spec.nodeName", "spec.driver": "spec.driver"},
)  # fmt: skip
