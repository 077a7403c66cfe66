"""A node that is not heard of becomes Unknown, and what its state means becomes taints.

Its Lease and the heartbeat in its status count as signs of life. Taints that evict pods are
held back while no node at all is ready: then the trouble is rather ours than theirs.
Source: ``pkg/controller/nodelifecycle/node_lifecycle_controller.go``. Left out are zones
(evicting slower where many nodes of a zone fail) and the limit of one node in ten seconds.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import find, in_list, is_true
from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Controller, Emit, Patch, Plan, SetStatus, Wake, World
from onggi.api.times import parse, stamp
from onggi.kinds.coordination.lease import LEASE
from onggi.kinds.core.node.kind import NODE

GRACE = timedelta(seconds=50)  # --node-monitor-grace-period
STARTUP_GRACE = timedelta(seconds=60)  # --node-startup-grace-period
LEASES = "kube-node-lease"
PREFIX = "node.kubernetes.io/"
CONDITIONS = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")

# condition → its status → the taint's key
TAINTS = {
    "Ready": {"False": "not-ready", "Unknown": "unreachable"},
    "MemoryPressure": {"True": "memory-pressure"},
    "DiskPressure": {"True": "disk-pressure"},
    "NetworkUnavailable": {"True": "network-unavailable"},
    "PIDPressure": {"True": "pid-pressure"},
}
UNSCHEDULABLE = f"{PREFIX}unschedulable"
EVICTING = {f"{PREFIX}{key}" for key in TAINTS["Ready"].values()}
OURS = {UNSCHEDULABLE, *(f"{PREFIX}{key}" for keys in TAINTS.values() for key in keys.values())}


def reconcile(node: View, world: World, now: datetime) -> Plan:
    actions: list[Action] = []
    silent_at = last_sign(node, world) + grace(node)
    conditions = [dict(c) for c in get(node, "status.conditions") or ()]
    if now > silent_at:
        conditions = silenced(node, conditions, now)
        if conditions != get(node, "status.conditions"):
            status = {**(node.get("status") or {}), "conditions": conditions}
            actions.append(SetStatus(NODE, node, status))
        if is_true(node, "Ready"):
            name = node["metadata"]["name"]
            message = f"Node {name} status is now: NodeNotReady"
            actions.append(Emit(node, "NodeNotReady", message))
    taints = tainted(node, conditions, some_ready(node, conditions, world), now)
    if taints != list(get(node, "spec.taints") or ()):
        actions.append(Patch(NODE, node, {"spec": {"taints": taints or None}}))
    again = silent_at - now + timedelta(milliseconds=1)
    return Plan(actions, again_in=again if again > timedelta() else None)


def grace(node: View) -> timedelta:
    return GRACE if find(node, "Ready") else STARTUP_GRACE


def last_sign(node: View, world: World) -> datetime:
    """Of life. What happened before we began to watch is not held against the node."""
    name = node["metadata"]["name"]
    lease = world.get(LEASE, LEASES, name) or {}
    signs = (
        get(lease, "spec.renewTime"),
        get(find(node, "Ready") or {}, "lastHeartbeatTime"),
        get(node, "metadata.creationTimestamp"),
    )
    return max(world.began, *(parse(text) for text in signs if text))


def silenced(node: View, conditions: list[Object], now: datetime) -> list[Object]:
    """Nobody knows how the node is."""
    changed = [unknown(c, now) if c["type"] in CONDITIONS else c for c in conditions]
    never = [type for type in CONDITIONS if in_list(conditions, type) is None]
    return [
        *changed,
        *(
            {
                "type": type,
                "status": "Unknown",
                "lastHeartbeatTime": get(node, "metadata.creationTimestamp"),
                "lastTransitionTime": stamp(now),
                "reason": "NodeStatusNeverUpdated",
                "message": "Kubelet never posted node status.",
            }
            for type in never
        ),
    ]


def unknown(condition: Object, now: datetime) -> Object:
    if condition["status"] == "Unknown":
        return condition
    return condition | {
        "status": "Unknown",
        "lastTransitionTime": stamp(now),
        "reason": "NodeStatusUnknown",
        "message": "Kubelet stopped posting node status.",
    }


def some_ready(node: View, conditions: Sequence[View], world: World) -> bool:
    """Whether there is a node left that could take over."""
    ready = in_list(conditions, "Ready")
    if ready is not None and ready["status"] == "True":
        return True
    name = node["metadata"]["name"]
    return any(is_true(o, "Ready") for o in world.all(NODE) if o["metadata"]["name"] != name)


def tainted(node: View, conditions: Sequence[View], may_evict: bool, now: datetime) -> list[Object]:
    """The node's taints, ours brought up to date; those that stay keep their place and time."""
    wanted = taints_for(node, conditions, may_evict)
    present = [dict(t) for t in get(node, "spec.taints") or ()]
    kept = [t for t in present if not is_ours(t) or identity(t) in wanted]
    known = {identity(t) for t in kept}
    fresh = [
        {"key": key, "effect": effect, "timeAdded": stamp(now)}
        for key, effect in wanted
        if (key, effect) not in known
    ]
    return [timed(t, now) for t in kept] + fresh


def taints_for(node: View, conditions: Sequence[View], may_evict: bool) -> list[tuple[str, str]]:
    wanted = []
    for type, keys in TAINTS.items():
        condition = in_list(conditions, type)
        key = keys.get(condition["status"]) if condition else None
        if key:
            wanted.append((f"{PREFIX}{key}", "NoSchedule"))
            if type == "Ready" and may_evict:
                wanted.append((f"{PREFIX}{key}", "NoExecute"))
    if get(node, "spec.unschedulable"):
        wanted.append((UNSCHEDULABLE, "NoSchedule"))
    return wanted


def identity(taint: View) -> tuple[str, str]:
    return taint["key"], taint["effect"]


def is_ours(taint: View) -> bool:
    effect = taint["effect"]
    evicts = effect == "NoExecute" and taint["key"] in EVICTING
    return evicts or (effect == "NoSchedule" and taint["key"] in OURS)


def timed(taint: Object, now: datetime) -> Object:
    """Eviction counts from when the taint was added; kubectl does not write that down."""
    if taint["effect"] != "NoExecute" or taint.get("timeAdded"):
        return taint
    return taint | {"timeAdded": stamp(now)}


def arrived(node: View, world: World) -> Sequence[Action]:
    name = node["metadata"]["name"]
    return [Emit(node, "RegisteredNode", f"Registered Node {name} in Controller")]


def departed(node: View, world: World) -> Sequence[Action]:
    name = node["metadata"]["name"]
    return [Emit(node, "RemovingNode", f"Removing Node {name} from Controller")]


def of_lease(changed: View, world: World) -> list[Wake]:
    meta = changed["metadata"]
    return [("", meta["name"])] if meta["namespace"] == LEASES else []


def those_not_ready(changed: View, world: World) -> list[Wake]:
    """The last ready node going, or the first coming, matters to those that are not."""
    nodes = world.all(NODE)
    return [("", node["metadata"]["name"]) for node in nodes if not is_true(node, "Ready")]


CONTROLLER = Controller(
    name="node-lifecycle-controller",
    account="node-controller",
    source="node-controller",
    kind=NODE,
    reconcile=reconcile,
    arrived=arrived,
    departed=departed,
    watches={LEASE: of_lease, NODE: those_not_ready},
    whole={LEASE: lambda obj: obj["metadata"]["namespace"] == LEASES},
)
