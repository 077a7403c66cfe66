"""What may change in a pod once it is there: almost nothing.

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePodUpdate,
ValidatePodEphemeralContainersUpdate, ValidatePodStatusUpdate).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.names import between
from onggi.api.objects import Object, View, clone, get
from onggi.kinds.checks import INT32
from onggi.kinds.core.pod.rules.differences import difference
from onggi.kinds.core.pod.rules.placement import check_tolerations
from onggi.kinds.core.pod.rules.spec import MIRROR

UPDATABLE = ",".join((
    "`spec.containers[*].image`",
    "`spec.initContainers[*].image`",
    "`spec.activeDeadlineSeconds`",
    "`spec.tolerations` (only additions to existing tolerations)",
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
))  # fmt: skip
LISTS = ("containers", "initContainers")
TERMS = "requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
DEADLINE = "spec.activeDeadlineSeconds"
GRACE = "terminationGracePeriodSeconds"


def check_update(new: View, old: View) -> Iterator[FieldError]:
    after, before = new.get("spec") or {}, old.get("spec") or {}
    yield from check_mirror(new, old)
    if errors := list(check_images(after, before)):
        yield from errors
        if any(len(after.get(f) or ()) != len(before.get(f) or ()) for f in LISTS):
            return
    if errors := list(check_deadline(after, before)):
        yield from errors
        return
    yield from check_added_tolerations(after, before)
    yield from check_removed_gates(after, before)
    yield from check_unchanged(after, before)


def check_mirror(new: View, old: View) -> Iterator[FieldError]:
    path = f"metadata.annotations[{MIRROR}]"
    after = (get(new, "metadata.annotations") or {}).get(MIRROR)
    before = (get(old, "metadata.annotations") or {}).get(MIRROR)
    if before is not None and after != before:
        yield forbidden(path, "may not remove or update mirror pod annotation")
    elif before is None and after is not None:
        yield forbidden(path, "may not add mirror pod annotation")


def check_images(after: View, before: View) -> Iterator[FieldError]:
    for field in LISTS:
        containers = after.get(field) or ()
        if len(containers) != len(before.get(field) or ()):
            yield forbidden(f"spec.{field}", "pod updates may not add or remove containers")
            return
        for index, container in enumerate(containers):
            if not container.get("image"):
                yield required(f"spec.{field}[{index}].image")


def check_deadline(after: View, before: View) -> Iterator[FieldError]:
    new, old = after.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")
    if new is None:
        if old is not None:
            yield invalid(DEADLINE, None, "must not update from a positive integer to nil value")
    elif not 0 <= new <= INT32:
        yield invalid(DEADLINE, new, between(0, INT32))
    elif old is not None and old < new:
        yield invalid(DEADLINE, new, "must be less than or equal to previous value")


def check_added_tolerations(after: View, before: View) -> Iterator[FieldError]:
    new = [without(t, "tolerationSeconds") for t in after.get("tolerations") or ()]
    for toleration in before.get("tolerations") or ():
        if without(toleration, "tolerationSeconds") not in new:
            detail = "existing toleration can not be modified except its tolerationSeconds"
            yield forbidden("spec.tolerations", detail)
            return
    yield from check_tolerations(after.get("tolerations") or (), "spec.tolerations")


def without(obj: View, field: str) -> Object:
    return {key: value for key, value in obj.items() if key != field}


def check_removed_gates(after: View, before: View) -> Iterator[FieldError]:
    known = {gate.get("name") for gate in before.get("schedulingGates") or ()}
    for index, gate in enumerate(after.get("schedulingGates") or ()):
        if gate.get("name") not in known:
            detail = f"only deletion is allowed, but found new scheduling gate '{gate.get('name')}'"
            yield forbidden(f"spec.schedulingGates[{index}].name", detail)


def check_unchanged(after: View, before: View) -> Iterator[FieldError]:
    """Everything else is as it was; a gated pod may still narrow where it will run."""
    if same(after, before):
        return
    munged = clone(after)
    for field in LISTS:
        old_list = before.get(field) or ()
        for container, old in zip(munged.get(field) or (), old_list, strict=False):
            container["image"] = old.get("image", "")
    for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        restore(munged, before, field)
    if (before.get(GRACE) or 0) < 0 and munged.get(GRACE) == 1:
        munged[GRACE] = before[GRACE]
    if before.get("schedulingGates"):
        yield from check_gated(munged, before)
    if not same(munged, before):
        detail = f"pod updates may not change fields other than {UPDATABLE}\n"
        yield forbidden("spec", detail + difference(before, munged))


def same(after: Any, before: Any) -> bool:
    """Equal, where an empty list or object is as good as none."""
    return pruned(after) == pruned(before)


def pruned(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [], "")}
    if isinstance(value, list | tuple):
        return [pruned(item) for item in value]
    return value


def restore(obj: Object, old: View, field: str) -> None:
    obj.pop(field, None)
    if field in old:
        obj[field] = old[field]


def check_gated(munged: Object, before: View) -> Iterator[FieldError]:
    """A pod that waits at a gate: node selectors and node affinity may gain terms."""
    new, old = munged.get("nodeSelector") or {}, before.get("nodeSelector") or {}
    if any(new.get(key) != value for key, value in old.items()):
        detail = "only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        yield invalid("spec.nodeSelector", dict(new), detail)
    restore(munged, before, "nodeSelector")
    yield from check_gated_affinity(munged, before)
    affinity = munged.setdefault("affinity", {})
    restore(affinity, before.get("affinity") or {}, "nodeAffinity")
    if not affinity:
        del munged["affinity"]


def check_gated_affinity(after: View, before: View) -> Iterator[FieldError]:
    old: Sequence[View] = get(before, f"affinity.nodeAffinity.{TERMS}") or ()
    new: Sequence[View] = get(after, f"affinity.nodeAffinity.{TERMS}") or ()
    path = f"spec.affinity.nodeAffinity.{TERMS}"
    if old and len(old) != len(new):
        detail = "no additions/deletions to non-empty NodeSelectorTerms list are allowed"
        yield invalid(path, list(new), detail)
        return
    for index, term in enumerate(old):
        if not only_grew(new[index], term):
            detail = "only additions are allowed (no mutations or deletions)"
            yield invalid(f"{path}[{index}]", dict(new[index]), detail)


def only_grew(new: View, old: View) -> bool:
    fields = ("matchExpressions", "matchFields")
    if not any(old.get(field) for field in fields):
        return not any(new.get(field) for field in fields)
    return all(
        list(new.get(field) or ())[: len(old.get(field) or ())] == list(old.get(field) or ())
        for field in fields
    )


def check_ephemeral_update(new: View, old: View | None) -> Iterator[FieldError]:
    """The ``ephemeralcontainers`` subresource only adds."""
    before = old or {}
    if MIRROR in (get(before, "metadata.annotations") or {}):
        yield forbidden("", "static pods do not support ephemeral containers")
        return
    path = "spec.ephemeralContainers"
    by_name = {c.get("name"): c for c in get(new, path) or ()}
    for container in get(before, path) or ():
        name = container.get("name")
        if name not in by_name:
            detail = f'existing ephemeral containers "{name}" may not be removed\n'
            yield forbidden(path, detail)
        elif not same(by_name[name], container):
            detail = f'existing ephemeral containers "{name}" may not be changed\n'
            yield forbidden(path, detail + difference(container, by_name[name]))
