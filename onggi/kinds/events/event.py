"""Event (events.k8s.io/v1): the newer face of core/v1's events, over the same stored objects."""

from onggi.api.kind import Kind, Stored
from onggi.kinds.core.event.columns import COLUMNS
from onggi.kinds.core.event.faces import to_core, to_events
from onggi.kinds.core.event.rules import check_events

SELECTABLE = (
    "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid",
    "regarding.apiVersion", "regarding.resourceVersion", "regarding.fieldPath", "reason",
    "reportingController", "type",
)  # fmt: skip
EVENTS_EVENT = Kind(
    group="events.k8s.io",
    version="v1",
    name="Event",
    plural="events",
    schema="io.k8s.api.events.v1.Event",
    short=("ev",),
    status=False,
    rules=(check_events,),
    columns=COLUMNS,
    selectable={path: path for path in SELECTABLE},
    stored=Stored("events", to_core, to_events),
)
