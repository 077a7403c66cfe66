"""Many events become few: counted if the same, combined if similar, dropped if too many. Pure.

The figures and words are upstream's (``client-go/tools/record/events_cache.go``).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from onggi.api.objects import Object, View, get
from onggi.api.times import stamp

REMEMBERED = 4096
SIMILAR = 10  # events of one reason with different messages, before they are combined
SIMILAR_WITHIN = timedelta(minutes=10)
BURST = 25  # events about one object from one source …
REFILL = 1 / 300  # … and how many more per second

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """The values used last."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._values: OrderedDict[Hashable, Kept] = OrderedDict()

    def get(self, key: Hashable, new: Callable[[], Kept]) -> Kept:
        value = self._values.get(key)
        if value is None:
            value = self._values[key] = new()
        self._values.move_to_end(key)
        if len(self._values) > self._limit:
            self._values.popitem(last=False)
        return value


@dataclass
class Similar:
    messages: set[str] = field(default_factory=set)
    last: datetime | None = None


@dataclass
class Seen:
    """What the stored event says."""

    count: int = 0
    name: str = ""
    first: str = ""


@dataclass
class Bucket:
    tokens: float = BURST
    filled: datetime | None = None

    def take(self, now: datetime) -> bool:
        if self.filled:
            self.tokens += (now - self.filled).total_seconds() * REFILL
        self.tokens, self.filled = min(self.tokens, BURST), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Correlator:
    def __init__(self) -> None:
        self._similar: Recent[Similar] = Recent()
        self._seen: Recent[Seen] = Recent()
        self._buckets: Recent[Bucket] = Recent()

    def observe(self, event: Object, now: datetime) -> Object | None:
        """The event to store; with a count above 1 it replaces the stored one of its name.

        None: it is one too many.
        """
        event, key = self._combine(event, now)
        seen = self._seen.get(key, Seen)
        seen.count += 1
        if seen.count == 1:
            seen.name, seen.first = event["metadata"]["name"], event["firstTimestamp"]
        if not self._buckets.get(about(event), Bucket).take(now):
            return None
        metadata = event["metadata"] | {"name": seen.name}
        return event | {"metadata": metadata, "firstTimestamp": seen.first, "count": seen.count}

    def _combine(self, event: Object, now: datetime) -> tuple[Object, Hashable]:
        message = event["message"]
        kin = (*about(event), event["type"], event["reason"])
        similar = self._similar.get(kin, Similar)
        if similar.last and now - similar.last > SIMILAR_WITHIN:
            similar.messages.clear()
        similar.messages.add(message)
        similar.last = now
        if len(similar.messages) < SIMILAR:
            return event, (*kin, get(event, "involvedObject.fieldPath"), message)
        similar.messages.pop()
        combined = f"(combined from similar events): {message}"
        return event | {"message": combined}, kin


def about(event: View) -> tuple[str, ...]:
    """Who speaks, and about what."""
    source, target = event["source"], event["involvedObject"]
    fields = ("kind", "namespace", "name", "uid", "apiVersion")
    return (
        source.get("component", ""),
        source.get("host", ""),
        *(target.get(field, "") for field in fields),
    )


def increment(event: View) -> Object:
    """The merge patch that counts a repeated event."""
    return {key: event[key] for key in ("count", "message", "lastTimestamp")}


@dataclass(frozen=True)
class Source:
    """Which part of the system an event comes from."""

    component: str
    host: str = ""


@dataclass(frozen=True)
class Word:
    """What there is to say."""

    reason: str
    message: str
    type: str = "Normal"
    field_path: str = ""


def event_about(target: View, word: Word, source: Source, now: datetime) -> Object:
    """A core/v1 Event, all but its name (which needs the nanoseconds of a real clock)."""
    metadata = target["metadata"]
    regarding = {
        "kind": target["kind"],
        "apiVersion": target["apiVersion"],
        "name": metadata["name"],
        "namespace": metadata.get("namespace", ""),
        "uid": metadata.get("uid", ""),
        "resourceVersion": metadata.get("resourceVersion", ""),
        "fieldPath": word.field_path,
    }
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": metadata.get("namespace") or "default"},
        "involvedObject": {key: value for key, value in regarding.items() if value},
        "reason": word.reason,
        "message": word.message[:1024],
        "type": word.type,
        "source": {k: v for k, v in (("component", source.component), ("host", source.host)) if v},
        "reportingComponent": source.component,
        "reportingInstance": source.host,
        "firstTimestamp": stamp(now),
        "lastTimestamp": stamp(now),
        "count": 1,
    }
