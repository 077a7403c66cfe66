"""One pass over all nodes of a DaemonSet: what is missing, what goes, what is reported.

Source: ``podsShouldBeOnNode``, ``updateDaemonSetStatus`` in
``pkg/controller/daemon/daemon_controller.go``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Emit, SetStatus
from onggi.api.times import parse
from onggi.kinds.apps.daemonset.kind import DAEMONSET
from onggi.kinds.apps.daemonset.placement import (
    Place,
    daemon,
    is_updated,
    node_of,
    place,
    tolerations_of,
)
from onggi.kinds.apps.daemonset.rollout import Daemons
from onggi.kinds.apps.pods import create_pod, delete_pods
from onggi.kinds.core.pod.predicates import (
    available_at,
    is_available,
    is_finished,
    is_ready,
    is_terminating,
)

BURST = 250  # pods created or deleted in one pass
PATIENCE = timedelta(seconds=10)


def age(pod: View) -> tuple[bool, str, str]:
    """Those on a node first, then the oldest."""
    meta = pod["metadata"]
    return not get(pod, "spec.nodeName"), meta.get("creationTimestamp") or "", meta["name"]


@dataclass
class Turn:
    """One pass over all nodes."""

    ds: View
    digest: str
    now: datetime
    places: dict[str, Place] = field(default_factory=dict)
    by_node: dict[str, list[View]] = field(default_factory=dict)
    delete: list[View] = field(default_factory=list)
    create: list[str] = field(default_factory=list)
    events: list[Action] = field(default_factory=list)
    again_in: timedelta | None = None

    def look(self, nodes: Sequence[View], pods: Sequence[View]) -> None:
        tolerations = tolerations_of(self.ds)
        for node in nodes:
            self.places[node["metadata"]["name"]] = place(self.ds, node, tolerations)
        for pod in pods:
            if not (is_finished(pod) and is_terminating(pod)):
                self.by_node.setdefault(node_of(pod), []).append(pod)
        for here in self.by_node.values():
            here.sort(key=age)
        seconds = get(self.ds, "spec.minReadySeconds") or 0
        ends = [at for pod in pods if seconds and (at := available_at(pod, seconds))]
        for at in ends:
            self.wait(at - self.now)

    def wait(self, left: timedelta) -> None:
        if left > timedelta() and (self.again_in is None or left < self.again_in):
            self.again_in = left

    @property
    def strategy(self) -> str:
        return get(self.ds, "spec.updateStrategy.type") or ""

    @property
    def wanted(self) -> frozenset[str]:
        return frozenset(name for name, word in self.places.items() if word.starts)

    def daemons(self) -> Daemons:
        return Daemons(self.ds, self.digest, self.by_node, self.wanted, self.now)

    @property
    def surges(self) -> bool:
        return self.strategy == "RollingUpdate" and self.daemons().surges > 0

    def manage(self) -> None:
        """Where a pod is missing, failed, too many or out of place."""
        surges = self.surges
        for name, word in self.places.items():
            pods = self.by_node.get(name)
            if word.starts and not pods:
                self.create.append(name)
            elif word.goes_on and pods:
                self.tend(name, pods, word, surges)
            elif pods:
                self.delete += [pod for pod in pods if not is_terminating(pod)]
        for name, pods in self.by_node.items():
            if name not in self.places:  # it is gone, and nothing will be scheduled there
                self.delete += [
                    p for p in pods if not get(p, "spec.nodeName") and not is_terminating(p)
                ]

    def tend(self, name: str, pods: Sequence[View], word: Place, surges: bool) -> None:
        here = [pod for pod in pods if not is_terminating(pod)]
        ended = [pod for pod in here if is_finished(pod)]
        for pod in ended:
            self.bury(name, pod)
        alive = [pod for pod in here if not is_finished(pod)]
        if not surges:
            self.delete += alive[1:]
        elif not alive and not ended and word.starts:
            self.create.append(name)
        elif len(alive) > 1:
            self.thin(alive)

    def bury(self, node: str, pod: View) -> None:
        meta, phase = pod["metadata"], get(pod, "status.phase")
        subject = f"{meta['namespace']}/{meta['name']} on node {node}"
        if phase == "Failed":
            left = parse(meta["creationTimestamp"]) + PATIENCE - self.now
            if left > timedelta():
                self.wait(left)
                return
            message = f"Found failed daemon pod {subject}, will try to kill it"
            self.events.append(Emit(self.ds, "FailedDaemonPod", message, "Warning"))
        else:
            message = f"Found succeeded daemon pod {subject}, will try to delete it"
            self.events.append(Emit(self.ds, "SucceededDaemonPod", message))
        self.delete.append(pod)

    def thin(self, pods: Sequence[View]) -> None:
        """A new pod beside an old one, as long as only the old one serves."""
        new = [pod for pod in pods if is_updated(pod, self.ds, self.digest)]
        old = [pod for pod in pods if not any(pod is other for other in new)]
        self.delete += new[1:] + old[1:]
        seconds = get(self.ds, "spec.minReadySeconds") or 0
        if new and old and (not is_ready(old[0]) or is_available(new[0], seconds, self.now)):
            self.delete.append(old[0])

    def acts(self) -> Iterator[Action]:
        yield from self.events
        yield from delete_pods(self.ds, self.delete[:BURST])
        for node in self.create[:BURST]:
            yield create_pod(self.ds, daemon(self.ds, node, self.digest))

    def report(self) -> Iterator[Action]:
        status = self.status()
        if status != self.ds.get("status"):
            yield SetStatus(DAEMONSET, self.ds, status)

    def status(self) -> Object:
        wanted, old = self.wanted, self.ds.get("status") or {}
        oldest = [pods[0] for name in wanted if (pods := self.by_node.get(name))]
        seconds = get(self.ds, "spec.minReadySeconds") or 0
        available = sum(is_available(pod, seconds, self.now) for pod in oldest)
        misplaced = sum(name in self.by_node for name in self.places.keys() - wanted)
        always = {
            "currentNumberScheduled": len(oldest),
            "numberMisscheduled": misplaced,
            "desiredNumberScheduled": len(wanted),
            "numberReady": sum(map(is_ready, oldest)),
        }
        some = {
            "observedGeneration": get(self.ds, "metadata.generation") or 0,
            "updatedNumberScheduled": sum(is_updated(p, self.ds, self.digest) for p in oldest),
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }
        kept = {"collisionCount": old["collisionCount"]} if "collisionCount" in old else {}
        return always | {name: figure for name, figure in some.items() if figure} | kept
