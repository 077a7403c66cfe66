"""Keep as many pods as ``spec.replicas`` says.

Source: ``pkg/controller/replicaset/replica_set.go``. Its "expectations" are not needed: the
caches never show less than this controller wrote (``onggi.controller.index``).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from onggi.api.errors import StatusError
from onggi.api.names import RULES
from onggi.api.objects import Object, View, clone_value, get, owner_reference
from onggi.api.plan import Action, Controller, Create, Delete, Emit, Plan, SetStatus, World
from onggi.kinds.apps.claim import (
    candidates,
    claim,
    controller_of,
    controls,
    is_going,
    selector_of,
    wakes_for_orphans,
)
from onggi.kinds.apps.replicaset.kind import REPLICASET
from onggi.kinds.apps.replicaset.ranking import doomed
from onggi.kinds.apps.replicaset.status import observe, with_failure
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import available_at, is_active, is_finished, is_terminating

BURST = 500  # pods created or deleted in one pass


def reconcile(rs: View, world: World, now: datetime) -> Plan:
    found = candidates(POD, rs, world)
    active, actions = claim(POD, rs, found, is_active)
    status = observe(rs, active, len(leaving(rs, found)), now)
    surplus = 0 if is_going(rs) else len(active) - rs["spec"]["replicas"]
    actions += scale(rs, active, surplus, world, now)

    def settle(error: StatusError | None) -> list[Action]:
        reason = "FailedCreate" if surplus < 0 else "FailedDelete"
        new = with_failure(rs, status, (reason, error.message) if error else None, now)
        return [] if new == rs.get("status") else [SetStatus(REPLICASET, rs, new)]

    return Plan([*actions, *settle(None)], again_in=next_available(rs, active, now), failed=settle)


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


def scale(
    rs: View, active: Sequence[View], surplus: int, world: World, now: datetime
) -> Iterator[Action]:
    if surplus < 0:
        yield from (create(rs) for _ in range(min(-surplus, BURST)))
    elif surplus > 0:
        going = doomed(active, family(rs, world), min(surplus, BURST), now)
        yield from (Delete(POD, pod) for pod in going)
        for pod in going:
            yield Emit(rs, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}")


def create(rs: View) -> Create:
    return Create(
        POD,
        new_pod(rs),
        done=lambda pod: [Emit(rs, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}")],
        failed=lambda e: [Emit(rs, "FailedCreate", f"Error creating: {e.message}", "Warning")],
    )


def new_pod(rs: View) -> Object:
    """A pod of the template (``GetPodFromTemplate``)."""
    name, template = rs["metadata"]["name"], rs["spec"]["template"]
    prefix = f"{name}-"
    kept = ("labels", "annotations", "finalizers")
    given = {k: clone_value(v) for k, v in (template.get("metadata") or {}).items() if k in kept}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **given,
            "generateName": name if RULES[POD.name_rule](prefix, True) else prefix,
            "namespace": rs["metadata"]["namespace"],
            "ownerReferences": [owner_reference(rs)],
        },
        "spec": clone_value(template["spec"]),
    }


def family(rs: View, world: World) -> list[View]:
    """The pods of every ReplicaSet that has the same owner, this one included."""
    owner = controller_of(rs)
    if owner is None:
        return list(world.owned(POD, rs))
    siblings = world.owned(REPLICASET, {"metadata": {"uid": owner["uid"]}})
    return [pod for sibling in siblings for pod in world.owned(POD, sibling)]


def next_available(rs: View, active: Sequence[View], now: datetime) -> timedelta | None:
    """Until the next ready pod has been so for ``minReadySeconds``."""
    seconds = get(rs, "spec.minReadySeconds", 0)
    times = [at for pod in active if seconds and (at := available_at(pod, seconds))]
    later = [at - now for at in times if at > now]
    return min(later, default=None)


CONTROLLER = Controller(
    name="replicaset-controller",
    kind=REPLICASET,
    reconcile=reconcile,
    owns=(POD,),
    watches={POD: wakes_for_orphans(REPLICASET)},
)
