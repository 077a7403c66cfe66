"""Event (v1)."""

from onggi.api.kind import Kind

EVENT = Kind(
    group="",
    version="v1",
    name="Event",
    plural="events",
    schema="io.k8s.api.core.v1.Event",
    short=("ev",),
    status=False,
)
