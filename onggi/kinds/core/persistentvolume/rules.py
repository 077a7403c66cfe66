"""What a PersistentVolume may say, and what of it may change.

Source: ``pkg/apis/core/validation/validation.go`` (ValidatePersistentVolumeSpec,
ValidatePersistentVolumeUpdate), ``pkg/volume/validation/pv_validation.go``.
"""

import posixpath
from collections.abc import Iterator
from typing import Any

from onggi.api.field_error import FieldError, forbidden, immutable, not_supported, required
from onggi.api.objects import Object, View, clone, get
from onggi.kinds.checks import optional_choice
from onggi.kinds.core.persistentvolume.access import (
    check_access,
    check_basic_amount,
    check_class,
    check_positive,
    check_present,
    check_volume_mode,
)
from onggi.kinds.core.persistentvolume.sources import SOURCES, check_sources
from onggi.kinds.core.pod.rules.differences import difference
from onggi.kinds.core.pod.rules.placement import check_node_selector

POLICIES = ("Delete", "Recycle", "Retain")
MOUNT_OPTIONS = "volume.beta.kubernetes.io/mount-options"
MOUNTED_WITH_OPTIONS = {
    "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "nfs", "rbd", "quobyte", "iscsi",
    "cinder", "cephfs", "azureFile", "vsphereVolume", "azureDisk", "photonPersistentDisk",
}  # fmt: skip
INLINE = "in the context of inline volumes"
VAC = "volumeAttributesClassName"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec, name = new.get("spec") or {}, get(new, "metadata.name") or ""
    yield from check_spec(spec, name, "spec")
    if MOUNT_OPTIONS in (get(new, "metadata.annotations") or {}) and not (
        MOUNTED_WITH_OPTIONS & spec.keys()
    ):
        at = f"metadata.annotations.{MOUNT_OPTIONS}"
        yield forbidden(at, "may not specify mount options for this volume type")
    if old is not None:
        yield from check_update(spec, old.get("spec") or {})


def check_spec(spec: View, name: str, path: str) -> Iterator[FieldError]:
    """Of a PersistentVolume; see ``check_inline`` for the other place of such a spec."""
    modes = spec.get("accessModes") or ()
    yield from check_present(modes, f"{path}.accessModes")
    yield from check_access(modes, f"{path}.accessModes")
    yield from check_capacity(spec.get("capacity") or {}, f"{path}.capacity")
    policy = spec.get("persistentVolumeReclaimPolicy") or None
    yield from optional_choice(f"{path}.persistentVolumeReclaimPolicy", policy, POLICIES)
    yield from check_affinity(spec.get("nodeAffinity"), f"{path}.nodeAffinity")
    yield from check_sources(spec, name, path)
    host = get(spec, "hostPath.path") or ""
    if host and posixpath.normpath(host) in ("/", "//") and policy == "Recycle":
        detail = "may not be 'recycle' for a hostPath mount of '/'"
        yield forbidden(f"{path}.persistentVolumeReclaimPolicy", detail)
    yield from check_class(spec, "storageClassName", path)
    yield from check_volume_mode(spec, path)
    yield from check_attributes(spec, path)


def check_inline(spec: View, path: str) -> Iterator[FieldError]:
    """A volume inside a VolumeAttachment: CSI only, and nothing about claims."""
    for field in ("claimRef", "capacity"):
        if spec.get(field):
            yield forbidden(f"{path}.{field}", f"may not be specified {INLINE}")
    if spec.get("csi") is None:
        yield required(f"{path}.csi", f"has to be specified {INLINE}")
    modes = spec.get("accessModes") or ()
    yield from check_present(modes, f"{path}.accessModes")
    yield from check_access(modes, f"{path}.accessModes")
    if spec.get("persistentVolumeReclaimPolicy") not in (None, "", "Retain"):
        detail = f"may only be Retain {INLINE}"
        yield forbidden(f"{path}.persistentVolumeReclaimPolicy", detail)
    if spec.get("nodeAffinity") is not None:
        yield forbidden(f"{path}.nodeAffinity", f"may not be specified {INLINE}")
    yield from check_sources(spec, "", path)
    if spec.get("storageClassName"):
        yield forbidden(f"{path}.storageClassName", f"may not be specified {INLINE}")
    if spec.get("volumeMode") not in (None, "Filesystem"):
        detail = f"may not specify volumeMode other than Filesystem {INLINE}"
        yield forbidden(f"{path}.volumeMode", detail)


def check_capacity(capacity: View, path: str) -> Iterator[FieldError]:
    yield from check_present(capacity, path)
    if set(capacity) != {"storage"}:
        yield not_supported(path, dict(capacity) or None, ("storage",))
    for name, amount in capacity.items():
        yield from check_basic_amount(amount, f"{path}[{name}]")
        yield from check_positive(amount, f"{path}[{name}]")


def check_affinity(affinity: View | None, path: str) -> Iterator[FieldError]:
    if affinity is None:
        return
    if affinity.get("required") is None:
        yield required(f"{path}.required", "must specify required node constraints")
    else:
        yield from check_node_selector(affinity["required"], f"{path}.required")


def check_attributes(spec: View, path: str) -> Iterator[FieldError]:
    if (name := spec.get(VAC)) is None:
        return
    if not name:
        yield required(f"{path}.{VAC}", "an empty string is disallowed")
    yield from check_class(spec, VAC, path)
    if spec.get("csi") is None:
        yield required(f"{path}.csi", f"has to be specified when using {VAC}")


def check_update(after: View, before: View) -> Iterator[FieldError]:
    new, old = sources_of(after), sources_of(before)
    if get(old, "csi.controllerExpandSecretRef") is None and "csi" in old and "csi" in new:
        new["csi"].pop("controllerExpandSecretRef", None)  # may be added later
    if new != old:
        detail = "spec.persistentvolumesource is immutable after creation\n" + difference(old, new)
        yield forbidden("spec.persistentvolumesource", detail)
    if after.get("volumeMode") != before.get("volumeMode"):
        yield immutable("volumeMode", after.get("volumeMode"))
    if before.get(VAC) is not None and after.get(VAC) is None:
        yield forbidden(f"spec.{VAC}", "update from non-nil value to nil is forbidden")
    yield from check_same_affinity(after.get("nodeAffinity"), before.get("nodeAffinity"))


def check_same_affinity(after: Any, before: Any) -> Iterator[FieldError]:
    """Once it is set it stays."""
    if before is not None and after != before:
        yield immutable("nodeAffinity", after)


def sources_of(spec: View) -> Object:
    return clone({name: spec[name] for name in SOURCES if spec.get(name) is not None})
