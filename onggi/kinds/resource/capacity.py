"""How much of a shared device a request may take: one of some values, or within a range.

Source: ``pkg/apis/resource/validation/validation.go`` (validateRequestPolicy).
"""

import itertools
from collections.abc import Iterator
from typing import Any

from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, required, too_many
from onggi.api.objects import View
from onggi.api.quantity import Quantity
from onggi.kinds.checks import NOT_POSITIVE
from onggi.kinds.core.pod.rules.resources import amount_of

OPTIONS = 10
BOTH = (
    'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the '
    "same time"
)


def check_policy(capacity: Any, policy: View, path: str) -> Iterator[FieldError]:
    values, span = policy.get("validValues") or (), policy.get("validRange")
    if values and span is not None:
        yield forbidden(path, BOTH)
        return
    field = "validValues" if values else "validRange"
    if not values and span is None:
        return
    if policy.get("default") is None:
        yield required(f"{path}.default", f"required when {field} is defined")
        return
    default, most = amount_of(policy["default"]), amount_of(capacity)
    if values:
        found = [amount_of(value) for value in values]
        yield from check_values(found, default, most, f"{path}.{field}")
    else:
        yield from check_range(span or {}, default, most, f"{path}.{field}")


def check_values(
    values: list[Quantity], default: Quantity, most: Quantity, path: str
) -> Iterator[FieldError]:
    for index, (value, following) in enumerate(itertools.pairwise(values)):
        if value > following:
            detail = "values must be sorted in ascending order"
            yield invalid(f"{path}[{index + 1}]", str(following), detail)
    if len(values) > OPTIONS:
        yield too_many(path, len(values), OPTIONS)
    else:
        for index, value in enumerate(values):
            if value > most:
                detail = f"option is larger than capacity value: {most}"
                yield invalid(f"{path}[{index}]", str(value), detail)
            if value.value() in (other.value() for other in values[:index]):
                yield duplicate(f"{path}[{index}]", str(value.value()))
    if default not in values:
        detail = "default value is not valid according to the requestPolicy"
        yield invalid(path, str(default), detail)


def check_range(span: View, default: Quantity, most: Quantity, path: str) -> Iterator[FieldError]:
    if span.get("min") is None:
        yield required(f"{path}.min", "required when validRange is defined")
        return
    low = amount_of(span["min"])
    if low > most:
        yield invalid(f"{path}.min", str(low), f"min is larger than capacity value: {most}")
    if default < low:
        yield invalid(f"{path}.min", str(default), f"default is less than min: {low}")
    high = None if span.get("max") is None else amount_of(span["max"])
    if high is not None:
        at = f"{path}.max"
        if low > high:
            yield invalid(at, str(low), f"min is larger than max: {high}")
        if high > most:
            yield invalid(at, str(high), f"max is larger than capacity value: {most}")
        if default > high:
            yield invalid(at, str(default), f"default is more than max: {high}")
    if span.get("step") is not None:
        ends = [default] if high is None else [default, high]
        yield from check_step(amount_of(span["step"]), low, most, ends, f"{path}.step")


def check_step(
    step: Quantity, low: Quantity, most: Quantity, ends: list[Quantity], path: str
) -> Iterator[FieldError]:
    if step.nano <= 0:
        yield invalid(path, str(step), NOT_POSITIVE)
        return
    if (added := low + step) > most:
        detail = f"one step {added} is larger than capacity value: {most}"
        yield invalid(path, str(step), detail)
    for end in ends:
        if (end.value() - low.value()) % step.value():
            detail = f"value is not a multiple of a given step ({step}) from ({low})"
            yield invalid(path, str(end), detail)
