"""The smallest strategic merge patch that brings a pod's status in the API up to date. Pure."""

from typing import Any

from onggi.api.conditions import in_list
from onggi.api.objects import Object, View, get
from onggi.node.pod_conditions import OWNED

FIELDS = (  # those of a status that the node owns, besides its conditions
    "observedGeneration",
    "phase",
    "reason",
    "message",
    "hostIP",
    "podIP",
    "startTime",
    "qosClass",
    "initContainerStatuses",
    "containerStatuses",
    "ephemeralContainerStatuses",
)
MERGED = ("hostIPs", "podIPs")  # lists that a strategic merge would only add to


def status_patch(pod: View, new: View) -> Object:
    """Empty if the API has it all. ``pod`` is the object as the API has it.

    The uid makes the server refuse it (409) for another pod of the same name.
    """
    old = get(pod, "status") or {}
    patch: Object = {f: new.get(f) for f in FIELDS if differs(old.get(f), new.get(f))}
    for field in MERGED:
        if differs(old.get(field), new.get(field)):
            patch[field] = [{"$patch": "replace"}, *(new.get(field) or ())]
    if changed := changed_conditions(old, new):
        patch["conditions"] = changed
    return {"metadata": {"uid": pod["metadata"]["uid"]}, "status": patch} if patch else {}


def changed_conditions(old: View, new: View) -> list[Object]:
    """With nulls for what a condition no longer says."""
    changed = []
    for condition in new.get("conditions") or ():
        if condition["type"] not in OWNED:
            continue
        before = in_list(old.get("conditions") or (), condition["type"])
        if differs(before, condition):
            lost = {field: None for field in before or {} if field not in condition}
            changed.append({**lost, **condition})
    return changed


def differs(old: Any, new: Any) -> bool:
    return bool(old != new and bare(old) != bare(new))


def bare(value: Any) -> Any:
    """Without nulls and empty things, which a server may leave out."""
    if isinstance(value, dict):
        kept = {key: bare(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [], "")}
    if isinstance(value, list | tuple):
        return [bare(item) for item in value]
    return None if value in ("", {}, []) else value
