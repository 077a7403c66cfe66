"""What a LimitRange may say: known names, and amounts that do not contradict each other.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateLimitRange).
"""

import math
from collections.abc import Callable, Iterator, Mapping

from onggi.api import names, quantity
from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, required
from onggi.api.objects import View, get
from onggi.api.quantity import Quantity
from onggi.kinds.checks import named
from onggi.kinds.core.pod.rules.resources import (
    amount_of,
    check_container_name,
    check_resource_name,
    may_overcommit,
)

TYPES = ("Container", "PersistentVolumeClaim", "Pod")
SIDES = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
NOT_FOR_PODS = ("default", "defaultRequest")
ONE = quantity.of(1)
LARGEST_MILLI = (2**63 - 1) // 1000
Amounts = Mapping[str, Quantity]  # by side, of one resource

# (the smaller, the greater, whom the error is about, what it shows, what it says)
ORDER = (
    ("min", "max", "min", "min", "min value {} is greater than max value {}"),
    ("min", "defaultRequest", "defaultRequest", "defaultRequest",
     "min value {} is greater than default request value {}"),
    ("defaultRequest", "max", "defaultRequest", "defaultRequest",
     "default request value {} is greater than max value {}"),
    ("defaultRequest", "default", "defaultRequest", "defaultRequest",
     "default request value {} is greater than default limit value {}"),
    ("min", "default", "default", "min", "min value {} is greater than default value {}"),
    ("default", "max", "default", "max", "default value {} is greater than max value {}"),
)  # fmt: skip


def check(new: View, old: View | None) -> Iterator[FieldError]:
    seen: set[str] = set()
    for index, item in enumerate(get(new, "spec.limits") or ()):
        path, type = f"spec.limits[{index}]", item.get("type") or ""
        yield from check_type(type, f"{path}.type")
        if type in seen:
            yield duplicate(f"{path}.type", type)
        seen.add(type)
        yield from check_item(item, type, path)


def check_type(type: str, path: str) -> Iterator[FieldError]:
    if errors := list(named(path, type, names.qualified_name)):
        yield from errors
    elif "/" not in type and type not in TYPES:
        yield invalid(path, type, "must be a standard limit type or fully qualified")


def check_item(item: View, type: str, path: str) -> Iterator[FieldError]:
    rule = check_container_name if type in ("Pod", "Container") else check_resource_name
    found: dict[str, dict[str, Quantity]] = {}
    for side in SIDES:
        table = item.get(side) or {}
        if type == "Pod" and side in NOT_FOR_PODS:
            if table:
                yield forbidden(f"{path}.{side}", "may not be specified when `type` is 'Pod'")
            continue
        for name, text in table.items():
            yield from rule(name, f"{path}.{side}[{name}]")
            found.setdefault(name, {})[side] = amount_of(text)
    if type == "PersistentVolumeClaim" and not {"min", "max"} & {*found.get("storage", {})}:
        detail = "either minimum or maximum storage value is required, but neither was provided"
        yield required(f"{path}.limits", detail)
    for name in sorted(found):
        yield from check_amounts(name, found[name], path)


def check_amounts(name: str, amounts: Amounts, path: str) -> Iterator[FieldError]:
    for smaller, greater, about, value, words in ORDER:
        low, high = amounts.get(smaller), amounts.get(greater)
        if low is not None and high is not None and low > high:
            yield invalid(f"{path}.{about}[{name}]", str(amounts[value]), words.format(low, high))
    yield from check_ratio(amounts, f"{path}.maxLimitRequestRatio[{name}]")
    limit, asked = amounts.get("default"), amounts.get("defaultRequest")
    if limit is not None and asked is not None and limit != asked and not may_overcommit(name):
        detail = f"default value {limit} must equal to defaultRequest value {asked} in {name}"
        yield invalid(f"{path}.defaultRequest[{name}]", str(asked), detail)


def check_ratio(amounts: Amounts, path: str) -> Iterator[FieldError]:
    ratio = amounts.get("maxLimitRequestRatio")
    if ratio is None:
        return
    if ratio < ONE:
        yield invalid(path, str(ratio), f"ratio {ratio} is less than 1")
    low, high = amounts.get("min"), amounts.get("max")
    if low is None or high is None:
        return
    small = all(amount.value() < LARGEST_MILLI for amount in (ratio, low, high))
    size: Callable[[Quantity], int] = Quantity.milli if small else Quantity.value
    greatest = divided(size(high), size(low))
    if (size(ratio) / 1000 if small else size(ratio)) > greatest:
        shown = "+Inf" if greatest == math.inf else f"{greatest:f}"
        yield invalid(path, str(ratio), f"ratio {ratio} is greater than max/min = {shown}")


def divided(a: int, b: int) -> float:
    """As Go divides: by zero is endless, and nothing compares with 0/0."""
    if b:
        return a / b
    return math.copysign(math.inf, a) if a else math.nan
