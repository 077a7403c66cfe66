"""The present state in memory: every record by resource, namespace and name, in order.

One thread uses it. It is changed only by ``publish``, with changes that are durable. Names are put
in order when somebody lists them: a namespace of a few records shall cost little more than them.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from sortedcontainers import SortedDict

from onggi.store.history import History
from onggi.store.store import Change, Compacted, Key, Record

NOTHING: dict[str, Record] = {}


def place(record: Record) -> tuple[str, str]:
    return record.key.namespace, record.key.name


class Table:
    """One resource. Lists are kept until the next change of what they show."""

    def __init__(self, floor: int) -> None:
        self.namespaces: SortedDict[str, dict[str, Record]] = SortedDict()
        self.history = History(floor)
        self._unordered: set[str] = set()  # namespaces
        self._lists: dict[str, list[Record]] = {}

    def get(self, namespace: str, name: str) -> Record | None:
        records = self.namespaces.get(namespace)
        return records.get(name) if records is not None else None

    def put(self, change: Change) -> Sequence[asyncio.Future[None]]:
        """Returns the readers who wait for it."""
        _, namespace, name = change.new.key
        records = self.namespaces.get(namespace)
        if records is None:
            self.namespaces[namespace] = {name: change.new}
        elif change.type == "DELETED":
            del records[name]
            if not records:
                del self.namespaces[namespace]
                self._unordered.discard(namespace)
        else:
            if name not in records:
                self._unordered.add(namespace)
            records[name] = change.new
        self._lists.pop(namespace, None)
        self._lists.pop("", None)
        return self.history.append(change)

    def load(self, changes: Iterable[Change]) -> None:
        """As many times ``put``, while nobody reads."""
        found: dict[str, dict[str, Record]] = {}
        for change in changes:
            _, namespace, name = change.new.key
            records = found.setdefault(namespace, {})
            if change.type == "DELETED":
                del records[name]
            else:
                records[name] = change.new
        self.namespaces.update({name: records for name, records in found.items() if records})
        self._unordered.update(self.namespaces)

    def list(self, namespace: str) -> Sequence[Record]:
        found = self._lists.get(namespace)
        if found is None:
            self._put_in_order(self._unordered & ({namespace} if namespace else self._unordered))
            parts: Iterable[dict[str, Record]] = self.namespaces.values()
            if namespace:
                parts = [self.namespaces.get(namespace, NOTHING)]
            found = self._lists[namespace] = [r for part in parts for r in part.values()]
        return found

    def _put_in_order(self, namespaces: set[str]) -> None:
        """They stay so until something is added."""
        for namespace in namespaces:
            records = self.namespaces[namespace]
            self.namespaces[namespace] = {name: records[name] for name in sorted(records)}
        self._unordered -= namespaces

    def list_at(self, namespace: str, revision: int) -> Sequence[Record]:
        """The list as it was, by undoing what has happened since."""
        history = self.history
        since = history.changes[history.position(revision) - history.base :]
        if not since:
            return self.list(namespace)
        records = {place(r): r for r in self.list(namespace)}
        for change in reversed(since):
            if namespace and change.new.key.namespace != namespace:
                continue
            if change.old is None:
                records.pop(place(change.new), None)
            else:
                records[place(change.new)] = change.old
        return [records[key] for key in sorted(records)]


class State:
    """``garbage`` holds (revision that made it so, revision of the row that nobody needs)."""

    def __init__(self, compacted: int = 0) -> None:
        self.compacted = compacted
        self.revision = compacted
        self.tables: dict[str, Table] = {}
        self.garbage: list[tuple[int, int]] = []

    def table(self, resource: str) -> Table:
        found = self.tables.get(resource)
        if found is None:
            found = self.tables[resource] = Table(self.compacted)
        return found

    def get(self, key: Key) -> Record | None:
        table = self.tables.get(key.resource)
        return table.get(key.namespace, key.name) if table else None

    def select(
        self, resource: str, namespace: str, at: int, after: tuple[str, str] | None
    ) -> Sequence[Record]:
        table = self.table(resource)
        if at and at < self.compacted:
            raise Compacted(at)
        records = table.list_at(namespace, at) if at else table.list(namespace)
        return records[bisect_right(records, after, key=place) :] if after else records

    def publish(self, changes: Iterable[Change]) -> list[asyncio.Future[None]]:
        """The readers to wake: whoever asked for the changes is answered before them."""
        woken: list[asyncio.Future[None]] = []
        for change in changes:
            self.revision = change.revision
            woken += self.table(change.new.key.resource).put(change)
            self._outdate(change)
        return woken

    def load(self, changes: Iterable[Change]) -> None:
        """``publish`` at a start, when nobody reads or waits."""
        tables: dict[str, list[Change]] = {}
        for change in changes:
            self.revision = change.revision
            tables.setdefault(change.new.key.resource, []).append(change)
            self._outdate(change)
        for resource, found in tables.items():
            table = self.table(resource)
            table.load(found)
            table.history.load(found)

    def _outdate(self, change: Change) -> None:
        if change.old is not None:
            self.garbage.append((change.revision, change.old.revision))
        if change.type == "DELETED":
            self.garbage.append((change.revision, change.revision))

    def forget(self, revision: int) -> list[int]:
        """Drop history up to ``revision``; the revisions whose rows may go."""
        self.compacted = max(self.compacted, min(revision, self.revision))
        for table in self.tables.values():
            table.history.forget(self.compacted)
        dead = [row for since, row in self.garbage if since <= self.compacted]
        self.garbage = [entry for entry in self.garbage if entry[0] > self.compacted]
        return dead

    def wake_all(self) -> None:
        for table in self.tables.values():
            table.history.wake_all()
