"""PersistentVolume (v1): a piece of storage, and which claim it is for.

Source: ``pkg/registry/core/persistentvolume/strategy.go``, ``pkg/api/persistentvolume/util.go``.
"""

from collections.abc import Iterator
from datetime import datetime

from onggi.api.kind import Column, Default, Kind
from onggi.api.objects import Object, View, get
from onggi.api.times import stamp
from onggi.kinds.cells import AGE, NAME
from onggi.kinds.core.persistentvolume.access import (
    OLD_CLASS,
    OLD_CLASS_TEXT,
    UNSET,
    class_of,
    phase,
    shown_access,
    storage,
)
from onggi.kinds.core.persistentvolume.rules import check
from onggi.kinds.core.pod.advice import OLD_LABELS, OLD_VOLUMES
from onggi.kinds.core.pod.volumes import POINTERS, ZEROES
from onggi.kinds.fill import fill_absent, fill_zero, first_status, normalize_amounts

SPEC, STATUS = (
    "@io.k8s.api.core.v1.PersistentVolumeSpec",
    "@io.k8s.api.core.v1.PersistentVolumeStatus",
)
# The others of OLD_VOLUMES are not warned about here.
WARNED = ("cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd")
SHOWN = {"storageos": "storageOS"}
SINCE = "lastPhaseTransitionTime"
RECYCLE = (
    "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the "
    "recommended approach is to use dynamic provisioning."
)


def default(volume: Object) -> None:
    spec = volume.get("spec")
    if not isinstance(spec, dict):
        return
    normalize_amounts(spec.get("capacity"))
    for name, table in POINTERS.items():
        if isinstance(source := spec.get(name), dict):
            fill_absent(source, table)
    for name, table in ZEROES.items():
        if isinstance(source := spec.get(name), dict):
            fill_zero(source, table)


def stamp_phase(volume: Object, old: View | None, now: datetime) -> None:
    """Since when the volume is in its phase, unless whoever wrote the phase says so."""
    status, before = volume.setdefault("status", {}), (old or {}).get("status") or {}
    told, was = status.get(SINCE), before.get(SINCE)
    if old is not None and status.get("phase") == before.get("phase"):
        if told is None and was is not None:
            status[SINCE] = was
    elif told is None or told == was:
        status[SINCE] = stamp(now)


def advise(new: View, old: View | None) -> Iterator[str]:
    spec = new.get("spec") or {}
    if OLD_CLASS in (get(new, "metadata.annotations") or {}):
        yield OLD_CLASS_TEXT
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield RECYCLE
    for index, term in enumerate(get(spec, "nodeAffinity.required.nodeSelectorTerms") or ()):
        for place, item in enumerate(term.get("matchExpressions") or ()):
            if (key := item.get("key")) in OLD_LABELS:
                at = f"spec.nodeAffinity.required.nodeSelectorTerms[{index}]"
                yield f"{at}.matchExpressions[{place}].key: {key} is {OLD_LABELS[key]}"
    for name in WARNED:
        if spec.get(name) is not None:
            yield f"spec.{SHOWN.get(name, name)}: {OLD_VOLUMES[name]}"


def claim(volume: View, now: datetime) -> str:
    reference = get(volume, "spec.claimRef")
    return f"{reference.get('namespace', '')}/{reference.get('name', '')}" if reference else ""


PERSISTENTVOLUME = Kind(
    group="",
    version="v1",
    name="PersistentVolume",
    plural="persistentvolumes",
    schema="io.k8s.api.core.v1.PersistentVolume",
    namespaced=False,
    short=("pv",),
    defaults=(
        Default("status.phase", "Pending"),
        Default("spec.persistentVolumeReclaimPolicy", "Retain"),
        Default("spec.volumeMode", "Filesystem"),
    ),
    derived=(default,),
    prepare=first_status({"phase": "Pending"}),
    timed=stamp_phase,
    rules=(check,),
    advice=(advise,),
    columns=(
        NAME,
        Column("Capacity", lambda pv, now: storage(pv, "spec.capacity") or "0",
               description=f"{SPEC}.capacity"),
        Column("Access Modes", lambda pv, now: shown_access(get(pv, "spec.accessModes")),
               description=f"{SPEC}.accessModes"),
        Column("Reclaim Policy", "spec.persistentVolumeReclaimPolicy",
               description=f"{SPEC}.persistentVolumeReclaimPolicy"),
        Column("Status", lambda pv, now: phase(pv), description=f"{STATUS}.phase"),
        Column("Claim", claim, description=f"{SPEC}.claimRef"),
        Column("StorageClass", lambda pv, now: class_of(pv),
               description="StorageClass of the pv"),
        Column("VolumeAttributesClass",
               lambda pv, now: get(pv, "spec.volumeAttributesClassName", UNSET),
               description="VolumeAttributesClass of the pv"),
        Column("Reason", "status.reason", description=f"{STATUS}.reason"),
        AGE,
        Column("VolumeMode", lambda pv, now: get(pv, "spec.volumeMode", UNSET), wide=True,
               description=f"{SPEC}.volumeMode"),
    ),
    selectable={"name": "metadata.name"},
)  # fmt: skip
