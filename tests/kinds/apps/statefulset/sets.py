"""StatefulSets, their pods and claims, as reconcile sees them."""

from datetime import timedelta

from onggi.api.objects import clone, owner_reference
from onggi.api.plan import SetStatus
from onggi.api.times import stamp
from onggi.kinds.apps import history
from onggi.kinds.apps.statefulset import STATEFULSET
from onggi.kinds.apps.statefulset.identity import replica
from onggi.kinds.apps.statefulset.reconcile import HASH, reconcile
from tests.kinds.samples import created
from tests.world import NOW, ListWorld

DISK = {"metadata": {"name": "disk"}, "spec": {"accessModes": ["ReadWriteOnce"]}}


def sts(replicas=3, status=None, **spec):
    obj = created(STATEFULSET, replicas=replicas, **spec)
    obj["metadata"] |= {"uid": "u1", "generation": 1}
    obj["status"] = {"currentRevision": "web-new", **(status or {})}
    return obj


def rolling(**figures):
    return {"type": "RollingUpdate", "rollingUpdate": {"partition": 0} | figures}


def pod(number, *, revision="web-new", ready=True, phase="Running", **more):
    owner = sts()
    made = replica(owner, owner["spec"]["template"], revision, number)
    since = stamp(NOW - timedelta(seconds=more.pop("age", 60)))
    made["metadata"] |= {"uid": f"p{number}", "resourceVersion": "1"} | more
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    return made | {"status": {"phase": phase, "conditions": [condition]}}


def going(number, **more):
    return pod(number, deletionTimestamp=stamp(NOW), **more)


def revision(owner, name="web-new", number=1, image=""):
    made = history.snapshot(owner, history.History(None, (), (), []), HASH, name[4:])
    made["revision"] = number
    if image:
        made["data"]["spec"]["template"]["spec"]["containers"][0]["image"] = image
    made["metadata"] |= {"uid": name, "resourceVersion": "1"}
    made["metadata"]["ownerReferences"] = [owner_reference(owner)]
    return made


def before(owner):
    """The revision that ``web-old`` pods run from."""
    return revision(owner, "web-old", number=0, image="old")


def claim(number, **meta):
    name = f"disk-web-{number}"
    meta = {"name": name, "namespace": "default", "uid": name, "resourceVersion": "1"} | meta
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta, "spec": {}}


def plan(obj, *seen, now=NOW):
    return reconcile(obj, ListWorld([revision(obj), *map(clone, seen)]), now)


def status(found):
    return next(a.status for a in found.actions if isinstance(a, SetStatus))
