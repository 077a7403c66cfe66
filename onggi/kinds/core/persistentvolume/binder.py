"""What becomes of a volume: available, bound, released; and what its reclaim policy asks for.

The claim's side, which chooses, is ``persistentvolumeclaim/binder.py``. Nothing here can delete
data: a volume to be deleted that no provisioner of its own deletes has failed, and says so.
Source: ``pkg/controller/volume/persistentvolume/pv_controller.go`` (syncVolume).
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import View, get, is_going
from onggi.api.plan import Absent, Action, Controller, Emit, Plan, SetStatus, Update, Wake, World
from onggi.kinds.core.persistentvolume.kind import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.matching import mode
from onggi.kinds.core.persistentvolumeclaim.kind import PERSISTENTVOLUMECLAIM

BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
MIGRATED_TO = "pv.kubernetes.io/migrated-to"
OVER = ("Released", "Failed")
MODES = (
    'Cannot bind PersistentVolume to requested PersistentVolumeClaim "{}" due to incompatible '
    "volumeMode."
)


def reconcile(volume: View, world: World, now: datetime) -> Plan:
    reference = get(volume, "spec.claimRef")
    if reference is None or not reference.get("uid"):
        return Plan(phase(volume, "Available"))
    place = reference.get("namespace") or "", reference.get("name") or ""
    claim = world.get(PERSISTENTVOLUMECLAIM, *place)
    if claim is None or claim["metadata"]["uid"] != reference["uid"]:
        gone = Absent(PERSISTENTVOLUMECLAIM, *place, uid=reference["uid"])
        actions = release(volume)
        return Plan([gone, *actions] if actions else ())
    named = get(claim, "spec.volumeName") or ""
    if named == volume["metadata"]["name"]:
        return Plan(phase(volume, "Bound"))
    if named:
        return Plan(elsewhere(volume))
    if mode(claim) != mode(volume):
        return Plan((Emit(volume, "VolumeMismatch", MODES.format(place[1]), "Warning"),))
    return Plan()  # the claim's side goes on with it


def phase(volume: View, wanted: str, message: str = "") -> Sequence[Action]:
    status = volume.get("status") or {}
    if status.get("phase") == wanted:
        return ()
    kept = {key: status[key] for key in ("reason",) if key in status}
    told = {"message": message} if message else {}
    return (SetStatus(PERSISTENTVOLUME, volume, {**kept, "phase": wanted, **told}),)


def release(volume: View) -> Sequence[Action]:
    """The claim is gone: what happens to the volume is its owner's to say."""
    if get(volume, "status.phase") not in OVER:
        return phase(volume, "Released")
    policy = get(volume, "spec.persistentVolumeReclaimPolicy")
    if annotations(volume).get(MIGRATED_TO):
        return ()
    if policy == "Recycle":
        return failed(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
    if policy != "Delete" or is_going(volume):
        return ()
    provisioner = annotations(volume).get(PROVISIONED_BY) or ""
    if provisioner and not provisioner.startswith("kubernetes.io/"):
        return ()  # who made it deletes it
    name = volume["metadata"]["name"]
    return failed(
        volume,
        "VolumeFailedDelete",
        f'error getting deleter volume plugin for volume "{name}": no deletable volume plugin '
        "matched",
    )


def failed(volume: View, reason: str, message: str) -> Sequence[Action]:
    actions = phase(volume, "Failed", message)
    return (*actions, Emit(volume, reason, message, "Warning")) if actions else ()


def elsewhere(volume: View) -> Sequence[Action]:
    """The claim has another volume: this one is free again, or goes as its policy says."""
    provisioned = PROVISIONED_BY in annotations(volume)
    if provisioned and get(volume, "spec.persistentVolumeReclaimPolicy") == "Delete":
        return release(volume)
    spec = dict(volume["spec"])
    meta = dict(volume["metadata"])
    if BY_CONTROLLER in annotations(volume):
        del spec["claimRef"]
        kept = {k: v for k, v in annotations(volume).items() if k != BY_CONTROLLER}
        meta["annotations"] = kept
    else:
        spec["claimRef"] = {k: v for k, v in spec["claimRef"].items() if k != "uid"}
    return (Update(PERSISTENTVOLUME, {**volume, "metadata": meta, "spec": spec}),)


def annotations(obj: View) -> View:
    return get(obj, "metadata.annotations") or {}


def volumes_of(claim: View, world: World) -> list[Wake]:
    """Those that the claim names, and those that name it."""
    meta, named = claim["metadata"], get(claim, "spec.volumeName")
    place = meta["namespace"], meta["name"]
    found = [("", named)] if named else []
    for volume in world.all(PERSISTENTVOLUME):
        reference = get(volume, "spec.claimRef") or {}
        if (reference.get("namespace"), reference.get("name")) == place:
            found.append(("", volume["metadata"]["name"]))
    return found


CONTROLLER = Controller(
    name="persistentvolume-binder-volumes",
    kind=PERSISTENTVOLUME,
    reconcile=reconcile,
    watches={PERSISTENTVOLUMECLAIM: volumes_of},
    source="persistentvolume-controller",
    account="persistent-volume-binder",
)
