"""Which pods go first when there are too many: the least useful. Pure arithmetic on pods.

Source: ``ActivePodsWithRanks`` in ``pkg/controller/controller_utils.go``.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cmp_to_key

from onggi.api.objects import View, get
from onggi.api.times import parse
from onggi.kinds.core.pod.predicates import is_active, is_ready, is_sidecar, ready_since

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def doomed(pods: Sequence[View], related: Sequence[View], count: int, now: datetime) -> list[View]:
    """``count`` of the pods; ``related`` are all pods of the same Deployment, which should
    stay spread over the nodes."""
    if count >= len(pods):
        return list(pods)
    crowd = Counter(get(pod, "spec.nodeName", "") for pod in related if is_active(pod))
    candidates = [Candidate.of(pod, crowd[get(pod, "spec.nodeName", "")]) for pod in pods]
    candidates.sort(key=cmp_to_key(lambda a, b: compare(a, b, now)))
    return [candidate.pod for candidate in candidates[:count]]


@dataclass(frozen=True)
class Candidate:
    pod: View
    first: tuple[bool, int, bool, int, int]  # compared before any time is
    ready: datetime | None
    restarts: tuple[int, int]
    created: datetime | None
    uid: str

    @classmethod
    def of(cls, pod: View, crowd: int) -> "Candidate":
        phase = PHASES.get(get(pod, "status.phase", ""), 0)
        created = get(pod, "metadata.creationTimestamp")
        return cls(
            pod,
            (bool(get(pod, "spec.nodeName")), phase, is_ready(pod), cost(pod), -crowd),
            ready_since(pod),
            most_restarts(pod),
            parse(created) if created else None,
            get(pod, "metadata.uid", ""),
        )


def cost(pod: View) -> int:
    """What its annotation says; 0 where it says nothing valid."""
    text = (get(pod, "metadata.annotations") or {}).get(DELETION_COST, "")
    try:
        return int(text)
    except ValueError:
        return 0


def most_restarts(pod: View) -> tuple[int, int]:
    """Of any ordinary container, and of any sidecar."""
    sidecars = {c["name"] for c in get(pod, "spec.initContainers") or () if is_sidecar(c)}
    plain = [s.get("restartCount", 0) for s in get(pod, "status.containerStatuses") or ()]
    beside = [
        s.get("restartCount", 0)
        for s in get(pod, "status.initContainerStatuses") or ()
        if s["name"] in sidecars
    ]
    return max(plain, default=0), max(beside, default=0)


def compare(a: Candidate, b: Candidate, now: datetime) -> int:
    """Negative: ``a`` goes first. Ages count in powers of two, so that among pods of about
    the same age chance (the uid) decides and not always the newest goes."""
    if a.first != b.first:
        return -1 if a.first < b.first else 1
    if a.first[2] and a.ready != b.ready:
        return younger(a.ready, b.ready, now) or by_uid(a, b)
    if a.restarts != b.restarts:
        return -1 if a.restarts > b.restarts else 1
    if a.created != b.created:
        return younger(a.created, b.created, now) or by_uid(a, b)
    return 0


def younger(a: datetime | None, b: datetime | None, now: datetime) -> int:
    if a is None or b is None:
        return -1 if b is not None else 1  # an unknown time counts as the youngest
    return magnitude(now - a) - magnitude(now - b)


def magnitude(age: timedelta) -> int:
    nanoseconds = age.total_seconds() * 1e9
    return int(math.log2(nanoseconds)) if nanoseconds > 0 else -1


def by_uid(a: Candidate, b: Candidate) -> int:
    return -1 if a.uid < b.uid else 1
