"""A finished Job goes ``ttlSecondsAfterFinished`` later, and its pods before it.

Source: ``pkg/controller/ttlafterfinished/ttlafterfinished_controller.go``.
"""

from datetime import datetime, timedelta

from onggi.api.conditions import find, is_true
from onggi.api.objects import View, get, is_going
from onggi.api.plan import Controller, Delete, Plan, World
from onggi.api.times import parse
from onggi.kinds.batch.job.kind import JOB


def reconcile(job: View, world: World, now: datetime) -> Plan:
    seconds, ended = get(job, "spec.ttlSecondsAfterFinished"), ended_at(job)
    if seconds is None or ended is None or is_going(job):
        return Plan()
    left = ended + timedelta(seconds=seconds) - now
    if left > timedelta():
        return Plan(again_in=left)
    return Plan([Delete(JOB, job, propagation="Foreground")])


def ended_at(job: View) -> datetime | None:
    for type in ("Complete", "Failed"):
        if is_true(job, type) and (found := find(job, type)):
            return parse(found["lastTransitionTime"])
    return None


CONTROLLER = Controller(name="ttl-after-finished-controller", kind=JOB, reconcile=reconcile)
