"""A number of pods, or a percentage of them (``GetScaledValueFromIntOrPercent``)."""

import math


def scaled(value: int | str | None, total: int) -> int:
    """Rounded up."""
    return math.ceil(of(value, total))


def scaled_down(value: int | str | None, total: int) -> int:
    return math.floor(of(value, total))


def of(value: int | str | None, total: int) -> float:
    if isinstance(value, str):
        return int(value.removesuffix("%")) * total / 100
    return value or 0
