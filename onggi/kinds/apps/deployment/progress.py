"""A Deployment's status: figures and the conditions Available, Progressing, ReplicaFailure.

Source: ``pkg/controller/deployment/progress.go`` and ``calculateStatus`` in ``sync.go``.
Conditions carry lastUpdateTime beside lastTransitionTime, hence rules of their own.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from onggi.api.conditions import in_list, without
from onggi.api.objects import Object, View, get
from onggi.api.times import parse, stamp
from onggi.kinds.apps.deployment.rollout import Limits

FOREVER = 2**31 - 1  # this deadline or limit means none

Conditions = list[Object]


def condition(type: str, status: str, reason: str, message: str, now: datetime) -> Object:
    return {
        "type": type,
        "status": status,
        "lastUpdateTime": stamp(now),
        "lastTransitionTime": stamp(now),
        "reason": reason,
        "message": message,
    }


def progressing(status: str, reason: str, message: str, now: datetime) -> Object:
    return condition("Progressing", status, reason, message, now)


def put(conditions: Sequence[View], new: Object) -> Conditions:
    """``new`` in its type's place, at the end; nothing changes if status and reason do not."""
    old = in_list(conditions, new["type"])
    if old and (old["status"], old["reason"]) == (new["status"], new["reason"]):
        return [dict(c) for c in conditions]
    if old and old["status"] == new["status"]:
        new = new | {"lastTransitionTime": old["lastTransitionTime"]}
    return [*without(conditions, new["type"]), new]


def deadline(d: View) -> int | None:
    """``progressDeadlineSeconds``, if there is one."""
    seconds = get(d, "spec.progressDeadlineSeconds")
    return None if seconds == FOREVER else seconds


def total(sets: Iterable[View], field: str) -> int:
    return sum(get(rs, field, 0) for rs in sets)


def observe(d: View, new: View | None, sets: Sequence[View]) -> Object:
    """The figures, without conditions; zeros are left out, as upstream's encoding does."""
    available = total(sets, "status.availableReplicas")
    status = d.get("status") or {}
    figures = {
        "observedGeneration": get(d, "metadata.generation", 0),
        "replicas": total(sets, "status.replicas"),
        "updatedReplicas": total([new] if new else [], "status.replicas"),
        "readyReplicas": total(sets, "status.readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, total(sets, "spec.replicas") - available),
    }
    shown = {name: figure for name, figure in figures.items() if figure}
    if "collisionCount" in status:
        shown["collisionCount"] = status["collisionCount"]
    ended = [get(rs, "status.terminatingReplicas") for rs in sets if was_observed(rs)]
    return shown if None in ended else shown | {"terminatingReplicas": sum(ended)}


def was_observed(rs: View) -> bool:
    """Its controller has reported about it at least once."""
    status = rs.get("status") or {}
    return bool(status.get("observedGeneration")) or "terminatingReplicas" in status


def availability(d: View, status: View, conditions: Conditions, now: datetime) -> Conditions:
    if status.get("availableReplicas", 0) >= Limits.of(d["spec"]).least:
        reason, message = "MinimumReplicasAvailable", "Deployment has minimum availability."
        return put(conditions, condition("Available", "True", reason, message, now))
    reason, message = "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
    return put(conditions, condition("Available", "False", reason, message, now))


def is_complete(d: View, status: View) -> bool:
    want = d["spec"]["replicas"]
    figures = ("updatedReplicas", "replicas", "availableReplicas")
    seen = status.get("observedGeneration", 0) >= get(d, "metadata.generation", 0)
    return seen and all(status.get(figure, 0) == want for figure in figures)


def has_progressed(before: View, after: View) -> bool:
    def old(status: View) -> int:
        return status.get("replicas", 0) - status.get("updatedReplicas", 0)

    grown = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return old(after) < old(before) or any(after.get(f, 0) > before.get(f, 0) for f in grown)


def progress(
    d: View, new: View | None, status: View, conditions: Conditions, now: datetime
) -> Conditions:
    """The conditions with Progressing brought up to date during a rollout."""
    seconds = deadline(d)
    if seconds is None:
        return without(conditions, "Progressing")
    current = in_list(conditions, "Progressing")
    settled = current is not None and current["reason"] == "NewReplicaSetAvailable"
    if settled and status.get("replicas", 0) == status.get("updatedReplicas", 0):
        return conditions
    name = d["metadata"]["name"] if new is None else new["metadata"]["name"]
    subject = f'{"Deployment" if new is None else "ReplicaSet"} "{name}"'
    if is_complete(d, status):
        message = f"{subject} has successfully progressed."
        return put(conditions, progressing("True", "NewReplicaSetAvailable", message, now))
    if has_progressed(d.get("status") or {}, status):
        latest = progressing("True", "ReplicaSetUpdated", f"{subject} is progressing.", now)
        if current and current["status"] == "True":
            latest["lastTransitionTime"] = current["lastTransitionTime"]
        return [*without(conditions, "Progressing"), latest]  # lastUpdateTime moves each time
    if current and has_timed_out(current, seconds, now):
        message = f"{subject} has timed out progressing."
        return put(conditions, progressing("False", "ProgressDeadlineExceeded", message, now))
    return conditions


def has_timed_out(current: View, seconds: int, now: datetime) -> bool:
    if current["reason"] == "NewReplicaSetAvailable":
        return False
    if current["reason"] == "ProgressDeadlineExceeded":
        return True
    return parse(current["lastUpdateTime"]) + timedelta(seconds=seconds) < now


def failures(conditions: Conditions, new: View | None, sets: Sequence[View]) -> Conditions:
    """The ReplicaFailure of the new ReplicaSet, or else of any."""
    for rs in [*([new] if new else []), *sets]:
        if failure := in_list(get(rs, "status.conditions") or (), "ReplicaFailure"):
            since = failure["lastTransitionTime"]
            copied = dict(failure) | {"lastUpdateTime": since, "lastTransitionTime": since}
            return put(conditions, copied)
    return without(conditions, "ReplicaFailure")


def next_check(d: View, status: View, now: datetime) -> timedelta | None:
    """When to see whether the rollout is stuck."""
    seconds = deadline(d)
    current = in_list(status.get("conditions") or (), "Progressing")
    if seconds is None or current is None or get(d, "spec.paused"):
        return None
    if is_complete(d, status) or current["reason"] == "ProgressDeadlineExceeded":
        return None
    due = parse(current["lastUpdateTime"]) + timedelta(seconds=seconds)
    return max(due - now, timedelta()) + timedelta(seconds=1)  # a second for rounded times
