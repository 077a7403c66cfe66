"""How far a rolling update may go in one step: arithmetic on sizes, no objects.

Two promises hold after every step, whatever the pods do in between: at most ``want + surge``
pods are asked for, and no step takes the number of available pods below
``want - unavailable``. Source: ``pkg/controller/deployment/{rolling,sync}.go`` and
``util/deployment_util.go``.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from onggi.api.objects import View


class Size(NamedTuple):
    """One ReplicaSet, as numbers."""

    replicas: int
    available: int


class Limits(NamedTuple):
    """``surge`` more and ``unavailable`` fewer pods than ``want``; both 0 unless rolling."""

    want: int
    surge: int = 0
    unavailable: int = 0

    @classmethod
    def of(cls, spec: View) -> "Limits":
        """From a Deployment's spec."""
        want = spec["replicas"]
        strategy = spec.get("strategy") or {}
        if strategy.get("type") != "RollingUpdate":
            return cls(want)
        rolling = strategy.get("rollingUpdate") or {}
        surge = absolute(rolling.get("maxSurge", 0), want, up=True)
        unavailable = absolute(rolling.get("maxUnavailable", 0), want, up=False)
        unavailable = unavailable or int(surge == 0)  # both zero could never move
        return cls(want, surge, min(unavailable, want))

    @property
    def most(self) -> int:
        return self.want + self.surge

    @property
    def least(self) -> int:
        return self.want - self.unavailable


def absolute(value: Any, of: int, *, up: bool) -> int:
    """``25%`` of the replicas, rounded up for a surge and down for a loss; or the plain number."""
    if isinstance(value, int):
        return value
    hundredths = int(value.removesuffix("%")) * of
    return -(-hundredths // 100) if up else hundredths // 100


def grow(limits: Limits, new: int, total: int) -> int:
    """The size that the new ReplicaSet may take now, of ``total`` pods asked for in all."""
    if new > limits.want:
        return limits.want
    room = limits.most - total
    return new + max(0, min(room, limits.want - new))


def shrink(limits: Limits, new: Size, old: Sequence[Size]) -> list[int]:
    """The sizes that the old ReplicaSets, oldest first, may take now.

    Sick pods go first, wherever they are, since that costs nothing; then as many healthy ones
    as the new pods make up for. New pods that are not available yet hold their place.
    """
    total = new.replicas + sum(s.replicas for s in old)
    budget = total - limits.least - (new.replicas - new.available)
    if budget <= 0:
        return [s.replicas for s in old]
    sizes = []
    for size in old:
        cut = max(0, min(budget, size.replicas - size.available))
        budget -= cut
        sizes.append(size.replicas - cut)
    spare = max(0, new.available + sum(s.available for s in old) - limits.least)
    for index, replicas in enumerate(sizes):
        cut = min(replicas, spare)
        spare -= cut
        sizes[index] = replicas - cut
    return sizes


class Share(NamedTuple):
    """A ReplicaSet in a proportional scaling: its size, and the most pods that the Deployment
    could have when it got that size (0: unknown)."""

    replicas: int
    most_before: int


def spread(limits: Limits, shares: Sequence[Share]) -> list[int]:
    """New sizes when a Deployment is scaled in the middle of a rollout: in proportion.

    ``shares`` are ordered by who gets first; what is left over goes to the first.
    """
    allowed = limits.most if limits.want > 0 else 0
    change = allowed - sum(s.replicas for s in shares)
    given, sizes = 0, []
    for share in shares:
        part = proportion(limits, share, change, given)
        given += part
        sizes.append(share.replicas + part)
    if sizes and change:
        sizes[0] = max(0, sizes[0] + change - given)
    return sizes


def proportion(limits: Limits, share: Share, change: int, given: int) -> int:
    if share.replicas == 0 or change in (0, given):
        return 0
    part = fraction(limits, share)
    return min(part, change - given) if change > 0 else max(part, change - given)


def fraction(limits: Limits, share: Share) -> int:
    if limits.want == 0:
        return -share.replicas
    if share.most_before == 0:
        return 0
    exact = share.replicas * limits.most / share.most_before
    return int(exact + 0.5) - share.replicas
