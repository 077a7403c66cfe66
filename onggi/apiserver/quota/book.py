"""The accounts of one namespace: what each object takes from each quota, and the sums.

Level-based: ``put`` says how an object is now, and may say so twice. What a write asked
for is reserved under the object's uid until the object is seen with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api import quantity
from onggi.api.objects import View
from onggi.api.quantity import DECIMAL
from onggi.kinds.core.pod.resources import Resources
from onggi.kinds.core.resourcequota.usage import Quota, charged, ends

Charges = Mapping[str, Resources]  # by the name of the quota


@dataclass(slots=True)
class Sum:
    """One quota's total. ``formats`` remember in which family of suffixes it is printed."""

    quota: Quota
    nanos: dict[str, int] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)

    def add(self, amounts: Resources, sign: int) -> None:
        for name, amount in amounts.items():
            before = self.nanos.get(name, 0)
            if not before and amount:
                self.formats[name] = amount.format
            self.nanos[name] = before + sign * amount.nano

    def used(self) -> Resources:
        """Of every name that something counts for."""
        counted = {name for names in self.quota.names.values() for name in names}
        return {
            name: quantity.of_nano(self.nanos.get(name, 0), self.formats.get(name, DECIMAL))
            for name in self.quota.hard
            if name in counted
        }


@dataclass(slots=True)
class Reservation:
    """What one write will take; ``until`` once nobody waits for its outcome any more."""

    resource: str
    new: View
    old: View | None
    charges: Charges
    until: datetime | None = None

    @property
    def uid(self) -> str:
        uid: str = self.new["metadata"]["uid"]
        return uid


class Book:
    def __init__(self, quotas: Iterator[Quota]) -> None:
        self.sums = {quota.name: Sum(quota) for quota in quotas}
        self._entries: dict[tuple[str, str], Charges] = {}  # by resource and name
        self.ending: dict[tuple[str, str], tuple[datetime, View]] = {}  # pods, and when
        self._reserved: list[Reservation] = []

    @property
    def resources(self) -> set[str]:
        """What counts for any of the quotas."""
        return {resource for total in self.sums.values() for resource in total.quota.names}

    def charges(self, resource: str, obj: View, over: bool = False) -> Charges:
        found = (
            (name, charged(total.quota, resource, obj, over)) for name, total in self.sums.items()
        )
        return {name: amounts for name, amounts in found if amounts}

    def put(self, resource: str, obj: View, gone: bool = False) -> set[str]:
        """The quotas whose sums changed. ``gone``: the object was taken out of the store."""
        meta = obj["metadata"]
        place = resource, meta["name"]
        self._reserved = [r for r in self._reserved if r.uid != meta.get("uid")]
        self.ending.pop(place, None)
        if not gone and resource == "pods" and (at := ends(obj)) is not None:
            self.ending[place] = at, obj
        return self._enter(place, {} if gone else self.charges(resource, obj))

    def expire(self, now: datetime) -> set[str]:
        """Pods that nobody took away in time count no more; doubtful reservations neither."""
        self._reserved = [r for r in self._reserved if r.until is None or r.until > now]
        changed: set[str] = set()
        for place, (at, pod) in list(self.ending.items()):
            if at < now:
                del self.ending[place]
                changed |= self._enter(place, self.charges("pods", pod, over=True))
        return changed

    def more(self, resource: str, new: View, old: View | None) -> Charges:
        """What ``new`` takes beyond what ``old`` has already."""
        before = self.charges(resource, old) if old is not None else {}
        grown = {
            name: growth(amounts, before.get(name, {}))
            for name, amounts in self.charges(resource, new).items()
        }
        return {name: amounts for name, amounts in grown.items() if amounts}

    def reserve(self, reservation: Reservation) -> None:
        self._reserved.append(reservation)

    def inherit(self, old: "Book") -> None:
        """What was reserved before the quotas changed, as it counts for them now."""
        for reservation in old._reserved:
            reservation.charges = self.more(reservation.resource, reservation.new, reservation.old)
            self._reserved.append(reservation)

    def release(self, reservation: Reservation) -> None:
        self._reserved = [r for r in self._reserved if r is not reservation]

    def taken(self, name: str) -> Resources:
        """What is used of a quota, and what is on its way to be."""
        total = Sum(self.sums[name].quota, dict(self.sums[name].nanos), self.sums[name].formats)
        for reservation in self._reserved:
            total.add(reservation.charges.get(name, {}), 1)
        return total.used()

    def _enter(self, place: tuple[str, str], charges: Charges) -> set[str]:
        before = self._entries.pop(place, {})
        if charges:
            self._entries[place] = charges
        changed = {n for n in {*before, *charges} if before.get(n) != charges.get(n)}
        for name in changed:
            self.sums[name].add(before.get(name, {}), -1)
            self.sums[name].add(charges.get(name, {}), 1)
        return changed


def growth(after: Resources, before: Resources) -> Resources:
    grown = {name: amount - before[name] if name in before else amount
             for name, amount in after.items()}  # fmt: skip
    return {name: amount for name, amount in grown.items() if amount.nano > 0}
