"""Keep as many pods as ``spec.replicas`` says: ReplicaSets and ReplicationControllers.

    REPLICASETS = Keeper(REPLICASET)
    Controller(…, reconcile=REPLICASETS.reconcile, watches=REPLICASETS.watches)

Source: ``pkg/controller/replicaset/replica_set.go``. Its "expectations" are not needed: the
caches never show less than this controller wrote (``onggi.controller.index``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onggi.api.errors import StatusError
from onggi.api.kind import Kind
from onggi.api.objects import View, get, is_going
from onggi.api.plan import Action, Map, Plan, SetStatus, World
from onggi.kinds.apps.claim import (
    candidates,
    claim,
    controller_of,
    controls,
    selector_of,
    wakes_for_orphans,
)
from onggi.kinds.apps.pods import create_pod, delete_pods, new_pod
from onggi.kinds.apps.replicas.ranking import doomed
from onggi.kinds.apps.replicas.status import observe, with_failure
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import available_at, is_active, is_finished, is_terminating

BURST = 500  # pods created or deleted in one pass


@dataclass(frozen=True)
class Keeper:
    """``form`` brings an owner to the form of a ReplicaSet, whose selector is a LabelSelector."""

    kind: Kind
    form: Callable[[View], View] = lambda owner: owner

    def reconcile(self, owner: View, world: World, now: datetime) -> Plan:
        rs = self.form(owner)
        found = candidates(POD, rs, world)
        active, actions = claim(POD, rs, found, is_active)
        status = observe(rs, active, len(leaving(rs, found)), now)
        surplus = 0 if is_going(rs) else len(active) - rs["spec"]["replicas"]
        actions += self.scale(rs, active, surplus, world, now)

        def settle(error: StatusError | None) -> list[Action]:
            reason = "FailedCreate" if surplus < 0 else "FailedDelete"
            new = with_failure(rs, status, (reason, error.message) if error else None, now)
            return [] if new == rs.get("status") else [SetStatus(self.kind, owner, new)]

        again = next_available(rs, active, now)
        return Plan([*actions, *settle(None)], again_in=again, failed=settle)

    def scale(
        self, rs: View, active: Sequence[View], surplus: int, world: World, now: datetime
    ) -> Iterator[Action]:
        if surplus < 0:
            template = rs["spec"]["template"]
            missing = range(min(-surplus, BURST))
            yield from (create_pod(rs, new_pod(rs, template)) for _ in missing)
        elif surplus > 0:
            going = doomed(active, self.family(rs, world), min(surplus, BURST), now)
            yield from delete_pods(rs, going)

    def family(self, rs: View, world: World) -> list[View]:
        """The pods of every sibling that has the same owner, this one included."""
        owner = controller_of(rs)
        if owner is None:
            return list(world.owned(POD, rs))
        siblings = world.owned(self.kind, {"metadata": {"uid": owner["uid"]}})
        return [pod for sibling in siblings for pod in world.owned(POD, sibling)]

    @property
    def watches(self) -> dict[Kind, Map]:
        """Pods that nobody owns wake whoever selects them."""
        return {POD: wakes_for_orphans(self.kind, lambda owner: selector_of(self.form(owner)))}


def leaving(rs: View, pods: Sequence[View]) -> list[View]:
    """Its pods whose deletion has begun."""
    selector = selector_of(rs)
    return [
        pod
        for pod in pods
        if controls(rs, pod)
        and is_terminating(pod)
        and not is_finished(pod)
        and selector.matches(get(pod, "metadata.labels"))
    ]


def next_available(rs: View, active: Sequence[View], now: datetime) -> timedelta | None:
    """Until the next ready pod has been so for ``minReadySeconds``."""
    seconds = get(rs, "spec.minReadySeconds", 0)
    times = [at for pod in active if seconds and (at := available_at(pod, seconds))]
    later = [at - now for at in times if at > now]
    return min(later, default=None)
