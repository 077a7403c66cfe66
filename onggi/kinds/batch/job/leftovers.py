"""Pods that nobody will count any more must not wait for it: their finalizer is taken off.

They are those whose Job is gone, or has let go of them.
Source: ``syncOrphanPod`` in ``pkg/controller/job/job_controller.go``.
"""

from datetime import datetime

from onggi.api.objects import View
from onggi.api.plan import Absent, Controller, Plan, Wake, World
from onggi.kinds.apps.claim import controller_of
from onggi.kinds.batch.job.kind import JOB
from onggi.kinds.batch.job.running import untrack
from onggi.kinds.batch.job.survey import is_tracked
from onggi.kinds.core.pod import POD


def reconcile(pod: View, world: World, now: datetime) -> Plan:
    if not is_tracked(pod):
        return Plan()
    owner = controller_of(pod)
    if owner is None:
        return Plan([untrack(pod)])
    namespace = pod["metadata"]["namespace"]
    if owner["kind"] != JOB.name or is_there(owner, namespace, world):
        return Plan()
    gone = Absent(JOB, namespace, owner["name"], owner["uid"])
    return Plan([gone, untrack(pod)])


def is_there(owner: View, namespace: str, world: World) -> bool:
    job = world.get(JOB, namespace, owner["name"])
    return job is not None and job["metadata"]["uid"] == owner["uid"]


def wakes(job: View, world: World) -> list[Wake]:
    """The tracked pods of a Job that is gone."""
    meta = job["metadata"]
    if is_there(meta, meta["namespace"], world):
        return []
    pods = [pod["metadata"] for pod in world.owned(POD, job) if is_tracked(pod)]
    return [(pod["namespace"], pod["name"]) for pod in pods]


CONTROLLER = Controller(
    name="job-orphaned-pods",
    kind=POD,
    reconcile=reconcile,
    about=is_tracked,
    watches={JOB: wakes},
    source="job-controller",
    account="job-controller",
)
