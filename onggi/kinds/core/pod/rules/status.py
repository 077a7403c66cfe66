"""What a pod's status may say, and what of it may not be taken back.

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePodStatusUpdate).
"""

from collections.abc import Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, forbidden, immutable, invalid
from onggi.api.objects import View, get
from onggi.kinds.addresses import check_address, is_dual
from onggi.kinds.checks import named, node_name
from onggi.kinds.core.pod.predicates import is_sidecar

SYSTEM_CONDITIONS = ("PodScheduled", "Ready", "Initialized")
NO_RETURN = "may not be transitioned to non-terminated state"
ONE_EACH = "may specify no more than one IP for each IP family"


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    after, before = new.get("status") or {}, (old or {}).get("status") or {}
    for index, condition in enumerate(after.get("conditions") or ()):
        kind = condition.get("type") or ""
        if kind not in SYSTEM_CONDITIONS:
            at = f"metadata.conditions[{index}].Type"
            yield from named(at, kind, names.qualified_name)
    nominated = after.get("nominatedNodeName")
    if nominated and nominated != before.get("nominatedNodeName"):
        yield from named("status.nominatedNodeName", nominated, node_name)
    if (after.get("qosClass") or "") != (before.get("qosClass") or ""):
        yield immutable("status.qosClass", after.get("qosClass") or "")
    yield from check_transitions(new, old or {})
    yield from check_addresses(after.get("podIPs") or (), "status.podIPs")
    yield from check_host_addresses(after)


def check_transitions(new: View, old: View) -> Iterator[FieldError]:
    policy = get(old, "spec.restartPolicy") or "Always"
    sidecars = {c.get("name") for c in get(old, "spec.initContainers") or () if is_sidecar(c)}
    for field, rule in (
        ("containerStatuses", policy),
        ("initContainerStatuses", policy),
        ("ephemeralContainerStatuses", "Never"),
    ):
        before = get(old, f"status.{field}") or ()
        running = {
            s.get("name")
            for s in get(new, f"status.{field}") or ()
            if get(s, "state.terminated") is None
        }
        if field == "initContainerStatuses":
            running -= sidecars
        yield from check_ended(before, running, rule, f"status.{field}")


def check_ended(
    before: Sequence[View], running: set[str | None], policy: str, path: str
) -> Iterator[FieldError]:
    """A container that will not be restarted does not run again."""
    if policy == "Always":
        return
    for index, status in enumerate(before):
        ended = get(status, "state.terminated")
        if ended is None or (ended.get("exitCode") and policy == "OnFailure"):
            continue
        if status.get("name") in running:
            yield forbidden(f"{path}[{index}].state", NO_RETURN)


def check_addresses(entries: Sequence[View], path: str) -> Iterator[FieldError]:
    texts = [entry.get("ip") or "" for entry in entries]
    for index, text in enumerate(texts):
        yield from check_address(text, f"{path}[{index}]")
    if len(texts) > 1:
        if not is_dual(texts) or len(texts) > 2:
            yield invalid(path, [dict(entry) for entry in entries], ONE_EACH)
        for index, text in enumerate(texts):
            if text in texts[:index]:
                yield duplicate(f"{path}[{index}]", dict(entries[index]))


def check_host_addresses(status: View) -> Iterator[FieldError]:
    entries = status.get("hostIPs") or ()
    if not entries:
        return
    first = entries[0].get("ip") or ""
    if (status.get("hostIP") or "") != first:
        yield invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`")
    yield from check_addresses(entries, "status.hostIPs")
