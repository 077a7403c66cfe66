"""What happens to an object when it is created, changed and deleted: FakeCluster's rules. Pure.

The generic half of the API server (``k8s.io/apiserver/pkg/registry/generic/registry/store.go``)
in small: graceful deletion, finalizers, generation, what an update may not touch.
"""

from datetime import datetime, timedelta

from onggi.api.kind import Kind
from onggi.api.meta import FOREGROUND, ORPHAN
from onggi.api.objects import Object, View, clone, get
from onggi.api.times import stamp

KEPT = (
    "name",
    "namespace",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "resourceVersion",
)
POLICY_FINALIZERS = {"Foreground": FOREGROUND, "Orphan": ORPHAN}
NAMESPACE_LABEL = "kubernetes.io/metadata.name"


def born(kind: Kind, obj: View, uid: str, now: datetime) -> Object:
    """The object as it is stored first; its name is settled already."""
    new = clone(obj)
    meta = new["metadata"]
    for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"):
        meta.pop(field, None)
    meta |= {"uid": uid, "creationTimestamp": stamp(now)}
    new |= {"apiVersion": kind.api_version, "kind": kind.name}
    kind.default(new)
    if kind.status:
        new.pop("status", None)
    if "spec" in new:
        meta["generation"] = 1
    if kind.resource == "namespaces":
        new["spec"] = {"finalizers": ["kubernetes"], **new.get("spec", {})}
        new["status"] = {"phase": "Active"}
        meta["labels"] = {NAMESPACE_LABEL: meta["name"], **meta.get("labels", {})}
    if kind.prepare:
        kind.prepare(new, None)
    return new


def revised(kind: Kind, obj: View, old: View, subresource: str) -> Object:
    """The object after an update: only what this door may change differs from ``old``."""
    if subresource == "status":
        new = {**clone(old), "status": clone(obj).get("status", {})}
        if kind.prepare_status:
            kind.prepare_status(new, old)
        return new
    if subresource == "finalize":
        return clone(old) | {"spec": clone(obj.get("spec", {}))}
    new = clone(obj) | {"apiVersion": kind.api_version, "kind": kind.name}
    kept = {field: old["metadata"][field] for field in KEPT if field in old["metadata"]}
    new["metadata"] = {**new["metadata"], **kept}
    if kind.status:
        new.pop("status", None)
        if "status" in old:
            new["status"] = clone(old["status"])
    kind.default(new)
    if kind.prepare:
        kind.prepare(new, old)
    if new.get("spec") != old.get("spec"):
        new["metadata"]["generation"] = get(old, "metadata.generation", 0) + 1
    return new


def grace(kind: Kind, obj: View, options: View) -> int:
    """Seconds that the object has to end; only pods have any."""
    if kind.resource != "pods":
        return 0
    if not get(obj, "spec.nodeName") or get(obj, "status.phase") in ("Succeeded", "Failed"):
        return 0
    asked = options.get("gracePeriodSeconds")
    return get(obj, "spec.terminationGracePeriodSeconds", 30) if asked is None else asked


def doomed(kind: Kind, obj: View, options: View, now: datetime) -> Object:
    """The object after a request to delete it, whether or not it stays for a while."""
    new = clone(obj)
    meta = new["metadata"]
    finalizer = POLICY_FINALIZERS.get(options.get("propagationPolicy") or "")
    if finalizer or options.get("propagationPolicy") == "Background":
        others = [f for f in meta.get("finalizers", ()) if f not in POLICY_FINALIZERS.values()]
        meta["finalizers"] = [*others, finalizer] if finalizer else others
    if not meta.get("finalizers"):
        meta.pop("finalizers", None)
    seconds = grace(kind, obj, options)
    if meta.get("deletionGracePeriodSeconds") is not None:
        seconds = min(seconds, meta["deletionGracePeriodSeconds"])  # it can only get shorter
    if "deletionTimestamp" not in meta or seconds < meta["deletionGracePeriodSeconds"]:
        meta["deletionTimestamp"] = stamp(now + timedelta(seconds=seconds))
        meta["deletionGracePeriodSeconds"] = seconds
        if "generation" in meta:
            meta["generation"] += 1
    if kind.resource == "namespaces":
        new["status"] = {**new.get("status", {}), "phase": "Terminating"}
    return new


def is_over(kind: Kind, obj: View) -> bool:
    """Deletion was asked for and nothing holds it up any more."""
    meta = obj["metadata"]
    held = meta.get("finalizers") or meta.get("deletionGracePeriodSeconds")
    if kind.resource == "namespaces":
        held = held or get(obj, "spec.finalizers")
    return bool(meta.get("deletionTimestamp")) and not held


def bound(pod: View, binding: View) -> Object:
    """A pod after ``POST pods/{name}/binding``."""
    new = clone(pod)
    new["spec"] = {**new.get("spec", {}), "nodeName": binding["target"]["name"]}
    return new
