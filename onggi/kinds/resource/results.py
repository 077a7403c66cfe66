"""What a claim got: devices, who uses them, and how they are.

Source: ``pkg/apis/resource/validation/validation.go`` (ValidateResourceClaimStatusUpdate).
"""

import re
from collections.abc import Iterator
from typing import Any

from onggi.api.field_error import (
    FieldError,
    forbidden,
    immutable,
    invalid,
    not_supported,
    required,
    too_long,
    too_many,
)
from onggi.api.objects import View, get, is_going
from onggi.kinds.addresses import check_network
from onggi.kinds.conditions import check_conditions
from onggi.kinds.core.persistentvolume.sources import check_driver
from onggi.kinds.core.pod.rules.placement import check_node_selector
from onggi.kinds.resource.requests import (
    MOST,
    Names,
    check_reference,
    check_references,
    names_in,
)
from onggi.kinds.resource.values import (
    check_bindings,
    check_configuration,
    check_label,
    check_list,
    check_parameters,
    check_pool,
    check_toleration,
    itself,
)

USERS, CONDITIONS, ADDRESSES = 256, 8, 16
INTERFACE, HARDWARE = 256, 128
UID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SOURCES = ("FromClaim", "FromClass")
UID_FORM = (
    "uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with "
    "lowercase hexadecimal characters"
)
GONE = "new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set"


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    after, before = new.get("status") or {}, (old or {}).get("status") or {}
    users, path = after.get("reservedFor") or (), "status.reservedFor"
    allocation, had = after.get("allocation"), before.get("allocation")
    yield from check_list(users, USERS, check_user, path, lambda user: user.get("uid"))
    yield from check_devices(after)
    if users and allocation is None:
        yield forbidden(path, "may not be specified when `allocated` is not set")
    elif users and is_going(new):
        known = before.get("reservedFor") or ()
        if any(user not in known for user in users):
            yield forbidden(path, GONE)
    if allocation is None:
        return
    if had is None:
        known_requests = names_in(new.get("spec") or {})
        yield from check_allocation(allocation, known_requests, "status.allocation")
    elif allocation != had:
        yield immutable("status.allocation", allocation)


def check_user(user: View, path: str) -> Iterator[FieldError]:
    for field in ("resource", "name", "uid"):
        if not user.get(field):
            yield required(f"{path}.{field}")


def check_allocation(allocation: View, known: Names, path: str) -> Iterator[FieldError]:
    devices = allocation.get("devices") or {}

    def check_result(result: View, where: str) -> Iterator[FieldError]:
        yield from check_one_result(result, known, where)

    def check_config(config: View, where: str) -> Iterator[FieldError]:
        source = config.get("source") or ""
        if not source:
            yield required(f"{where}.source")
        elif source not in SOURCES:
            yield not_supported(f"{where}.source", source, SOURCES)
        yield from check_references(config.get("requests") or (), known, f"{where}.requests")
        yield from check_configuration(config, where)

    results, configs = devices.get("results") or (), devices.get("config") or ()
    yield from check_list(results, MOST, check_result, f"{path}.devices.results", None)
    yield from check_list(configs, 2 * MOST, check_config, f"{path}.devices.config", None)
    if (selector := allocation.get("nodeSelector")) is not None:
        yield from check_node_selector(selector, f"{path}.nodeSelector")


def check_one_result(result: View, known: Names, path: str) -> Iterator[FieldError]:
    yield from check_reference(result.get("request") or "", known, f"{path}.request")
    yield from check_place(result, path)
    yield from check_bindings(result, path)
    for index, toleration in enumerate(result.get("tolerations") or ()):
        yield from check_toleration(toleration, f"{path}.tolerations[{index}]")


def check_place(device: View, path: str) -> Iterator[FieldError]:
    yield from check_driver(device.get("driver") or "", f"{path}.driver")
    yield from check_pool(device.get("pool") or "", f"{path}.pool")
    yield from check_label(device.get("device") or "", f"{path}.device")
    share = device.get("shareID")
    if share is not None and not UID.fullmatch(share):
        yield invalid(f"{path}.shareID", share, UID_FORM)


def place(device: View) -> tuple[Any, ...]:
    return tuple(device.get(field) or "" for field in ("driver", "pool", "device", "shareID"))


def check_devices(status: View) -> Iterator[FieldError]:
    given = {place(result) for result in get(status, "allocation.devices.results") or ()}

    def check(device: View, path: str) -> Iterator[FieldError]:
        yield from check_place(device, path)
        if place(device) not in given:
            shown = "/".join(part for part in place(device) if part)
            yield invalid(path, shown, "must be an allocated device in the claim")
        conditions = device.get("conditions") or ()
        if len(conditions) > CONDITIONS:
            yield too_many(f"{path}.conditions", len(conditions), CONDITIONS)
        yield from check_conditions(conditions, f"{path}.conditions")
        if device.get("data") is not None:
            yield from check_parameters(device["data"], f"{path}.data")
        yield from check_network_data(device.get("networkData") or {}, f"{path}.networkData")

    devices = status.get("devices") or ()
    yield from check_list(devices, len(devices), check, "status.devices", place)


def check_network_data(data: View, path: str) -> Iterator[FieldError]:
    for field, limit in (("interfaceName", INTERFACE), ("hardwareAddress", HARDWARE)):
        if len((data.get(field) or "").encode(errors="surrogatepass")) > limit:
            yield too_long(f"{path}.{field}", limit)
    yield from check_list(data.get("ips") or (), ADDRESSES, check_network, f"{path}.ips", itself)
