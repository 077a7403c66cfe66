"""DefaultStorageClass, StorageObjectInUseProtection, PersistentVolumeClaimResize.

Sources: ``plugin/pkg/admission/storage/{storageclass/setdefault,storageobjectinuseprotection,
persistentvolume/resize}``, ``pkg/volume/util/storageclass.go`` (GetDefaultClass).
"""

from onggi.api.objects import Object, View, get
from onggi.api.quantity import Quantity
from onggi.apiserver.admission import CREATE, UPDATE, Lookup, Review, forbidden
from onggi.kinds.core.persistentvolume import PERSISTENTVOLUME
from onggi.kinds.core.persistentvolume.access import OLD_CLASS
from onggi.kinds.core.persistentvolumeclaim import PERSISTENTVOLUMECLAIM
from onggi.kinds.core.pod.resources import ZERO, amounts
from onggi.kinds.storage.storageclass import DEFAULT_MARKS, STORAGECLASS

FINALIZERS = {
    PERSISTENTVOLUME: "kubernetes.io/pv-protection",
    PERSISTENTVOLUMECLAIM: "kubernetes.io/pvc-protection",
}


def default_storage_class(review: Review, lookup: Lookup) -> None:
    """A claim that names no class gets the newest of those that are marked as default."""
    if not is_new(review) or review.call.kind is not PERSISTENTVOLUMECLAIM:
        return
    assert review.obj is not None
    spec = review.obj.setdefault("spec", {})
    if spec.get("storageClassName") is not None or OLD_CLASS in annotations(review.obj):
        return
    marked = sorted((c for c in lookup.list(STORAGECLASS) if is_default(c)), key=name_of)
    if marked:
        newest = max(marked, key=lambda c: c["metadata"]["creationTimestamp"])
        spec["storageClassName"] = name_of(newest)


def protect_storage(review: Review, lookup: Lookup) -> None:
    """What is in use stays: a controller takes the finalizer off when it is not."""
    finalizer = FINALIZERS.get(review.call.kind)
    if finalizer is None or not is_new(review):
        return
    assert review.obj is not None
    meta: Object = review.obj["metadata"]
    present = meta.get("finalizers") or []
    if finalizer not in present:
        meta["finalizers"] = [*present, finalizer]


def check_resize(review: Review, lookup: Lookup) -> None:
    """Validating: a claim grows once it is bound, and only where its class allows it."""
    if review.call.kind is not PERSISTENTVOLUMECLAIM or review.operation != UPDATE:
        return
    old, new = review.old or {}, review.obj or {}
    if review.subresource or size(new) <= size(old):
        return
    if get(old, "status.phase") != "Bound":
        raise forbidden(review, "Only bound persistent volume claims can be expanded")
    name = class_of(new)
    found = lookup.get(STORAGECLASS, "", name) if name and name == class_of(old) else None
    if found is None or not found.get("allowVolumeExpansion"):
        why = (
            "only dynamically provisioned pvc can be resized and the storageclass that provisions "
            "the pvc must support resize"
        )
        raise forbidden(review, why)


def is_new(review: Review) -> bool:
    return review.operation == CREATE and not review.subresource


def is_default(found: View) -> bool:
    return any(annotations(found).get(mark) == "true" for mark in DEFAULT_MARKS)


def annotations(obj: View) -> View:
    found: View = obj["metadata"].get("annotations") or {}
    return found


def name_of(obj: View) -> str:
    name: str = obj["metadata"]["name"]
    return name


def size(claim: View) -> Quantity:
    return amounts(get(claim, "spec.resources.requests")).get("storage", ZERO)


def class_of(claim: View) -> str:
    return annotations(claim).get(OLD_CLASS) or get(claim, "spec.storageClassName") or ""
