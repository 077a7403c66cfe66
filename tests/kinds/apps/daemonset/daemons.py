"""DaemonSets, their pods and nodes, as reconcile sees them."""

from datetime import timedelta

from onggi.api.objects import owner_reference
from onggi.api.plan import SetStatus
from onggi.api.times import stamp
from onggi.kinds.apps import history
from onggi.kinds.apps.daemonset import DAEMONSET
from onggi.kinds.apps.daemonset.placement import HASH, daemon
from onggi.kinds.apps.daemonset.reconcile import reconcile
from tests.kinds.samples import created
from tests.world import NOW, ListWorld

NEW, OLD = "new", "old"  # hashes


def ds(surge=0, lack=1, **spec):
    rolling = {"maxSurge": surge, "maxUnavailable": 0 if surge else lack}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rolling}
    obj = created(DAEMONSET, **({"updateStrategy": strategy} | spec))
    obj["metadata"] |= {"uid": "u1", "generation": 1}
    return obj


def node(name, *taints, **labels):
    taints = [{"key": key, "effect": effect} for key, effect in taints]
    meta = {"name": name, "uid": name, "labels": labels}
    return {"kind": "Node", "metadata": meta, "spec": {"taints": taints}, "status": {}}


def pod(where, name="", *, digest=NEW, ready=True, bound=True, phase="Running", **more):
    """A daemon of that node, ``age`` seconds old."""
    made = daemon(more.pop("owner", ds()), where, digest)
    since = stamp(NOW - timedelta(seconds=more.pop("age", 60)))
    made["metadata"] |= {"name": name or f"p-{where}", "uid": name or f"p-{where}"}
    made["metadata"] |= {"creationTimestamp": since, "resourceVersion": "1"} | more
    del made["metadata"]["generateName"]
    if digest != NEW:
        made["metadata"]["labels"]["pod-template-generation"] = "0"
    if bound:
        made["spec"]["nodeName"] = where
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    return made | {"status": {"phase": phase, "conditions": [condition]}}


def revision(owner=None, digest=NEW, number=1, image=""):
    """A ControllerRevision of the owner's template, or of another image."""
    owner = owner or ds()
    made = history.snapshot(owner, history.History(None, (), (), []), HASH, digest)
    made["revision"] = number
    if image:
        made["data"]["spec"]["template"]["spec"]["containers"][0]["image"] = image
    made["metadata"] |= {"uid": made["metadata"]["name"], "resourceVersion": "1"}
    made["metadata"]["ownerReferences"] = [owner_reference(owner)]
    return made


def plan(obj, *seen, now=NOW):
    return reconcile(obj, ListWorld([revision(obj), *seen]), now)


def status(found):
    return next(a.status for a in found.actions if isinstance(a, SetStatus))
