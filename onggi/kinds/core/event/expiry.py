"""Events are forgotten an hour after they were last written.

Upstream gives each a lease in etcd (``--event-ttl``); here each has an alarm.
"""

from datetime import datetime, timedelta

from onggi.api.objects import View, get
from onggi.api.plan import Controller, Delete, Plan, World
from onggi.api.times import parse
from onggi.kinds.core.event.kind import EVENT

TTL = timedelta(hours=1)
TIMES = (
    "metadata.creationTimestamp",
    "lastTimestamp",
    "eventTime",
    "series.lastObservedTime",
)


def reconcile(event: View, world: World, now: datetime) -> Plan:
    left = last_written(event, now) + TTL - now
    if left > timedelta():
        return Plan(again_in=left)
    return Plan([Delete(EVENT, event)])


def last_written(event: View, now: datetime) -> datetime:
    """The latest time that it tells, of those that have come."""
    times = [parse(text) for path in TIMES if (text := get(event, path))]
    return max((at for at in times if at <= now), default=now)


CONTROLLER = Controller(name="event-ttl-controller", kind=EVENT, reconcile=reconcile, workers=20)
