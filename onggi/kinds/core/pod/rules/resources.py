"""Requests and limits: known names, whole amounts, requests within limits.

Source: ``pkg/apis/core/validation/validation.go`` (validateResourceRequirements),
``pkg/apis/core/helper/helpers.go`` (which names are standard).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from onggi.api import names, quantity
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
)
from onggi.api.objects import View
from onggi.api.quantity import Quantity, QuantityError
from onggi.kinds.checks import named, non_negative_amount
from onggi.kinds.core.pod.resources import (
    HUGE_PAGES,
    QOS_RESOURCES,
    ZERO,
    Resources,
    aggregate,
    is_pod_level,
)

FOR_CONTAINERS = ("cpu", "memory", "ephemeral-storage")
STANDARD = {
    *FOR_CONTAINERS, "storage", "pods", "services", "replicationcontrollers", "resourcequotas",
    "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports",
    "services.loadbalancers", "requests.cpu", "requests.memory", "requests.storage",
    "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
}  # fmt: skip
WHOLE = {
    "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps",
    "persistentvolumeclaims", "services.nodeports", "services.loadbalancers",
}  # fmt: skip
NOT_INTEGER = "must be an integer"
NameRule = Callable[[str, str], Iterator[FieldError]]


def check_requirements(
    resources: View, claims: set[str], path: str, name_rule: NameRule | None = None
) -> Iterator[FieldError]:
    """``claims`` are the names in ``spec.resourceClaims``."""
    rule = name_rule or check_container_name
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for side, table in (("limits", limits), ("requests", requests)):
        for name, text in table.items():
            yield from rule(name, f"{path}.{side}[{name}]")
            yield from check_amount(name, text, f"{path}.{side}[{name}]")
    for name, text in requests.items():
        yield from check_within(name, text, limits, path)
    named_both = {*limits, *requests}
    huge = any(name.startswith(HUGE_PAGES) for name in named_both)
    if huge and not named_both & set(QOS_RESOURCES):
        yield forbidden(path, "HugePages require cpu or memory")
    yield from check_claims(resources.get("claims") or (), claims, f"{path}.claims")


def check_amount(name: str, text: Any, path: str) -> Iterator[FieldError]:
    """What decoding lets through is a quantity; it may still be a senseless one."""
    try:
        amount = quantity.parse(quantity.spelled(text))
    except QuantityError as error:
        yield invalid(path, text, str(error))
        return
    yield from non_negative_amount(path, amount)
    if (name in WHOLE or is_extended(name)) and amount.nano % quantity.NANO:
        yield invalid(path, str(amount), NOT_INTEGER)
    if name.startswith(HUGE_PAGES):
        page = page_size(name)
        if not page or amount.value() % page:
            detail = f"{amount} is not positive integer multiple of {name}"
            yield invalid(path, str(amount), detail)


def amount_of(text: Any) -> Quantity:
    """What is no quantity counts as nothing: ``check_amount`` says so where it stands."""
    try:
        return quantity.parse(quantity.spelled(text))
    except QuantityError:
        return ZERO


def page_size(name: str) -> int:
    """Bytes; 0 where the name says no size."""
    return amount_of(name.removeprefix(HUGE_PAGES)).value()


def check_within(
    name: str, text: Any, limits: Mapping[str, Any], path: str
) -> Iterator[FieldError]:
    """A request is at most its limit; what cannot be overcommitted is exactly it."""
    exact = not may_overcommit(name)
    if name not in limits:
        if exact:
            detail = "Limit must be set for non overcommitable resources"
            yield required(f"{path}.limits", detail)
        return
    asked, limit = amount_of(text), amount_of(limits[name])
    if exact and asked != limit:
        detail = f"must be equal to {name} limit of {limit}"
        yield invalid(f"{path}.requests", str(asked), detail)
    elif asked > limit:
        detail = f"must be less than or equal to {name} limit of {limit}"
        yield invalid(f"{path}.requests", str(asked), detail)


def check_container_name(name: str, path: str) -> Iterator[FieldError]:
    yield from check_resource_name(name, path)
    if "/" not in name:
        if name not in FOR_CONTAINERS and not name.startswith(HUGE_PAGES):
            yield invalid(path, name, "must be a standard resource for containers")
    elif not is_native(name) and not is_extended(name):
        yield invalid(path, name, "doesn't follow extended resource name standard")


def check_pod_name(name: str, path: str) -> Iterator[FieldError]:
    if errors := list(check_resource_name(name, path)):
        yield from errors
    elif not is_pod_level(name):
        yield not_supported(path, name, ("cpu", HUGE_PAGES, "memory"))


def check_resource_name(name: str, path: str) -> Iterator[FieldError]:
    if errors := list(named(path, name, names.qualified_name)):
        yield from errors
    elif "/" not in name and name not in STANDARD and not name.startswith(HUGE_PAGES):
        yield invalid(path, name, "must be a standard resource type or fully qualified")


def is_native(name: str) -> bool:
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """``vendor.example/device``: what a device plugin or an administrator brings."""
    if is_native(name) or name.startswith("requests."):
        return False
    return not names.qualified_name(f"requests.{name}")


def may_overcommit(name: str) -> bool:
    return is_native(name) and not name.startswith(HUGE_PAGES)


def check_claims(claims: Sequence[View], known: set[str], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, claim in enumerate(claims):
        at, name = f"{path}[{index}]", claim.get("name") or ""
        if not name:
            yield required(at)
            continue
        key = f"{name}/{claim['request']}" if claim.get("request") else name
        if claim.get("request"):
            yield from named(f"{at}.request", claim["request"], names.dns_label)
        covered = {name, key} & seen or (
            key == name and any(k.startswith(f"{name}/") for k in seen)
        )
        if covered:
            yield duplicate(at, key)
        seen.add(key)
        if name not in known:
            names_text = ": " + ", ".join(sorted(known)) if known else " which is empty"
            detail = f"must be one of the names in pod.spec.resourceClaims{names_text}"
            yield not_found(at, name)._replace(detail=detail)


def check_pod_resources(spec: View, claims: set[str], path: str) -> Iterator[FieldError]:
    """``spec.resources``: for the whole pod, at least what its containers ask."""
    resources = spec.get("resources")
    if resources is None:
        return
    if resources.get("claims") is not None:
        yield forbidden(f"{path}.claims", "claims cannot be set for Resources at pod-level")
    yield from check_requirements(resources, claims, path, check_pod_name)
    requests = resources.get("requests") or {}
    for name, asked in aggregate({"spec": spec}, asked_by).items():
        stated = amount_of(requests.get(name, "0"))
        if is_pod_level(name) and asked > stated:
            detail = f"must be greater than or equal to aggregate container requests of {asked}"
            yield invalid(f"{path}.requests[{name}]", str(stated), detail)
    yield from check_container_limits(spec, resources.get("limits") or {}, path)


def asked_by(container: View) -> Resources:
    table = (container.get("resources") or {}).get("requests") or {}
    return {name: amount_of(text) for name, text in table.items()}


def check_container_limits(
    spec: View, limits: Mapping[str, Any], path: str
) -> Iterator[FieldError]:
    for index, container in enumerate(spec.get("containers") or ()):
        for name, text in ((container.get("resources") or {}).get("limits") or {}).items():
            if name in limits and amount_of(text) > amount_of(limits[name]):
                at = f"{path}.containers[{index}][{name}].limits"
                detail = f"must be less than or equal to pod limits of {amount_of(limits[name])}"
                yield invalid(at, str(amount_of(text)), detail)
