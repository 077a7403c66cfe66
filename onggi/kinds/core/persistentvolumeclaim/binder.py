"""A claim gets its volume: one that is there, or one that a provisioner makes.

Claims of classes that wait for their first consumer wait until a pod that uses them has a node,
and get what can be used there. The volume is written first, so that no two claims can have it.
Source: ``pkg/controller/volume/persistentvolume/pv_controller.go`` (syncClaim).
"""

from collections.abc import Sequence
from datetime import datetime

from onggi.api.objects import Object, View, get
from onggi.api.plan import Action, Controller, Emit, Plan, SetStatus, Update, Wake, World
from onggi.kinds.core.node import NODE
from onggi.kinds.core.persistentvolume.access import OLD_CLASS, class_of
from onggi.kinds.core.persistentvolume.binder import BY_CONTROLLER, annotations
from onggi.kinds.core.persistentvolume.kind import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.matching import best, bound_to, is_claimed_by, misfit
from onggi.kinds.core.persistentvolumeclaim.kind import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.persistentvolumeclaim.protection import claims_of, used_by
from onggi.kinds.core.pod import POD
from onggi.kinds.core.pod.predicates import is_finished, is_terminating
from onggi.kinds.storage.storageclass import STORAGECLASS, is_default

COMPLETED = "pv.kubernetes.io/bind-completed"
PROVISIONERS = (
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
)
SELECTED_NODE = "volume.kubernetes.io/selected-node"
IN_TREE = "kubernetes.io/"
NO_CLASS = "no persistent volumes available for this claim and no storage class is set"
LOST = "Bound claim has lost {} PersistentVolume. Data on the volume is lost!"
MISBOUND = "Two claims are bound to the same volume, this one is bound incorrectly"
WAITS = (
    "Waiting for a volume to be created either by the external provisioner '{}' or manually by "
    "the system administrator. If volume creation is delayed, please verify that the provisioner "
    "is running and correctly registered."
)


def reconcile(claim: View, world: World, now: datetime) -> Plan:
    if COMPLETED in annotations(claim):
        return Plan(keep(claim, world))
    named = get(claim, "spec.volumeName")
    return Plan(take(claim, named, world) if named else choose(claim, world))


def keep(claim: View, world: World) -> Sequence[Action]:
    """The claim was bound once: it is still, or has lost its volume for good."""
    named = get(claim, "spec.volumeName")
    if not named:
        return lost(claim, "ClaimLost", LOST.format("reference to"))
    volume = world.get(PERSISTENTVOLUME, "", named)
    if volume is None:
        return lost(claim, "ClaimLost", LOST.format("its"))
    reference = get(volume, "spec.claimRef")
    if reference is not None and reference.get("uid") != claim["metadata"]["uid"]:
        return lost(claim, "ClaimMisbound", MISBOUND)
    return bind(volume, claim)


def lost(claim: View, reason: str, message: str) -> Sequence[Action]:
    if get(claim, "status.phase") == "Lost":
        return ()
    return (*status(claim, "Lost"), Emit(claim, reason, message, "Warning"))


def take(claim: View, name: str, world: World) -> Sequence[Action]:
    """The user asked for one volume and no other."""
    volume = world.get(PERSISTENTVOLUME, "", name)
    if volume is None:
        return status(claim, "Pending")
    if get(volume, "spec.claimRef") is None:
        if why := misfit(volume, claim):
            told = f'Cannot bind to requested volume "{name}": {why}'
            mismatch = Emit(claim, "VolumeMismatch", told, "Warning")
            return (mismatch, *status(claim, "Pending"))
        return bind(volume, claim)
    if is_claimed_by(volume, claim):
        return bind(volume, claim)
    told = f'volume "{name}" already bound to a different claim.'
    return (Emit(claim, "FailedBinding", told, "Warning"), *status(claim, "Pending"))


def choose(claim: View, world: World) -> Sequence[Action]:
    found = world.get(STORAGECLASS, "", class_of(claim)) if class_of(claim) else None
    waits = found is not None and found.get("volumeBindingMode") == "WaitForFirstConsumer"
    volumes = world.all(PERSISTENTVOLUME)
    node = consumer(claim, world) if waits else None
    alone = waits and node is None
    volume = bound_to(claim, volumes) if alone else best(claim, volumes, node)
    if volume is not None:
        return bind(volume, claim)
    if given := default_class(claim, world):
        return (Update(PERSISTENTVOLUMECLAIM, with_class(claim, given)),)
    if alone and SELECTED_NODE not in annotations(claim):
        return (wait_for_pods(claim, world), *status(claim, "Pending"))
    if class_of(claim):
        return provision(claim, found, node)
    return (Emit(claim, "FailedBinding", NO_CLASS), *status(claim, "Pending"))


def default_class(claim: View, world: World) -> str:
    """The class of claims that name none: one may have become the default since."""
    if get(claim, "spec.storageClassName") is not None or OLD_CLASS in annotations(claim):
        return ""
    marked = [c["metadata"] for c in world.all(STORAGECLASS) if is_default(c)]
    marked.sort(key=lambda meta: meta["name"])
    newest = max(marked, key=lambda meta: meta["creationTimestamp"], default=None)
    return newest["name"] if newest else ""


def with_class(claim: View, name: str) -> Object:
    return {**claim, "spec": {**claim["spec"], "storageClassName": name}}


def consumers(claim: View, world: World) -> list[View]:
    name, namespace = claim["metadata"]["name"], claim["metadata"]["namespace"]
    return [
        pod
        for pod in world.all(POD, namespace)
        if name in claims_of(pod) and not is_finished(pod) and not is_terminating(pod)
    ]


def consumer(claim: View, world: World) -> View | None:
    """The node of the first pod that has one."""
    for pod in consumers(claim, world):
        if name := get(pod, "spec.nodeName"):
            return world.get(NODE, "", name)
    return None


def wait_for_pods(claim: View, world: World) -> Action:
    names = [pod["metadata"]["name"] for pod in consumers(claim, world)]
    if not names:
        told = "waiting for first consumer to be created before binding"
        return Emit(claim, "WaitForFirstConsumer", told)
    told = f"waiting for pod{'s' if len(names) > 1 else ''} {','.join(names)} to be scheduled"
    return Emit(claim, "WaitForPodScheduled", told)


def provision(claim: View, found: View | None, node: View | None) -> Sequence[Action]:
    """Say who is to make the volume; provisioners watch for their name."""
    if found is None:
        told = f'storageclass.storage.k8s.io "{class_of(claim)}" not found'
        return (Emit(claim, "ProvisioningFailed", told, "Warning"),)
    provisioner = found.get("provisioner") or ""
    if provisioner.startswith(IN_TREE):
        told = f"no volume plugin matched name: {provisioner}"
        return (Emit(claim, "ProvisioningFailed", told, "Warning"),)
    wanted = dict.fromkeys(PROVISIONERS, provisioner)
    if node is not None:
        wanted[SELECTED_NODE] = node["metadata"]["name"]
    present = annotations(claim)
    if any(present.get(key) != value for key, value in wanted.items()):
        return (Update(PERSISTENTVOLUMECLAIM, annotated(claim, wanted)),)
    return (Emit(claim, "ExternalProvisioning", WAITS.format(provisioner)),)


def annotated(obj: View, more: View) -> Object:
    meta = {**obj["metadata"], "annotations": {**annotations(obj), **more}}
    return {**obj, "metadata": meta}


def bind(volume: View, claim: View) -> Sequence[Action]:
    """Both say so; the volume first. What is so already is not written again."""
    actions: list[Action] = []
    reference = get(volume, "spec.claimRef") or {}
    if reference.get("uid") != claim["metadata"]["uid"]:
        actions.append(Update(PERSISTENTVOLUME, claimed(volume, claim)))
    named = {} if get(claim, "spec.volumeName") else {BY_CONTROLLER: "yes"}
    if COMPLETED not in annotations(claim) or named:
        done = annotated(claim, {**named, COMPLETED: "yes"})
        done["spec"] = {**claim["spec"], "volumeName": volume["metadata"]["name"]}
        actions.append(Update(PERSISTENTVOLUMECLAIM, done))
    return actions or status(claim, "Bound", volume)


def claimed(volume: View, claim: View) -> Object:
    meta = claim["metadata"]
    reference = {
        "kind": "PersistentVolumeClaim",
        "apiVersion": "v1",
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
        "resourceVersion": meta["resourceVersion"],
    }
    ours = {} if is_claimed_by(volume, claim) else {BY_CONTROLLER: "yes"}
    found = annotated(volume, ours) if ours else dict(volume)
    return {**found, "spec": {**volume["spec"], "claimRef": reference}}


def status(claim: View, phase: str, volume: View | None = None) -> Sequence[Action]:
    """The capacity is the volume's when the claim becomes bound; later it may differ."""
    present = claim.get("status") or {}
    wanted = {k: v for k, v in present.items() if k not in ("phase", "accessModes", "capacity")}
    wanted["phase"] = phase
    if volume is not None:
        same = present.get("phase") == phase and present.get("capacity")
        wanted["accessModes"] = get(volume, "spec.accessModes") or []
        wanted["capacity"] = present["capacity"] if same else get(volume, "spec.capacity") or {}
    return () if wanted == present else (SetStatus(PERSISTENTVOLUMECLAIM, claim, wanted),)


def claims_for(volume: View, world: World) -> list[Wake]:
    """The claim that the volume names, those that name it, and those that still look for one."""
    reference, name = get(volume, "spec.claimRef"), volume["metadata"]["name"]
    found = (
        {(reference.get("namespace") or "", reference.get("name") or "")} if reference else set()
    )
    for claim in world.all(PERSISTENTVOLUMECLAIM):
        named = get(claim, "spec.volumeName")
        looking = not named and reference is None and class_of(claim) == class_of(volume)
        if named == name or looking:
            found.add((claim["metadata"]["namespace"], claim["metadata"]["name"]))
    return sorted(found)


def claims_of_class(changed: View, world: World) -> list[Wake]:
    """Unbound claims of the class, and those of none, which it may become the default for."""
    name = changed["metadata"]["name"]
    return [
        (claim["metadata"]["namespace"], claim["metadata"]["name"])
        for claim in world.all(PERSISTENTVOLUMECLAIM)
        if not get(claim, "spec.volumeName") and class_of(claim) in ("", name)
    ]


def unbound(pod: View, world: World) -> Sequence[Wake]:
    """Claims of a pod that wait for it."""
    wakes = used_by(pod, world)
    found = ((wake, world.get(PERSISTENTVOLUMECLAIM, *wake)) for wake in wakes)
    return [wake for wake, claim in found if claim and not get(claim, "spec.volumeName")]


CONTROLLER = Controller(
    name="persistentvolume-binder-controller",
    kind=PERSISTENTVOLUMECLAIM,
    reconcile=reconcile,
    watches={PERSISTENTVOLUME: claims_for, STORAGECLASS: claims_of_class, POD: unbound},
    reads=(NODE,),
    source="persistentvolume-controller",
    account="persistent-volume-binder",
)
