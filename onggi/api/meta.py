"""What may stand in an object's ``metadata``; on creation and on update.

    check_metadata(obj, kind) -> list[FieldError]             after generateName was used
    check_metadata_update(new, old) -> list[FieldError]

Source: ``k8s.io/apimachinery/pkg/api/validation`` (objectmeta.go).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api import field_error, names
from onggi.api.field_error import FieldError, forbidden, immutable, invalid, required, too_long
from onggi.api.kind import Kind
from onggi.api.objects import View

ANNOTATIONS_LIMIT = 256 * 1024
MANAGER_LIMIT = 128
SUBRESOURCE_LIMIT = 256
ORPHAN, FOREGROUND = "orphan", "foregroundDeletion"
OWNER_FIELDS = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
ONCE_SET = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")
PATH = "metadata"


def check_metadata(obj: View, kind: Kind) -> list[FieldError]:
    """Everything wrong with the metadata of an object that is about to be created."""
    meta = obj.get("metadata") or {}
    errors = [*check_name(meta, names.RULES[kind.name_rule]), *check_namespace(meta, kind)]
    errors += check_generation(meta)
    errors += check_contents(meta)
    errors += check_finalizers(meta.get("finalizers") or ())
    return errors


def check_metadata_update(new: View, old: View) -> list[FieldError]:
    """Everything wrong with the metadata of ``new``, which is to replace ``old``."""
    after, before = new.get("metadata") or {}, old.get("metadata") or {}
    errors: list[FieldError] = []
    if before.get("deletionTimestamp"):
        errors += check_no_new_finalizers(after, before)
    if not after.get("resourceVersion"):
        errors.append(invalid(f"{PATH}.resourceVersion", "", "must be specified for an update"))
    errors += check_generation(after)
    generation = after.get("generation") or 0
    if generation < (before.get("generation") or 0):
        errors.append(invalid(f"{PATH}.generation", generation, "must not be decremented"))
    for field in ("name", "namespace", *ONCE_SET):
        if (after.get(field) or None) != (before.get(field) or None):
            value = after.get(field, "" if field in ("name", "namespace", "uid") else None)
            errors.append(immutable(f"{PATH}.{field}", value))
    return errors + check_contents(after)


def check_name(meta: View, rule: Any) -> Iterator[FieldError]:
    if prefix := meta.get("generateName"):
        for message in rule(prefix, True):
            yield invalid(f"{PATH}.generateName", prefix, message)
    if not (name := meta.get("name")):
        yield required(f"{PATH}.name", "name or generateName is required")
        return
    for message in rule(name, False):
        yield invalid(f"{PATH}.name", name, message)


def check_namespace(meta: View, kind: Kind) -> Iterator[FieldError]:
    namespace = meta.get("namespace") or ""
    if not kind.namespaced:
        if namespace:
            yield forbidden(f"{PATH}.namespace", "not allowed on this type")
    elif not namespace:
        yield required(f"{PATH}.namespace")
    else:
        for message in names.dns_label(namespace):
            yield invalid(f"{PATH}.namespace", namespace, message)


def check_generation(meta: View) -> Iterator[FieldError]:
    generation = meta.get("generation") or 0
    if generation < 0:
        detail = "must be greater than or equal to 0"
        yield invalid(f"{PATH}.generation", generation, detail)


def check_contents(meta: View) -> list[FieldError]:
    """What is checked on every write."""
    return [
        *check_labels(meta.get("labels") or {}, f"{PATH}.labels"),
        *check_annotations(meta.get("annotations") or {}, f"{PATH}.annotations"),
        *check_owners(meta.get("ownerReferences") or (), f"{PATH}.ownerReferences"),
        *check_managed(meta.get("managedFields") or (), f"{PATH}.managedFields"),
    ]


def check_labels(labels: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """Of metadata, of a pod template, of ``matchLabels``: keys and values."""
    for key, value in labels.items():
        for message in names.label_key(key):
            yield invalid(path, key, message)
        for message in names.label_value(value):
            yield invalid(path, value, message)


def check_annotations(annotations: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """Keys in any case; keys and values together at most 256 KiB."""
    for key in annotations:
        for message in names.label_key(key.lower()):
            yield invalid(path, key, message)
    if sum(names.size(k) + names.size(v) for k, v in annotations.items()) > ANNOTATIONS_LIMIT:
        yield too_long(path, ANNOTATIONS_LIMIT)


def check_owners(owners: Sequence[View], path: str) -> Iterator[FieldError]:
    controller = ""
    for index, owner in enumerate(owners):
        yield from check_owner(owner, f"{path}[{index}]")
        if not owner.get("controller"):
            continue
        name = f"{owner.get('kind', '')}/{owner.get('name', '')}"
        if controller:
            detail = (
                "Only one reference can have Controller set to true. "
                f'Found "true" in references for {controller} and {name}'
            )
            yield invalid(path, [shown_owner(o) for o in owners], detail)
        else:
            controller = name


def check_owner(owner: View, path: str) -> Iterator[FieldError]:
    version = owner.get("apiVersion") or ""
    if not version:
        yield required(f"{path}.apiVersion", "must not be empty")
    elif version.count("/") > 1 or version.endswith("/"):
        yield invalid(f"{path}.apiVersion", version, "must be <group>/<version> or <version>")
    for field in ("kind", "name", "uid"):
        if not owner.get(field):
            yield required(f"{path}.{field}", "must not be empty")
    if (version, owner.get("kind")) == ("v1", "Event"):
        detail = "/v1, Kind=Event is disallowed from being an owner"
        yield invalid(path, shown_owner(owner), detail)


def shown_owner(owner: View) -> dict[str, Any]:
    """In the order, and with the empty strings, of upstream's struct."""
    shown = {field: owner.get(field, "") for field in OWNER_FIELDS[:4]}
    return shown | {field: owner[field] for field in OWNER_FIELDS[4:] if field in owner}


def check_finalizers(finalizers: Sequence[str]) -> Iterator[FieldError]:
    path = f"{PATH}.finalizers"
    for finalizer in finalizers:
        for message in names.qualified_name(finalizer):
            yield invalid(path, finalizer, message)
    if ORPHAN in finalizers and FOREGROUND in finalizers:
        detail = f"finalizer {ORPHAN} and {FOREGROUND} cannot be both set"
        yield invalid(path, list(finalizers), detail)


def check_no_new_finalizers(after: View, before: View) -> Iterator[FieldError]:
    extra = set(after.get("finalizers") or ()) - set(before.get("finalizers") or ())
    if extra:
        shown = ", ".join(field_error.shown(name) for name in sorted(extra))
        yield forbidden(
            f"{PATH}.finalizers",
            "no new finalizers can be added if the object is being deleted, "
            f"found new finalizers []string{{{shown}}}",
        )


def check_managed(entries: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, entry in enumerate(entries):
        at = f"{path}[{index}]"
        operation = entry.get("operation") or ""
        if not operation:
            yield required(f"{at}.operation", "must not be empty")
        elif operation not in ("Apply", "Update"):
            yield field_error.not_supported(f"{at}.operation", operation, ("Apply", "Update"))
        kind = entry.get("fieldsType") or "FieldsV1"
        if kind != "FieldsV1":
            yield invalid(f"{at}.fieldsType", kind, "must be `FieldsV1`")
        yield from check_manager(entry.get("manager") or "", f"{at}.manager")
        if names.size(entry.get("subresource") or "") > SUBRESOURCE_LIMIT:
            yield too_long(f"{at}.subresource", SUBRESOURCE_LIMIT)


def check_manager(manager: str, path: str) -> Iterator[FieldError]:
    """A field manager's name, in metadata or in ``?fieldManager=``."""
    if len(manager) <= MANAGER_LIMIT and manager.isascii() and manager.isprintable():
        return
    if names.size(manager) > MANAGER_LIMIT:
        yield too_long(path, MANAGER_LIMIT)
    position = 0
    for character in manager:
        if not character.isprintable():
            detail = f"invalid character U+{ord(character):04X} (at position {position})"
            yield invalid(path, manager, detail)
        position += names.size(character)
