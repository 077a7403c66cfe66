"""PersistentVolumeClaim (v1): a request for storage.

Source: ``pkg/registry/core/persistentvolumeclaim/strategy.go``,
``pkg/api/persistentvolumeclaim/util.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import Object, View, clone_value, get
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.core.persistentvolume.access import (
    OLD_CLASS,
    OLD_CLASS_TEXT,
    UNSET,
    class_of,
    phase,
    shown_access,
    shown_bytes,
    storage,
)
from onggi.kinds.core.persistentvolumeclaim.rules import CLAIM, check, check_status
from onggi.kinds.fill import normalize_amounts

SPEC = "@io.k8s.api.core.v1.PersistentVolumeClaimSpec"
STATUS = "@io.k8s.api.core.v1.PersistentVolumeClaimStatus"
SNAPSHOT = ("snapshot.storage.k8s.io", "VolumeSnapshot")


def default(claim: Object) -> None:
    for path in ("spec.resources.requests", "spec.resources.limits", "status.capacity",
                 "status.allocatedResources"):  # fmt: skip
        normalize_amounts(get(claim, path))


def prepare(claim: Object, old: View | None) -> None:
    if old is None:
        claim["status"] = {"phase": "Pending"}
    spec = claim.setdefault("spec", {})
    settle_sources(spec, (old or {}).get("spec") or {})


def settle_sources(spec: Object, before: View) -> None:
    """What an old client says in ``dataSource`` and a new one in ``dataSourceRef`` is the same.

    Only claims and snapshots may be named the old way; other namespaces not at all yet.
    """
    full = spec.get("dataSourceRef")
    if full is not None and full.get("namespace") and before.get("dataSourceRef") is None:
        full = spec.pop("dataSourceRef") and None
    in_use = before.get("dataSource") is not None or before.get("dataSourceRef") is not None
    if not in_use and full is None and not is_plain(spec.get("dataSource")):
        spec.pop("dataSource", None)
    short = spec.get("dataSource")
    if short is not None and full is None:
        spec["dataSourceRef"] = clone_value(short)
    elif full is not None and short is None and not full.get("namespace"):
        spec["dataSource"] = {key: full[key] for key in ("apiGroup", "kind", "name") if key in full}


def is_plain(source: View | None) -> bool:
    if source is None:
        return False
    return (source.get("apiGroup") or "", source.get("kind")) in (("", CLAIM), SNAPSHOT)


def advise(new: View, old: View | None) -> Iterator[str]:
    if OLD_CLASS in (get(new, "metadata.annotations") or {}):
        yield OLD_CLASS_TEXT
    for side in ("requests", "limits"):
        yield from shown_bytes(get(new, f"spec.resources.{side}"), f"spec.resources.{side}")


def capacity(claim: View, now: datetime) -> str:
    if not get(claim, "spec.volumeName"):
        return ""
    return storage(claim, "status.capacity") or "0"


def access(claim: View, now: datetime) -> str:
    bound = get(claim, "spec.volumeName")
    return shown_access(get(claim, "status.accessModes")) if bound else ""


PERSISTENTVOLUMECLAIM = Kind(
    group="",
    version="v1",
    name=CLAIM,
    plural="persistentvolumeclaims",
    schema="io.k8s.api.core.v1.PersistentVolumeClaim",
    short=("pvc",),
    defaults=(
        Default("status.phase", "Pending"),
        Default("spec.volumeMode", "Filesystem"),
    ),
    derived=(default,),
    prepare=prepare,
    rules=(check,),
    status_rules=(check_status,),
    advice=(advise,),
    columns=(
        NAME,
        Column("Status", lambda pvc, now: phase(pvc), description=f"{STATUS}.phase"),
        Column("Volume", "spec.volumeName", description=f"{SPEC}.volumeName"),
        Column("Capacity", capacity, description=f"{STATUS}.capacity"),
        Column("Access Modes", access, description=f"{STATUS}.accessModes"),
        Column("StorageClass", lambda pvc, now: class_of(pvc),
               description="StorageClass of the pvc"),
        Column("VolumeAttributesClass",
               lambda pvc, now: get(pvc, "spec.volumeAttributesClassName", UNSET),
               description="VolumeAttributesClass of the pvc"),
        AGE,
        Column("VolumeMode", lambda pvc, now: get(pvc, "spec.volumeMode", UNSET), wide=True,
               description=f"{SPEC}.volumeMode"),
    ),
    selectable={"name": "metadata.name"},
)  # fmt: skip
