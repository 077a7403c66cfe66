"""``kubectl get events``, whichever group it asks. Source: printers.go (printEvent)."""

from collections.abc import Callable
from datetime import datetime

from onggi.api.kind import Column
from onggi.api.objects import View, get
from onggi.kinds.cells import NAME, age
from onggi.kinds.core.event.faces import to_core

EVENT, OBJECT = "@io.k8s.api.core.v1.Event", "@io.k8s.api.core.v1.ObjectReference"
Cell = Callable[[View, datetime], object]


def first_seen(event: View, now: datetime) -> str:
    return age(event.get("firstTimestamp") or event.get("eventTime"), now)


def last_seen(event: View, now: datetime) -> str:
    if (series := event.get("series")) is not None:
        return age(series.get("lastObservedTime"), now)
    if event.get("lastTimestamp"):
        return age(event["lastTimestamp"], now)
    return first_seen(event, now)


def count(event: View, now: datetime) -> int:
    """An event of the new kind counts in its series; alone it has happened once."""
    if (series := event.get("series")) is not None:
        return series.get("count", 0)
    return event.get("count") or 1


def target(event: View, now: datetime) -> str:
    about = event.get("involvedObject") or {}
    kind: str = (about.get("kind") or "").lower()
    return f"{kind}/{about['name']}" if about.get("name") else kind


def source(event: View, now: datetime) -> str:
    component = get(event, "source.component") or event.get("reportingComponent") or ""
    host = get(event, "source.host") or event.get("reportingInstance") or ""
    return f"{component}, {host}" if host else component


def either(cell: Cell) -> Cell:
    """A cell of the core face, for an event of either group."""
    return lambda event, now: cell(to_core(event), now)


def field(name: str) -> Cell:
    return either(lambda event, now: event.get(name) or "")


COLUMNS = (
    Column("Last Seen", either(last_seen), description=f"{EVENT}.lastTimestamp"),
    Column("Type", field("type"), description=f"{EVENT}.type"),
    Column("Reason", field("reason"), description=f"{EVENT}.reason"),
    Column("Object", either(target), description=f"{EVENT}.involvedObject"),
    Column("Subobject", either(lambda e, now: get(e, "involvedObject.fieldPath") or ""),
           wide=True, description=f"{OBJECT}.fieldPath"),
    Column("Source", either(source), wide=True, description=f"{EVENT}.source"),
    Column("Message", either(lambda e, now: (e.get("message") or "").strip()),
           description=f"{EVENT}.message"),
    Column("First Seen", either(first_seen), wide=True, description=f"{EVENT}.firstTimestamp"),
    Column("Count", either(count), wide=True, description=f"{EVENT}.count"),
    NAME._replace(wide=True),
)  # fmt: skip
