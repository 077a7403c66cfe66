"""Who wants what in the firewall, and what a change of one of them comes to. Pure.

Every owner (a Service, a pod with host ports) brings a *part*: items with values. Some items
are wanted by many owners, such as a chain that picks one of three endpoints; where owners
want different values for the same item (two Services with one external address), the one
that came first has it. ``replace`` answers with the net changes, so that a caller touches
exactly what differs.
"""

from collections.abc import Hashable, Mapping
from typing import NamedTuple


class Item(NamedTuple):
    """``kind`` names a map or set of the table, or is one of the three below; ``key`` says
    what is in it."""

    kind: str
    key: str


CHAIN, SET, PICK = "chain", "set", "pick"
"""A chain's value is its rules, a set's its declaration; a PICK's key is a number of endpoints."""

Part = Mapping[Item, str]


class Change(NamedTuple):
    """None: it was not there, or shall not be there any more."""

    before: str | None
    after: str | None


Changes = Mapping[Item, Change]


class Ledger:
    """All parts together."""

    def __init__(self) -> None:
        self._parts: dict[Hashable, Part] = {}
        self._claims: dict[Item, dict[Hashable, str]] = {}

    def part(self, owner: Hashable) -> Part:
        return self._parts.get(owner, {})

    def replace(self, owner: Hashable, part: Part) -> Changes:
        """This is what ``owner`` wants from now on; nothing: forget it."""
        old = self._parts.pop(owner, {})
        if part:
            self._parts[owner] = part
        touched = [i for i in {**old, **part} if old.get(i) != part.get(i)]
        changes = {item: self._claim(owner, item, part.get(item)) for item in touched}
        return {item: change for item, change in changes.items() if change.before != change.after}

    def effective(self) -> Part:
        """Every item with the value that holds."""
        return {item: holding(claims) or "" for item, claims in self._claims.items()}

    def _claim(self, owner: Hashable, item: Item, value: str | None) -> Change:
        claims = self._claims.setdefault(item, {})
        before = holding(claims)
        if value is None:
            claims.pop(owner, None)
        else:
            claims[owner] = value
        if not claims:
            del self._claims[item]
        return Change(before, holding(claims))


def holding(claims: Mapping[Hashable, str]) -> str | None:
    return next(iter(claims.values()), None)


def merged(first: Changes, second: Changes) -> Changes:
    """What two changes, one after the other, come to."""
    total = dict(first)
    for item, change in second.items():
        total[item] = Change(first[item].before if item in first else change.before, change.after)
    return {item: change for item, change in total.items() if change.before != change.after}
