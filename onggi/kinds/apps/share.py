"""A number of pods, or a percentage of them, rounded up (``GetScaledValueFromIntOrPercent``)."""

import math


def scaled(value: int | str | None, total: int) -> int:
    if isinstance(value, str):
        return math.ceil(int(value.removesuffix("%")) * total / 100)
    return value or 0
