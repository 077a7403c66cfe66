"""Ranges of sizes and costs, with arithmetic that stops at 2⁶⁴-1.

Source: ``cel-go/checker/cost.go`` (SizeEstimate, CostEstimate).
"""

from math import ceil
from typing import NamedTuple

MOST = 2**64 - 1


class Range(NamedTuple):
    """From ``min`` to ``max``, both included."""

    min: int
    max: int

    def plus(self, other: "Range") -> "Range":
        return Range(min(self.min + other.min, MOST), min(self.max + other.max, MOST))

    def times(self, other: "Range") -> "Range":
        return Range(min(self.min * other.min, MOST), min(self.max * other.max, MOST))

    def scaled(self, factor: float) -> "Range":
        """Rounded up."""
        return Range(_scaled(self.min, factor), _scaled(self.max, factor))

    def union(self, other: "Range") -> "Range":
        return Range(min(self.min, other.min), max(self.max, other.max))


def _scaled(value: int, factor: float) -> int:
    product = float(value) * factor
    return MOST if product >= 2.0**64 else ceil(product)


def fixed(size: int) -> Range:
    return Range(size, size)


UNKNOWN = Range(0, MOST)
NOTHING, ONE = fixed(0), fixed(1)


class Entry(NamedTuple):
    """Sizes of what a list or map holds: ``kind``, keys (or indices), values."""

    kind: str
    key: Range
    value: Range

    def union(self, other: "Entry | None") -> "Entry | None":
        if other is None:
            return None
        return Entry(self.kind, self.key.union(other.key), self.value.union(other.value))
