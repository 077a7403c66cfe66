"""Numbers from a range, each given once: the offsets of ClusterIPs, and NodePorts.

Numbers that somebody asks for by name may be any; those given without asking come from
the upper part first, so that the lower stays free for asking.
Source: ``pkg/registry/core/service/{ipallocator,portallocator}``.
"""

import random


class Taken(Exception):
    """Somebody has it."""


class Outside(Exception):
    """It is not of the range."""


class Full(Exception):
    """Every number is given."""


class Pool:
    """Numbers from ``first`` to ``last``; the first ``reserved`` are given last."""

    def __init__(self, first: int, last: int, reserved: int) -> None:
        self.first, self.last, self.reserved = first, last, reserved
        self._given: set[int] = set()

    def __contains__(self, number: int) -> bool:
        return number in self._given

    def take(self, number: int) -> None:
        """Raises Outside or Taken."""
        if not self.first <= number <= self.last:
            raise Outside(number)
        if number in self._given:
            raise Taken(number)
        self._given.add(number)

    def next(self) -> int:
        """Any free number. Raises Full."""
        upper = self.first + self.reserved
        found = self._free(upper, self.last)
        if found is None:
            found = self._free(self.first, upper - 1)
        if found is None:
            raise Full
        self._given.add(found)
        return found

    def release(self, number: int) -> None:
        self._given.discard(number)

    def _free(self, first: int, last: int) -> int | None:
        """From a random place on, so that a number just released is not given at once."""
        size = last - first + 1
        if size <= 0:
            return None
        start = random.randrange(size)
        for step in range(size):
            number = first + (start + step) % size
            if number not in self._given:
                return number
        return None
