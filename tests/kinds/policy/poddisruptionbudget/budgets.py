"""Budgets and the pods that they protect."""

from onggi.api.objects import owner_reference
from onggi.kinds.apps.replicaset import REPLICASET
from onggi.kinds.policy.poddisruptionbudget import PODDISRUPTIONBUDGET
from tests.kinds.samples import LABELS, created


def pdb(status=None, **spec):
    obj = created(PODDISRUPTIONBUDGET)
    obj["spec"] = {"selector": {"matchLabels": LABELS}, **spec}
    obj["metadata"] |= {"generation": 1, "uid": "b1"}
    obj["status"] |= status or {}
    return obj


def rs(replicas=4, name="web", uid="r1"):
    obj = created(REPLICASET, replicas=replicas)
    obj["metadata"] |= {"name": name, "uid": uid}
    return obj


def pod(name="a", ready=True, owner=None, **meta):
    meta = {"name": name, "namespace": "default", "uid": name, "labels": LABELS, **meta}
    if owner:
        meta["ownerReferences"] = [owner_reference(owner)]
    since = "2026-01-01T00:00:00Z"
    condition = {"type": "Ready", "status": str(ready), "lastTransitionTime": since}
    status = {"phase": "Running", "conditions": [condition]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {}, "status": status}
