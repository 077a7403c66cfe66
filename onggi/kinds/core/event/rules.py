"""What an event must say: little in core/v1, everything in events.k8s.io/v1.

Source: ``pkg/apis/core/validation/events.go``. Both rules take the kind's own face. An event's
message may be changed, as upstream's first conformance test of events.k8s.io/v1 does; later
versions refuse that.
"""

from collections.abc import Iterator
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, immutable, invalid, required
from onggi.api.objects import View, get
from onggi.kinds.checks import named
from onggi.kinds.core.event.faces import to_core

LIMIT, NOTE_LIMIT = 128, 1024
MISMATCH = "does not match event.namespace"
UNSET = "needs to be unset"
FIXED = (
    "involvedObject", "reason", "source", "firstTimestamp", "lastTimestamp", "count",
    "type", "eventTime", "action", "related", "reportingComponent", "reportingInstance",
)  # fmt: skip


def check_core(new: View, old: View | None) -> Iterator[FieldError]:
    yield from check_any(new, "reportingComponent")


def check_events(new: View, old: View | None) -> Iterator[FieldError]:
    event = to_core(new)
    yield from check_any(event, "reportingController")
    if old is None:
        yield from check_new(event)
        return
    before = to_core(old)
    if event.get("series") != before.get("series"):
        yield from check_series(event)
    for field in FIXED:
        if (event.get(field) or None) != (before.get(field) or None):
            shown = "reportingController" if field == "reportingComponent" else field
            yield immutable(shown, event.get(field))


def check_any(event: View, controller: str) -> Iterator[FieldError]:
    """``controller`` is what this face calls the reporting component."""
    namespace = get(event, "metadata.namespace") or ""
    about = get(event, "involvedObject.namespace") or ""
    if event.get("eventTime"):
        if not about and namespace not in ("default", "kube-system"):
            yield invalid("involvedObject.namespace", about, MISMATCH)
        yield from check_reporter(event, controller)
    elif namespace != about and (about or namespace != "default"):
        yield invalid("involvedObject.namespace", about, MISMATCH)
    yield from named("namespace", namespace, names.dns_subdomain)


def check_reporter(event: View, controller: str) -> Iterator[FieldError]:
    component = event.get("reportingComponent") or ""
    if not component:
        yield required(controller)
    yield from named(controller, component, names.qualified_name)
    for field in ("reportingInstance", "action", "reason"):
        text = event.get(field) or ""
        if not text:
            yield required(field)
        yield from check_length(text, field, LIMIT)
    yield from check_length(event.get("message") or "", "message", NOTE_LIMIT)


def check_length(text: str, path: str, limit: int) -> Iterator[FieldError]:
    if names.size(text) > limit:
        yield invalid(path, "", f"can have at most {limit} characters")


def check_new(event: View) -> Iterator[FieldError]:
    yield from check_series(event)
    if not event.get("eventTime"):
        yield required("eventTime")
    kind = event.get("type") or ""
    if kind not in ("Normal", "Warning"):
        yield invalid("type", "", f"has invalid value: {kind}")
    for field in ("firstTimestamp", "lastTimestamp", "count"):
        if event.get(field):
            yield invalid(field, "", UNSET)
    source: Any = event.get("source") or {}
    if source.get("component") or source.get("host"):
        yield invalid("source", "", UNSET)


def check_series(event: View) -> Iterator[FieldError]:
    if (series := event.get("series")) is None:
        return
    if (series.get("count") or 0) < 2:
        yield invalid("series.count", "", "should be at least 2")
    if not series.get("lastObservedTime"):
        yield required("series.lastObservedTime")
