"""One pass over a StatefulSet's pods, in the order of their numbers.

``OrderedReady`` does one thing at a time, and only while all before it serve; ``Parallel`` does
all at once. Source: ``updateStatefulSet`` in
``pkg/controller/statefulset/stateful_set_control.go``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Create, Delete, Emit, Patch, World
from onggi.kinds.apps.share import scaled_down
from onggi.kinds.apps.statefulset import claims
from onggi.kinds.apps.statefulset.identity import (
    identity,
    is_itself,
    ordinal,
    ordinals,
    replica,
    revision_of,
)
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import (
    available_at,
    is_available,
    is_finished,
    is_ready,
    is_terminating,
)

SOON = timedelta(seconds=1)  # until a claim that is going is looked at again
ROLLING = "spec.updateStrategy.rollingUpdate"


class Revision(NamedTuple):
    name: str
    template: View


@dataclass
class Turn:
    sts: View
    world: World
    now: datetime
    current: Revision
    update: Revision
    pods: Mapping[int, View]
    actions: list[Action] = field(default_factory=list)
    again_in: timedelta | None = None

    @property
    def is_ordered(self) -> bool:
        return bool(get(self.sts, "spec.podManagementPolicy") != "Parallel")

    @property
    def replicas(self) -> list[View]:
        """Those whose numbers are wanted, from the first."""
        return [self.pods[n] for n in ordinals(self.sts) if n in self.pods]

    @property
    def condemned(self) -> list[View]:
        """The others, from the last."""
        wanted = ordinals(self.sts)
        return [self.pods[n] for n in sorted(self.pods, reverse=True) if n not in wanted]

    def serves(self, pod: View) -> bool:
        """Running, ready for long enough, and not on its way out."""
        return self.is_up(pod) and not is_terminating(pod)

    def is_up(self, pod: View) -> bool:
        seconds = get(self.sts, "spec.minReadySeconds") or 0
        return get(pod, "status.phase") == "Running" and is_available(pod, seconds, self.now)

    def go(self) -> None:
        """What is missing, then what is too much, then what is old."""
        self.watch_clock()
        if not all(self.tend(number) for number in self.numbers()):
            return
        if not all(self.dismiss(pod) for pod in self.condemned):
            return
        if get(self.sts, "spec.updateStrategy.type") == "RollingUpdate":
            self.roll()

    def numbers(self) -> Sequence[int]:
        return list(ordinals(self.sts))

    def watch_clock(self) -> None:
        seconds = get(self.sts, "spec.minReadySeconds") or 0
        for pod in self.pods.values() if seconds else ():
            at = available_at(pod, seconds)
            if at is not None and at > self.now:
                self.wait(at - self.now)

    def wait(self, left: timedelta) -> None:
        self.again_in = left if self.again_in is None else min(left, self.again_in)

    def tend(self, number: int) -> bool:
        """Whether the next number may be looked at."""
        pod = self.pods.get(number)
        if pod is None:
            return self.make(number)
        if is_finished(pod):
            self.bury(pod)
            return not self.is_ordered
        if get(pod, "status.phase") == "Pending":
            name = pod["metadata"]["name"]
            self.actions += claims.missing(self.sts, number, name, self.world)
        if self.is_ordered and not self.serves(pod):
            return False
        if not is_itself(pod):
            labels = identity(pod["metadata"]["name"], number)
            self.actions.append(Patch(POD, pod, {"metadata": {"labels": labels}}))
        self.actions += claims.kept(self.sts, pod, self.world)
        return True

    def make(self, number: int) -> bool:
        if claims.is_stale(self.sts, number, self.world):
            self.wait(SOON)
            return not self.is_ordered
        revision = self.current if self.keeps_current(number) else self.update
        pod = replica(self.sts, revision.template, revision.name, number)
        self.actions += claims.missing(self.sts, number, pod["metadata"]["name"], self.world)
        self.actions.append(self.created(pod))
        return not self.is_ordered

    def keeps_current(self, number: int) -> bool:
        """Below the partition nothing is updated; without one, what was never touched."""
        if get(self.sts, "spec.updateStrategy.type") != "RollingUpdate":
            return False
        first = ordinals(self.sts).start
        rolling = get(self.sts, ROLLING)
        if rolling is None:
            return number < first + (get(self.sts, "status.currentReplicas") or 0)
        return number < first + (rolling.get("partition") or 0)

    def created(self, pod: Object) -> Create:
        where = f"Pod {pod['metadata']['name']} in StatefulSet {self.sts['metadata']['name']}"
        good = Emit(self.sts, "SuccessfulCreate", f"create {where} successful")
        return Create(
            POD,
            pod,
            done=lambda made: [good],
            failed=lambda e: [
                Emit(
                    self.sts,
                    "FailedCreate",
                    f"create {where} failed error: {e.message}",
                    "Warning",
                )
            ],
        )

    def bury(self, pod: View) -> None:
        """A pod that ended is made anew once it is gone, whatever it ended with."""
        if is_terminating(pod):
            return
        meta = self.sts["metadata"]
        failed = get(pod, "status.phase") == "Failed"
        word, type = ("failed", "Warning") if failed else ("terminated", "Normal")
        message = (
            f"StatefulSet {meta['namespace']}/{meta['name']} is recreating {word} Pod "
            f"{pod['metadata']['name']}"
        )
        self.actions.append(Emit(self.sts, f"Recreating{word.title()}Pod", message, type))
        self.delete(pod)

    def delete(self, pod: View) -> None:
        where = f"Pod {pod['metadata']['name']} in StatefulSet {self.sts['metadata']['name']}"
        self.actions.append(Delete(POD, pod))
        self.actions.append(Emit(self.sts, "SuccessfulDelete", f"delete {where} successful"))

    def dismiss(self, pod: View) -> bool:
        """Whether the pod before it may be looked at."""
        self.actions += claims.kept(self.sts, pod, self.world)
        if is_terminating(pod):
            return not self.is_ordered
        if self.is_ordered and not self.is_up(pod) and pod is not self.first_down():
            return False
        self.delete(pod)
        return not self.is_ordered

    def first_down(self) -> View | None:
        pods = sorted(self.pods.values(), key=ordinal)
        return next((pod for pod in pods if not self.serves(pod)), None)

    def roll(self) -> None:
        """From the last: so many may be missing at a time. What serves nobody may go at once."""
        numbers = self.numbers()
        rolling = get(self.sts, ROLLING) or {}
        most = max(scaled_down(rolling.get("maxUnavailable", 1), len(numbers)), 1)
        missing = sum(n not in self.pods or not self.serves(self.pods[n]) for n in numbers)
        left = most - missing
        for number in reversed(numbers[rolling.get("partition") or 0 :]):
            pod = self.pods.get(number)
            if pod is None or is_terminating(pod) or revision_of(pod) == self.update.name:
                continue
            if self.serves(pod) and left <= 0:
                return
            left -= self.serves(pod)
            self.delete(pod)

    def status(self) -> Object:
        """As the pods are before this pass; ready ones count even while they go."""
        pods = [*self.replicas, *self.condemned]
        stay = [pod for pod in pods if not is_terminating(pod)]
        ready = sum(get(p, "status.phase") == "Running" and is_ready(p) for p in pods)
        figures = {
            "readyReplicas": ready,
            "currentReplicas": sum(revision_of(pod) == self.current.name for pod in stay),
            "updatedReplicas": sum(revision_of(pod) == self.update.name for pod in stay),
        }
        status: Object = {
            "observedGeneration": get(self.sts, "metadata.generation") or 0,
            "replicas": len(pods),
            "availableReplicas": sum(map(self.is_up, pods)),
            "currentRevision": self.current.name,
            "updateRevision": self.update.name,
            "collisionCount": get(self.sts, "status.collisionCount") or 0,
            **{name: figure for name, figure in figures.items() if figure},
        }
        wanted = get(self.sts, "spec.replicas") or 0
        done = figures["updatedReplicas"] == status["replicas"] == ready == wanted
        if done and get(self.sts, "spec.updateStrategy.type") == "RollingUpdate":
            status["currentRevision"] = self.update.name
            if figures["updatedReplicas"]:
                status["currentReplicas"] = figures["updatedReplicas"]
        return status
