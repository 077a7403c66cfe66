"""What a PersistentVolumeClaim may say, and what of it may change.

    check_claim_spec(spec, "spec.volumeClaimTemplates[0].spec")     templates of claims, too

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePersistentVolumeClaimSpec,
ValidatePersistentVolumeClaimUpdate, ValidatePersistentVolumeClaimStatusUpdate).
"""

from collections.abc import Iterator
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, forbidden, immutable, invalid, not_supported, required
from onggi.api.objects import Object, View, clone, get
from onggi.api.selectors import check_label_selector
from onggi.kinds.checks import named
from onggi.kinds.core.persistentvolume.access import (
    OLD_CLASS,
    check_access,
    check_basic_amount,
    check_class,
    check_positive,
    check_present,
    check_volume_mode,
)
from onggi.kinds.core.persistentvolume.matching import requested
from onggi.kinds.core.pod.rules.differences import difference
from onggi.kinds.core.pod.rules.resources import amount_of

CLAIM, VAC, CLASS = "PersistentVolumeClaim", "volumeAttributesClassName", "storageClassName"
FROZEN = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName "
    "for bound claims"
)
RESIZES = (
    "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizePending",
    "NodeResizeInProgress", "NodeResizeInfeasible",
)  # fmt: skip


def check(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_claim_spec(new.get("spec") or {}, "spec")
    if old is not None:
        yield from check_update(new, old)


def check_claim_spec(spec: View, path: str) -> Iterator[FieldError]:
    modes = spec.get("accessModes") or ()
    yield from check_present(modes, f"{path}.accessModes", "at least 1 access mode is required")
    yield from check_label_selector(spec.get("selector"), f"{path}.selector")
    yield from check_access(modes, f"{path}.accessModes")
    requests, at = get(spec, "resources.requests") or {}, f"{path}.resources[storage]"
    if "storage" not in requests:
        yield required(at)
    else:
        yield from check_positive(requests["storage"], at)
    yield from check_class(spec, CLASS, path)
    yield from check_volume_mode(spec, path)
    yield from check_source(spec.get("dataSource"), f"{path}.dataSource")
    yield from check_source(spec.get("dataSourceRef"), f"{path}.dataSourceRef")
    yield from check_same_source(spec, path)
    yield from check_class(spec, VAC, path)


def check_source(source: View | None, path: str) -> Iterator[FieldError]:
    if source is None:
        return
    for field in ("name", "kind"):
        yield from check_present(source.get(field), f"{path}.{field}")
    group, kind = source.get("apiGroup") or "", source.get("kind") or ""
    if not group and kind != CLAIM:
        yield invalid(path, kind, f"must be '{CLAIM}' when referencing the default apiGroup")
    if group:
        yield from named(f"{path}.apiGroup", group, names.dns_subdomain)
    if namespace := source.get("namespace"):
        yield from named(f"{path}.namespace", namespace, names.dns_label)


def check_same_source(spec: View, path: str) -> Iterator[FieldError]:
    """``dataSource`` and ``dataSourceRef`` are one thing said twice."""
    short, full = spec.get("dataSource"), spec.get("dataSourceRef")
    if short is None or full is None:
        return
    if full.get("namespace"):
        detail = "may not be specified when dataSourceRef.namespace is specified"
        yield invalid(path, f"{path}.dataSource", detail)
    elif any(short.get(field) != full.get(field) for field in ("apiGroup", "kind", "name")):
        yield invalid(path, f"{path}.dataSource", "must match dataSourceRef")


def check_update(new: View, old: View) -> Iterator[FieldError]:
    after, before = clone(new.get("spec") or {}), old.get("spec") or {}
    yield from check_same_class(new, old, after)
    if not before.get("volumeName"):
        restore(after, before, "volumeName")  # set once, by whoever binds the claim
    if get(new, "status.phase") == "Bound":
        requests, held = get(after, "resources.requests"), get(before, "resources.requests") or {}
        if requests:
            restore(requests, held, "storage")
        restore(after, before, VAC)
    if after != before:
        yield forbidden("spec", f"{FROZEN}\n{difference(before, after)}")
    yield from check_size(new, old)
    if get(new, "spec.volumeMode") != before.get("volumeMode"):
        yield immutable("volumeMode", get(new, "spec.volumeMode"))
    yield from check_attributes(new, old)


def restore(obj: Object, old: View, field: str) -> None:
    if field in old:
        obj[field] = old[field]
    else:
        obj.pop(field, None)


def check_same_class(new: View, old: View, after: Object) -> Iterator[FieldError]:
    """The class may move from the old annotation to its field, and be filled in later."""
    before = get(old, f"spec.{CLASS}")
    was, now = annotation(old), annotation(new)
    given = after.get(CLASS)
    moved = was is not None and before is None and given == was
    if moved and now in (None, was):
        del after[CLASS]
        return
    if (was or "") != (now or ""):
        yield immutable(f"metadata.annotations.{OLD_CLASS}", now or "")
    if given is not None and before is None and was in (None, given):
        del after[CLASS]


def annotation(claim: View) -> Any:
    return (get(claim, "metadata.annotations") or {}).get(OLD_CLASS)


def check_size(new: View, old: View) -> Iterator[FieldError]:
    """Less is asked for only to take back an expansion that failed."""
    asked, before = requested(new), requested(old)
    capacity = amount_of((get(old, "status.capacity") or {}).get("storage", "0"))
    if asked < before and asked <= capacity:
        detail = "field can not be less than status.capacity"
        yield forbidden("spec.resources.requests.storage", detail)


def check_attributes(new: View, old: View) -> Iterator[FieldError]:
    """A class of attributes that was applied is not taken away again."""
    name, path = get(new, f"spec.{VAC}"), f"spec.{VAC}"
    if name == get(old, path) or get(old, "status.currentVolumeAttributesClassName") is None:
        return
    if not name:
        word = "nil" if name is None else "empty string"
        when = "is forbidden when status.currentVolumeAttributesClassName is not nil"
        yield forbidden(path, f"update to {word} {when}")


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    status = new.get("status") or {}
    yield from check_present(get(new, "spec.accessModes"), "Spec.accessModes")
    for name, amount in (status.get("capacity") or {}).items():
        yield from check_basic_amount(amount, f"status.capacity[{name}]")
    path = "status.allocatedResourceStatuses"
    for name, state in (status.get("allocatedResourceStatuses") or {}).items():
        yield from check_key(name, path)
        if state not in RESIZES:
            yield not_supported(path, name, sorted(RESIZES))
    path = "status.allocatedResources"
    for name, amount in (status.get("allocatedResources") or {}).items():
        errors = list(check_key(name, path))
        yield from errors or check_basic_amount(amount, f"{path}[{name}]")


def check_key(name: str, path: str) -> Iterator[FieldError]:
    """``storage``, or a resource of somebody else's domain."""
    if errors := list(named(path, name, names.qualified_name)):
        yield from errors
    elif ("/" not in name or "kubernetes.io/" in name) and name != "storage":
        yield not_supported(path, name, ("storage",))
