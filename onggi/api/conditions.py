"""Conditions: ``status.conditions`` read and set, with upstream's rules for their times.

    find(obj, "Ready")                     the condition, or None
    is_true(obj, "Ready")
    with_condition(conditions, condition("Ready", "True", "Started"), now)   → a new list
    without(conditions, "Ready")                                             → a new list

``lastTransitionTime`` moves only when the status changes. Pure: lists go in and come out.
Source: ``k8s.io/apimachinery/pkg/api/meta`` (SetStatusCondition).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from onggi.api.objects import Object, View, get
from onggi.api.times import stamp


def find(obj: View, type: str) -> View | None:
    """The condition of an object's status."""
    return in_list(get(obj, "status.conditions") or (), type)


def in_list(conditions: Iterable[View], type: str) -> View | None:
    return next((c for c in conditions if c.get("type") == type), None)


def is_true(obj: View, type: str) -> bool:
    return has_status(obj, type, "True")


def has_status(obj: View, type: str, status: str) -> bool:
    condition = find(obj, type)
    return condition is not None and condition.get("status") == status


def condition(type: str, status: str | bool, reason: str = "", message: str = "") -> Object:
    """A condition without a time: ``with_condition`` gives it one."""
    text = status if isinstance(status, str) else str(status)
    found: dict[str, Any] = {"type": type, "status": text, "reason": reason, "message": message}
    return {key: value for key, value in found.items() if value}


def with_condition(conditions: Sequence[View] | None, new: View, now: datetime) -> list[Object]:
    """The list with ``new`` in its type's place, or at the end.

    Where the status stays, the old lastTransitionTime stays; fields that ``new`` does not name
    stay too, so a probe time or an observedGeneration is not lost.
    """
    listed = [dict(c) for c in conditions or ()]
    old = in_list(listed, new["type"])
    if old is None:
        return [*listed, {"lastTransitionTime": stamp(now), **new}]
    since = old.get("lastTransitionTime")
    if old.get("status") != new.get("status"):
        since = new.get("lastTransitionTime") or stamp(now)
    merged = {**old, **new, "lastTransitionTime": since or stamp(now)}
    for field in ("reason", "message"):
        if not new.get(field):
            merged.pop(field, None)
    return [merged if c is old else c for c in listed]


def without(conditions: Sequence[View] | None, type: str) -> list[Object]:
    return [dict(c) for c in conditions or () if c.get("type") != type]
