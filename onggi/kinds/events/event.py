"""Event (events.k8s.io/v1)."""

from onggi.api.kind import Kind

EVENTS_EVENT = Kind(
    group="events.k8s.io",
    version="v1",
    name="Event",
    plural="events",
    schema="io.k8s.api.events.v1.Event",
    short=("ev",),
    status=False,
)
