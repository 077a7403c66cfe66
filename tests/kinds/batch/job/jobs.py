"""Jobs and their pods, as reconcile sees them."""

from datetime import timedelta

from onggi.api.objects import owner_reference
from onggi.api.plan import SetStatus
from onggi.api.times import stamp
from onggi.kinds.batch.job import JOB
from onggi.kinds.batch.job.reconcile import reconcile
from onggi.kinds.batch.job.survey import FAILURES, INDEX, TRACKING
from tests.kinds.samples import TASK, sample
from tests.world import NOW, ListWorld


def job(status=None, **spec):
    """As it is stored; ``template`` may be a pod's spec in short."""
    obj = sample(JOB, **({"template": TASK} | spec))
    obj["metadata"] |= {"uid": "u1", "generation": 1, "namespace": "default"}
    JOB.default(obj)
    JOB.prepare(obj, None)
    obj["metadata"]["resourceVersion"] = "1"
    obj["status"] = {"startTime": stamp(NOW)} if status is None else status
    return obj


def pod(name, phase="Running", *, owner=None, index=None, ready=False, **more):
    """``failures`` of its index before it, ``code`` it ended with, ``ago`` in seconds; the rest
    is metadata."""
    owner = owner or job()
    ended = stamp(NOW - timedelta(seconds=more.pop("ago", 60)))
    code, failures = more.pop("code", 0 if phase == "Succeeded" else 1), more.pop("failures", None)
    conditions = more.pop("conditions", [])
    meta = {
        "name": name,
        "namespace": "default",
        "uid": name,
        "resourceVersion": "1",
        "labels": dict(owner["spec"]["template"]["metadata"]["labels"]),
        "finalizers": [TRACKING],
        "ownerReferences": [owner_reference(owner)],
        "annotations": {},
    } | more
    if index is not None:
        meta["annotations"][INDEX] = str(index)
    if failures is not None:
        meta["annotations"][FAILURES] = str(failures)
    state = {"running": {}}
    if phase in ("Succeeded", "Failed"):
        state = {"terminated": {"exitCode": code, "finishedAt": ended}}
    status = {"phase": phase, "containerStatuses": [{"name": "web", "state": state}]}
    since = {"type": "Ready", "status": str(ready), "lastTransitionTime": ended}
    status["conditions"] = [since, *conditions]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {}, "status": status}


def plan(obj, *pods, now=NOW):
    return reconcile(obj, ListWorld(list(pods)), now)


def statuses(found):
    return [a.status for a in found.actions if isinstance(a, SetStatus)]


def conditions(status):
    return {c["type"]: c["reason"] for c in status.get("conditions", ()) if c["status"] == "True"}
