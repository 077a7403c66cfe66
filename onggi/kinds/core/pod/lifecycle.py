"""Pods that their node can no longer look after: marked, evicted, collected.

Sources: ``pkg/controller/nodelifecycle`` (markPodsNotReady), ``pkg/controller/tainteviction``,
``pkg/controller/podgc``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import find, has_status
from onggi.api.objects import Object, View, get
from onggi.api.plan import (
    Absent,
    Action,
    Controller,
    Delete,
    Emit,
    Patch,
    Plan,
    SetStatus,
    Wake,
    World,
)
from onggi.api.times import parse, stamp
from onggi.kinds.core.node import NODE
from onggi.kinds.core.pod.kind import POD
from onggi.kinds.core.pod.predicates import (
    is_finished,
    is_ready,
    is_scheduled,
    is_terminating,
    ready_since,
)
from onggi.kinds.core.pod.tolerations import matching

QUARANTINE = timedelta(seconds=40)  # a deleted node may come back
TERMINATED = 12500  # --terminated-pod-gc-threshold
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"


def mark(pod: View, world: World, now: datetime) -> Plan:
    """A pod on a node that nobody hears of is not ready, whatever it said before."""
    node = node_of(pod, world)
    silence = find(node, "Ready") if node else None
    if silence is None or silence["status"] != "Unknown" or not is_ready(pod):
        return Plan()
    since = ready_since(pod)
    if since and since >= parse(silence["lastTransitionTime"]):
        return Plan()  # said by somebody who knows better
    conditions = [
        {**c, "status": "False", "lastTransitionTime": stamp(now)} if c["type"] == "Ready" else c
        for c in pod["status"]["conditions"]
    ]
    return Plan(
        [
            SetStatus(POD, pod, {**pod["status"], "conditions": conditions}),
            Emit(pod, "NodeNotReady", "Node is not ready", "Warning"),
        ]
    )


def evict(pod: View, world: World, now: datetime) -> Plan:
    """A NoExecute taint ends pods that do not tolerate it, or only for a while."""
    node = node_of(pod, world)
    taints = evicting(node) if node else []
    if not taints or is_terminating(pod):
        return Plan()
    tolerations = matching(taints, get(pod, "spec.tolerations") or ())
    if tolerations is not None:
        end = patience_ends(pod, zip(taints, tolerations, strict=True), now)
        if end is None or end > now:
            return Plan(again_in=end - now if end else None)
    meta = pod["metadata"]
    message = f"Marking for deletion Pod {meta['namespace']}/{meta['name']}"
    why = ("DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint")
    return Plan(
        [
            Emit(pod, "TaintManagerEviction", message),
            *disrupted(pod, why, now),
            Delete(POD, pod),
        ]
    )


def patience_ends(
    pod: View, tolerated: Iterable[tuple[View, View]], now: datetime
) -> datetime | None:
    """When the first toleration runs out; None if all are for ever."""
    created = parse(pod["metadata"]["creationTimestamp"])
    ends = [
        max(parse(taint.get("timeAdded") or stamp(now)), created)
        + timedelta(seconds=max(0, toleration["tolerationSeconds"]))
        for taint, toleration in tolerated
        if toleration.get("tolerationSeconds") is not None
    ]
    return min(ends, default=None)


def collect(pod: View, world: World, now: datetime) -> Plan:
    """Pods that nobody will ever end: of nodes that are gone, and too many finished ones."""
    if is_terminating(pod) and not is_scheduled(pod):
        return Plan([Delete(POD, pod, grace=0)])
    if is_scheduled(pod):
        node = node_of(pod, world)
        if node is None:
            return bury(pod, now)
        if is_terminating(pod) and is_out_of_service(node):
            why = "PodGC: node has out-of-service taint"
            return Plan([*failed(pod, why, now), Delete(POD, pod, grace=0)])
    if is_finished(pod) and is_surplus(pod, world):
        return Plan([Delete(POD, pod, grace=0)])
    return Plan()


def bury(pod: View, now: datetime) -> Plan:
    absent = Absent(NODE, "", pod["spec"]["nodeName"], lasting=QUARANTINE)
    why = "PodGC: node no longer exists"
    return Plan([absent, *failed(pod, why, now), Delete(POD, pod, grace=0)])


def failed(pod: View, message: str, now: datetime) -> list[Action]:
    """Its status as it leaves: disrupted, and Failed if it had not ended."""
    why = ("DeletionByPodGC", message)
    return [] if is_finished(pod) else disrupted(pod, why, now, phase="Failed")


def disrupted(
    pod: View, why: tuple[str, str], now: datetime, phase: str | None = None
) -> list[Action]:
    conditions = [c for c in get(pod, "status.conditions") or () if c["type"] != "DisruptionTarget"]
    new: Object = {"type": "DisruptionTarget", "status": "True", "reason": why[0]}
    new |= {"message": why[1], "lastTransitionTime": stamp(now)}
    if generation := get(pod, "metadata.generation"):
        new["observedGeneration"] = generation
    status: Object = {"conditions": [*conditions, new]} | ({"phase": phase} if phase else {})
    return [Patch(POD, pod, {"status": status}, subresource="status")]


def is_surplus(pod: View, world: World) -> bool:
    """Among the oldest finished pods of more than TERMINATED."""
    everybody = world.all(POD)
    if len(everybody) <= TERMINATED:
        return False
    finished = sorted((p for p in everybody if is_finished(p)), key=age)
    return any(p["metadata"]["uid"] == pod["metadata"]["uid"] for p in finished[:-TERMINATED])


def age(pod: View) -> tuple[str, str]:
    return get(pod, "metadata.creationTimestamp", ""), pod["metadata"]["name"]


def node_of(pod: View, world: World) -> View | None:
    return world.get(NODE, "", get(pod, "spec.nodeName") or "")


def evicting(node: View) -> list[View]:
    return [t for t in get(node, "spec.taints") or () if t["effect"] == "NoExecute"]


def is_out_of_service(node: View) -> bool:
    tainted = any(t["key"] == OUT_OF_SERVICE for t in get(node, "spec.taints") or ())
    return tainted and not has_status(node, "Ready", "True")


def on_troubled_node(changed: View, world: World) -> Sequence[Wake]:
    """The pods of a node, if it is one that these controllers have to do with.

    Of a healthy one none are woken, however often it reports.
    """
    name = changed["metadata"]["name"]
    trouble = has_status(changed, "Ready", "Unknown") or evicting(changed)
    if not trouble and world.get(NODE, "", name) and not is_out_of_service(changed):
        return ()
    return [
        (pod["metadata"]["namespace"], pod["metadata"]["name"])
        for pod in world.all(POD)
        if get(pod, "spec.nodeName") == name
    ]


WATCHES = {NODE: on_troubled_node}

NOT_READY = Controller(
    name="node-lifecycle-controller",
    account="node-controller",
    source="node-controller",
    kind=POD,
    reconcile=mark,
    watches=WATCHES,
)
TAINT_EVICTION = Controller(
    name="taint-eviction-controller", kind=POD, reconcile=evict, watches=WATCHES, workers=8
)
GARBAGE = Controller(
    name="pod-garbage-collector-controller",
    account="pod-garbage-collector",
    kind=POD,
    reconcile=collect,
    watches=WATCHES,
)
