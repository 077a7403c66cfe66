"""Which daemons make way for new ones now, and where new ones come beside them.

Source: ``rollingUpdate`` in ``pkg/controller/daemon/update.go``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onggi.api.objects import View, get
from onggi.kinds.apps.daemonset.placement import is_updated
from onggi.kinds.apps.share import scaled
from onggi.kinds.core.pod.predicates import is_available, is_terminating


@dataclass(frozen=True)
class Daemons:
    """A DaemonSet, its pods by node, and the nodes that want one."""

    ds: View
    digest: str
    by_node: Mapping[str, Sequence[View]]
    wanted: frozenset[str]
    now: datetime

    @property
    def surges(self) -> int:
        return scaled(get(self.ds, "spec.updateStrategy.rollingUpdate.maxSurge"), len(self.wanted))

    @property
    def may_lack(self) -> int:
        most = get(self.ds, "spec.updateStrategy.rollingUpdate.maxUnavailable")
        count = scaled(most, len(self.wanted))
        return count if count or self.surges else 1

    def is_available(self, pod: View) -> bool:
        return is_available(pod, get(self.ds, "spec.minReadySeconds") or 0, self.now)

    def pair(self, pods: Sequence[View]) -> tuple[View | None, View | None] | None:
        """The new pod and the old one; None where there are more, which is not for us."""
        here = [pod for pod in pods if not is_terminating(pod)]
        new = [pod for pod in here if is_updated(pod, self.ds, self.digest)]
        old = [pod for pod in here if not any(pod is other for other in new)]
        if len(new) > 1 or len(old) > 1:
            return None
        return (new[0] if new else None), (old[0] if old else None)


@dataclass
class Step:
    delete: list[View] = field(default_factory=list)
    create: list[str] = field(default_factory=list)


def step(daemons: Daemons) -> Step:
    return surge(daemons) if daemons.surges else replace(daemons)


def replace(daemons: Daemons) -> Step:
    """Old pods are deleted so far as pods may be missing; ones that serve nobody at once."""
    missing, idle, candidates = 0, list[View](), list[View]()
    for pods in daemons.by_node.values():
        pair = daemons.pair(pods)
        new, old = pair or (None, None)
        if (new is None) == (old is None):
            missing += 1
        elif new is not None:
            missing += not daemons.is_available(new)
        elif old is not None:
            (candidates if daemons.is_available(old) else idle).append(old)
    left = max(daemons.may_lack - missing, 0)
    return Step(delete=idle + candidates[:left])


def surge(daemons: Daemons) -> Step:
    """New pods come first, so many at a time; the old one goes when its successor is available."""
    found, at_once, candidates = Step(), list[str](), list[str]()
    surging, available, misplaced = 0, 0, list[View]()
    for node, pods in daemons.by_node.items():
        pair = daemons.pair(pods)
        if pair is None:
            surging += 1
            continue
        new, old = pair
        available += any(daemons.is_available(pod) for pod in pair if pod is not None)
        if old is None:
            continue
        if new is not None and daemons.is_available(new):
            found.delete.append(old)
        elif new is not None:
            surging += 1
        elif node not in daemons.wanted:
            misplaced.append(old)
        else:
            (candidates if daemons.is_available(old) else at_once).append(node)
    found.delete += misplaced[: max(available - len(daemons.wanted), 0)]
    found.create = at_once + candidates[: max(daemons.surges - surging, 0)]
    return found
