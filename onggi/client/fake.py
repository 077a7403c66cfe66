"""A cluster in a dict: the API's rules about names, versions and deletion, without a server.

For tests of controllers and operators. It promises what ``tests/suites/cluster.py`` asks of
every Cluster: resourceVersions and conflicts, generateName, finalizers and graceful deletion,
the status subresource, selectors, and watches over a history that can be compacted. It
validates nothing and authorizes nobody; nobody ends its pods but a test's kubelet.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from onggi.api import errors, selectors
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.api.patch import apply_patch
from onggi.api.schema import Schema
from onggi.client import fake_rules as rules
from onggi.client.cluster import MERGE, Event, Listing, Selection
from onggi.kinds.core.namespace import NAMESPACE

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = Selection()
NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
SAFE = "bcdfghjklmnpqrstvwxz2456789"

Place = tuple[str, str, str]  # (resource, namespace, name)


class Change(NamedTuple):
    revision: int
    resource: str
    before: View | None
    after: View | None


def loop_clock() -> datetime:
    """Wall time that moves with the event loop, hence with ``looptime``."""
    return EPOCH + timedelta(seconds=asyncio.get_running_loop().time())


class FakeCluster:
    """A Cluster. ``gate`` is asked before every request and may raise a StatusError.

    ``schema`` gives a kind's schema, for strategic merge patches; without it they are refused.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = loop_clock,
        schema: Callable[[Kind], Schema | None] = lambda kind: None,
    ) -> None:
        self.gate: Callable[[str, Kind, str], None] = lambda verb, kind, name: None
        self.history: list[Change] = []
        self.revision = 0
        self._clock = clock
        self._schema = schema
        self._objects: dict[Place, View] = {}
        self._compacted = 0
        self._news = asyncio.Event()
        for name in NAMESPACES:
            namespace = rules.born(NAMESPACE, {"metadata": {"name": name}}, name, EPOCH)
            self._store(NAMESPACE, None, namespace)

    async def get(self, kind: Kind, namespace: str, name: str) -> View:
        self.gate("get", kind, name)
        return back(kind, self._find(kind, namespace, name))

    async def list(self, kind: Kind, selection: Selection = EVERYTHING) -> Listing:
        self.gate("list", kind, "")
        wanted = selected_by(kind, selection)
        return Listing([o for o in self._all(kind) if wanted(o)], str(self.revision))

    async def watch(
        self, kind: Kind, selection: Selection = EVERYTHING, *, since: str = ""
    ) -> AsyncIterator[Event]:
        self.gate("watch", kind, "")
        wanted, seen = selected_by(kind, selection), int(since or 0)
        if not seen:
            seen = self.revision
            for obj in [o for o in self._all(kind) if wanted(o)]:
                yield Event("ADDED", obj)
        while True:
            if seen < self._compacted:
                why = f"too old resource version: {seen} ({self._compacted})"
                raise errors.Expired(why)
            if seen == self.revision:
                await self._news.wait()
                continue
            change = self.history[seen - self._compacted]  # every revision is one change
            seen = change.revision
            if change.resource == kind.stored_resource:
                for event in told(kind, change, wanted):
                    yield event

    async def create(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        meta = obj["metadata"]
        namespace, name = meta.get("namespace", ""), meta.get("name", "")
        self.gate("create", kind, name)
        if subresource:
            return self._create_below(kind, obj, subresource)
        self._admit(kind, namespace, name)
        if not name:
            name = meta["generateName"] + suffix(self.revision)
        if (kind.stored_resource, namespace, name) in self._objects:
            raise errors.AlreadyExists(kind.resource, name)
        named = {**obj, "metadata": {**meta, "name": name}}
        uid = f"00000000-0000-4000-8000-{self.revision + 1:012d}"
        return self._store(kind, None, rules.born(kind, named, uid, self._clock()))

    async def update(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        meta = obj["metadata"]
        self.gate("update", kind, meta["name"])
        old = back(kind, self._find(kind, meta.get("namespace", ""), meta["name"]))
        version = meta.get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            raise errors.Conflict(kind.resource, meta["name"])
        check_uid(kind, old, meta.get("uid"))
        return self._replace(kind, old, rules.revised(kind, obj, old, subresource))

    async def patch(
        self, kind: Kind, target: View, patch: Any, *, type: str = MERGE, subresource: str = ""
    ) -> View:
        meta = target["metadata"]
        self.gate("patch", kind, meta["name"])
        old = back(kind, self._find(kind, meta.get("namespace", ""), meta["name"]))
        patched = apply_patch(type, old, patch, self._schema(kind))
        if patched["metadata"].get("resourceVersion") != old["metadata"]["resourceVersion"]:
            raise errors.Conflict(kind.resource, meta["name"])
        check_uid(kind, old, patched["metadata"].get("uid"))
        return self._replace(kind, old, rules.revised(kind, patched, old, subresource))

    async def delete(
        self, kind: Kind, target: View, options: Mapping[str, Any] | None = None
    ) -> View:
        meta, options = target["metadata"], options or {}
        self.gate("delete", kind, meta["name"])
        old = back(kind, self._find(kind, meta.get("namespace", ""), meta["name"]))
        wanted = options.get("preconditions") or {}
        check_uid(kind, old, wanted.get("uid"))
        version = wanted.get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            raise errors.Conflict(kind.resource, meta["name"])
        last = self._replace(kind, old, rules.doomed(kind, old, options, self._clock()))
        return success(kind, last) if rules.is_over(kind, last) else last

    def compact(self) -> None:
        """Forget the history: watches from before now get 410."""
        self._compacted = self.revision
        self.history.clear()
        self._news.set()
        self._news = asyncio.Event()

    def _create_below(self, kind: Kind, obj: View, subresource: str) -> View:
        meta = obj["metadata"]
        pod = self._find(kind, meta.get("namespace", ""), meta["name"])
        if subresource != "binding":
            raise errors.NoSuchPath
        self._replace(kind, pod, rules.bound(pod, obj))
        return success(kind, pod)

    def _admit(self, kind: Kind, namespace: str, name: str) -> None:
        """As the NamespaceLifecycle admission plugin."""
        if not kind.namespaced:
            return
        home = self._find(NAMESPACE, "", namespace)
        if home["metadata"].get("deletionTimestamp"):
            why = (
                f"unable to create new content in namespace {namespace} "
                "because it is being terminated"
            )
            error = errors.Forbidden(kind.resource, name, why)
            message = f"namespace {namespace} is being terminated"
            error.details["causes"] = [
                {
                    "reason": "NamespaceTerminating",
                    "message": message,
                    "field": "metadata.namespace",
                }
            ]
            raise error

    def _find(self, kind: Kind, namespace: str, name: str) -> View:
        place = (kind.stored_resource, namespace if kind.namespaced else "", name)
        if place not in self._objects:
            raise errors.NotFound(kind.resource, name)
        return self._objects[place]

    def _all(self, kind: Kind) -> Iterator[View]:
        for place in sorted(self._objects):
            if place[0] == kind.stored_resource:
                yield back(kind, self._objects[place])

    def _replace(self, kind: Kind, old: View, new: Object) -> View:
        return old if new == old else self._store(kind, old, new)

    def _store(self, kind: Kind, old: View | None, new: Object) -> View:
        """Write, tell the watchers, answer. An object whose end has come is removed."""
        self.revision += 1
        meta = new["metadata"]
        meta["resourceVersion"] = str(self.revision)
        stored = stored_as(kind, new)
        place = (kind.stored_resource, meta.get("namespace", ""), meta["name"])
        if rules.is_over(kind, new):
            self._objects.pop(place, None)
            change = Change(self.revision, place[0], stored, None)
        else:
            self._objects[place] = stored
            before = None if old is None else stored_as(kind, old)
            change = Change(self.revision, place[0], before, stored)
        self.history.append(change)
        self._news.set()
        self._news = asyncio.Event()
        return new


def stored_as(kind: Kind, obj: View) -> View:
    return kind.stored.to(obj) if kind.stored else obj


def back(kind: Kind, obj: View) -> View:
    return kind.stored.back(obj) if kind.stored else obj


def check_uid(kind: Kind, old: View, uid: str | None) -> None:
    if uid and uid != old["metadata"]["uid"]:
        why = (
            f"Precondition failed: UID in precondition: {uid}, "
            f"UID in object meta: {old['metadata']['uid']}"
        )
        raise errors.Conflict(kind.resource, old["metadata"]["name"], why)


def selected_by(kind: Kind, selection: Selection) -> Callable[[View], bool]:
    try:
        labels = selectors.label_selector(selection.labels)
        fields = selectors.field_selector(selection.fields, kind.selectable)
    except selectors.SelectorError as error:
        raise errors.BadRequest(str(error)) from None

    def wanted(obj: View) -> bool:
        meta = obj["metadata"]
        if selection.namespace and meta.get("namespace", "") != selection.namespace:
            return False
        if not labels.matches(meta.get("labels")):
            return False
        return fields.matches(obj)

    return wanted


def told(kind: Kind, change: Change, wanted: Callable[[View], bool]) -> Iterator[Event]:
    """What a watcher with this selection hears of a change: at most one event."""
    old = change.before if change.before is None else back(kind, change.before)
    new = change.after if change.after is None else back(kind, change.after)
    before, after = old is not None and wanted(old), new is not None and wanted(new)
    if after and new:
        yield Event("MODIFIED" if before else "ADDED", new)
    elif before and old:
        last = new or old
        meta = {**last["metadata"], "resourceVersion": str(change.revision)}
        yield Event("DELETED", {**last, "metadata": meta})


def suffix(number: int) -> str:
    """Five characters as ``generateName`` adds; here they are counted, not drawn."""
    letters = []
    for _ in range(5):
        number, index = divmod(number, len(SAFE))
        letters.append(SAFE[index])
    return "".join(reversed(letters))


def success(kind: Kind, obj: View) -> Object:
    meta = obj["metadata"]
    details = {"name": meta["name"], "group": kind.group, "kind": kind.plural, "uid": meta["uid"]}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    }
