"""One device of a ResourceSlice: attributes, capacities, counters, taints, where it is.

Source: ``pkg/apis/resource/validation/validation.go`` (validateDevice).
"""

import re
from collections.abc import Iterator
from typing import Any

from onggi.api.field_error import (
    FieldError,
    forbidden,
    invalid,
    required,
    too_long,
)
from onggi.api.objects import View
from onggi.kinds.checks import named, node_name
from onggi.kinds.core.pod.rules.placement import check_node_selector
from onggi.kinds.resource.capacity import check_policy
from onggi.kinds.resource.values import (
    check_bindings,
    check_label,
    check_list,
    check_map,
    check_qualified,
    check_taint,
    name_of,
)

ATTRIBUTES, VALUES, VALUE = 32, 48, 64
COUNTERS, CONSUMPTIONS, TAINTS = 32, 2, 16
UNLIMITED = 1 << 31
NUMERIC, LATER, BUILD = r"(0|[1-9]\d*)", r"(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)", "[0-9a-zA-Z-]+"
SEMVER = re.compile(
    rf"{NUMERIC}\.{NUMERIC}\.{NUMERIC}(-{LATER}(\.{LATER})*)?(\+{BUILD}(\.{BUILD})*)?", re.ASCII
)
SINGLE = ("int", "bool", "string", "version")
LISTS = ("ints", "bools", "strings", "versions")
ONE_PLACE = (
    "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when "
    "`perDeviceNodeSelection` is set to true in the ResourceSlice spec"
)
NO_PLACE = (
    "`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set "
    "to true in the ResourceSlice spec"
)


def check_device(device: View, before: View | None, spec: View, path: str) -> Iterator[FieldError]:
    """``before`` is the device of that name in the old slice."""
    yield from check_label(name_of(device), f"{path}.name")
    attributes, capacity = device.get("attributes") or {}, device.get("capacity") or {}
    yield from check_amount_of(attributes, capacity, path)
    at = f"{path}.attributes"
    yield from check_map(attributes, UNLIMITED, check_qualified, check_attribute, at)
    shared = bool(device.get("allowMultipleAllocations"))
    check_capacity = check_shared if shared else check_unshared
    yield from check_map(capacity, UNLIMITED, check_qualified, check_capacity, f"{path}.capacity")
    taints = device.get("taints") or ()
    if before is None or taints != (before.get("taints") or ()):
        yield from check_list(taints, TAINTS, check_new_taint, f"{path}.taints", None)
    consumed = device.get("consumesCounters") or ()
    yield from check_list(
        consumed, CONSUMPTIONS, check_consumption, f"{path}.consumesCounters", counter_set
    )
    if spec.get("perDeviceNodeSelection"):
        yield from check_place(device, path)
    elif any(device.get(f) is not None for f in ("nodeName", "nodeSelector", "allNodes")):
        yield invalid(path, None, NO_PLACE)
    yield from check_bindings(device, path)


def counter_set(consumption: View) -> str:
    return consumption.get("counterSet") or ""


def check_new_taint(taint: View, path: str) -> Iterator[FieldError]:
    yield from check_taint(taint, None, path)


def check_amount_of(attributes: View, capacity: View, path: str) -> Iterator[FieldError]:
    if (count := len(attributes) + len(capacity)) > ATTRIBUTES:
        detail = f"the total number of attributes and capacities must not exceed {ATTRIBUTES}"
        yield invalid(path, count, detail)
    values = sum(
        sum(len(attribute.get(field) or ()) for field in LISTS) or 1
        for attribute in attributes.values()
    )
    if values > VALUES:
        detail = f"the total number of attribute values must not exceed {VALUES}"
        yield invalid(path, values, detail)


def check_attribute(attribute: View, path: str) -> Iterator[FieldError]:
    for field, check in (("string", check_text), ("version", check_version)):
        if (value := attribute.get(field)) is not None:
            yield from check(value, f"{path}.{field}")
        for index, value in enumerate(attribute.get(f"{field}s") or ()):
            yield from check(value, f"{path}.{field}s[{index}]")
    found = [field for field in (*SINGLE, *LISTS) if attribute.get(field) is not None]
    if len(found) != 1:
        shown = dict(attribute) if found else ""
        yield invalid(path, shown, "exactly one value must be specified")


def check_text(value: str, path: str) -> Iterator[FieldError]:
    if len(value.encode(errors="surrogatepass")) > VALUE:
        yield too_long(path, VALUE)


def check_version(value: str, path: str) -> Iterator[FieldError]:
    if not SEMVER.fullmatch(value):
        yield invalid(path, value, "must be a string compatible with semver.org spec 2.0.0")
    yield from check_text(value, path)


def check_shared(capacity: View, path: str) -> Iterator[FieldError]:
    if (policy := capacity.get("requestPolicy")) is not None:
        yield from check_policy(capacity.get("value") or "0", policy, f"{path}.requestPolicy")


def check_unshared(capacity: View, path: str) -> Iterator[FieldError]:
    if capacity.get("requestPolicy") is not None:
        yield forbidden(f"{path}.requestPolicy", "allowMultipleAllocations must be true")


def check_consumption(consumption: View, path: str) -> Iterator[FieldError]:
    yield from check_counters(consumption, "counterSet", path)


def check_counter_set(counters: View, path: str) -> Iterator[FieldError]:
    yield from check_counters(counters, "name", path)


def check_counters(obj: View, field: str, path: str) -> Iterator[FieldError]:
    if name := obj.get(field):
        yield from check_label(name, f"{path}.{field}")
    else:
        yield required(f"{path}.{field}")
    if counters := obj.get("counters"):
        yield from check_map(counters, COUNTERS, check_label, anything, f"{path}.counters")
    else:
        yield required(f"{path}.counters")


def anything(value: Any, path: str) -> Iterator[FieldError]:
    yield from ()


def check_place(device: View, path: str) -> Iterator[FieldError]:
    found: list[str] = []
    name, everywhere = device.get("nodeName"), device.get("allNodes")
    if name == "":
        yield invalid(f"{path}.nodeName", name, "must not be empty")
    elif name is not None:
        found.append("`nodeName`")
        yield from named(f"{path}.nodeName", name, node_name)
    if (selector := device.get("nodeSelector")) is not None:
        found.append("`nodeSelector`")
        yield from check_node_selector(selector, f"{path}.nodeSelector")
    if everywhere:
        found.append("`allNodes`")
    elif everywhere is not None:
        yield invalid(f"{path}.allNodes", everywhere, "must be either unset or set to true")
    if not found:
        yield required(path, ONE_PLACE)
    elif len(found) > 1:
        yield invalid(path, f"{{{', '.join(found)}}}", ONE_PLACE)
