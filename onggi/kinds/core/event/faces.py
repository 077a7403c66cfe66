"""The two faces of an event: core/v1 and events.k8s.io/v1 name the same fields differently.

Stored is the core face. Source: ``pkg/apis/events/v1/conversion.go``.
"""

from onggi.api.objects import Object, View

# core/v1 → events.k8s.io/v1; all other fields have one name
RENAMED = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}
BACK = {new: old for old, new in RENAMED.items()}
CORE, EVENTS = "v1", "events.k8s.io/v1"


def to_core(event: View) -> Object:
    """The core face of an event of either group."""
    return renamed(event, BACK, CORE)


def to_events(event: View) -> Object:
    """The events.k8s.io face of an event of either group."""
    return renamed(event, RENAMED, EVENTS)


def renamed(event: View, names: dict[str, str], version: str) -> Object:
    obj = {names.get(key, key): value for key, value in event.items()}
    obj["apiVersion"] = version
    return obj
