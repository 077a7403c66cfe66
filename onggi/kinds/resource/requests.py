"""What a claim asks for: devices by class, constraints among them, configuration.

    default_claim(spec)                                of a ResourceClaim, or of a template's
    check_claim_spec(spec, "spec")

Source: ``pkg/apis/resource/validation/validation.go`` (validateDeviceClaim),
``pkg/apis/resource/v1/defaults.go``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, invalid, not_supported, required, too_long
from onggi.api.objects import Object, View, get
from onggi.kinds.checks import NOT_POSITIVE, named
from onggi.kinds.fill import items
from onggi.kinds.resource.values import (
    check_configuration,
    check_fully_qualified,
    check_label,
    check_list,
    check_toleration,
    default_taint_tolerations,
    itself,
    name_of,
)

MOST, MOST_ALTERNATIVES = 32, 8
EXPRESSION = 10 * 1024
MODES = ("All", "ExactCount")
ONE_WAY = "exactly one of `exactly` or `firstAvailable` is required"
REFERENCE = (
    "must be the name of a request in the claim or the name of a request and a subrequest "
    "separated by '/'"
)
ONE_CONSTRAINT = (
    'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are '
    "set"
)
Names = Mapping[str, set[str]]  # requests, each with the names of its alternatives


def default_claim(spec: Any) -> None:
    devices = get(spec, "devices") if isinstance(spec, dict) else None
    if not isinstance(devices, dict):
        return
    for request in items(devices, "requests"):
        if isinstance(exactly := request.get("exactly"), dict):
            default_request(exactly)
        for alternative in items(request, "firstAvailable"):
            default_request(alternative)


def default_request(request: Object) -> None:
    if not request.get("allocationMode"):
        request["allocationMode"] = "ExactCount"
    if request["allocationMode"] == "ExactCount" and not request.get("count"):
        request["count"] = 1
    default_taint_tolerations(request)


def names_in(spec: View) -> Names:
    return {
        name_of(request): {name_of(item) for item in request.get("firstAvailable") or ()}
        for request in get(spec, "devices.requests") or ()
    }


def check_claim_spec(spec: View, path: str) -> Iterator[FieldError]:
    devices, known, at = spec.get("devices") or {}, names_in(spec), f"{path}.devices"
    requests = devices.get("requests") or ()
    yield from check_list(requests, MOST, check_request, f"{at}.requests", name_of)

    def check_limit(constraint: View, where: str) -> Iterator[FieldError]:
        yield from check_constraint(constraint, known, where)

    def check_config(config: View, where: str) -> Iterator[FieldError]:
        yield from check_references(config.get("requests") or (), known, f"{where}.requests")
        yield from check_configuration(config, where)

    constraints, configs = devices.get("constraints") or (), devices.get("config") or ()
    yield from check_list(constraints, MOST, check_limit, f"{at}.constraints", None)
    yield from check_list(configs, MOST, check_config, f"{at}.config", None)


def check_request(request: View, path: str) -> Iterator[FieldError]:
    yield from check_label(name_of(request), f"{path}.name")
    exactly, alternatives = request.get("exactly"), request.get("firstAvailable") or ()
    if exactly is None and not alternatives:
        yield required(path, ONE_WAY)
    elif exactly is not None and alternatives:
        yield invalid(path, None, f"{ONE_WAY}, but multiple fields are set")
    elif exactly is not None:
        yield from check_exact(exactly, f"{path}.exactly")
    else:
        at = f"{path}.firstAvailable"
        yield from check_list(alternatives, MOST_ALTERNATIVES, check_alternative, at, name_of)


def check_alternative(request: View, path: str) -> Iterator[FieldError]:
    yield from check_label(name_of(request), f"{path}.name")
    yield from check_exact(request, path)


def check_exact(request: View, path: str) -> Iterator[FieldError]:
    if device_class := request.get("deviceClassName"):
        yield from named(f"{path}.deviceClassName", device_class, names.dns_subdomain)
    else:
        yield required(f"{path}.deviceClassName")
    yield from check_selectors(request.get("selectors") or (), f"{path}.selectors")
    mode, count = request.get("allocationMode") or "", request.get("count") or 0
    if mode == "All" and count:
        detail = "must not be specified when allocationMode is 'All'"
        yield invalid(f"{path}.count", count, detail)
    elif mode == "ExactCount" and count <= 0:
        yield invalid(f"{path}.count", count, NOT_POSITIVE)
    elif mode not in MODES:
        yield not_supported(f"{path}.allocationMode", mode, MODES)
    for index, toleration in enumerate(request.get("tolerations") or ()):
        yield from check_toleration(toleration, f"{path}.tolerations[{index}]")


def check_selectors(selectors: Sequence[View], path: str) -> Iterator[FieldError]:
    yield from check_list(selectors, MOST, check_selector, path, None)


def check_selector(selector: View, path: str) -> Iterator[FieldError]:
    """The expression itself is not compiled: nothing evaluates it yet."""
    cel = selector.get("cel")
    if cel is None:
        yield required(f"{path}.cel")
    elif names.size(cel.get("expression") or "") > EXPRESSION:
        yield too_long(f"{path}.cel.expression", EXPRESSION)


def check_constraint(constraint: View, known: Names, path: str) -> Iterator[FieldError]:
    yield from check_references(constraint.get("requests") or (), known, f"{path}.requests")
    match, distinct = constraint.get("matchAttribute"), constraint.get("distinctAttribute")
    if match is not None:
        yield from check_fully_qualified(match, f"{path}.matchAttribute")
    elif distinct is not None:
        yield from check_fully_qualified(distinct, f"{path}.distinctAttribute")
    else:
        yield required(path, ONE_CONSTRAINT)


def check_references(found: Sequence[str], known: Names, path: str) -> Iterator[FieldError]:
    def check(name: str, where: str) -> Iterator[FieldError]:
        yield from check_reference(name, known, where)

    yield from check_list(found, MOST, check, path, itself)


def check_reference(name: str, known: Names, path: str) -> Iterator[FieldError]:
    """``gpu`` or ``gpu/small``."""
    parts = name.split("/")
    if len(parts) > 2:
        yield invalid(path, name, REFERENCE)
        return
    for part in parts:
        yield from check_label(part, path)
    if parts[0] not in known or (len(parts) == 2 and parts[1] not in known[parts[0]]):
        yield invalid(path, name, REFERENCE)
