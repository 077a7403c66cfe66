"""What every namespace with a quota uses, kept up with the store's history, change by change.

Nothing is recomputed but when a quota itself changes, and a namespace without quotas costs
one look into a dict.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from onggi.api.objects import Object, View, get
from onggi.apiserver.quota.book import Book, Reservation
from onggi.kinds.core.resourcequota import RESOURCEQUOTA
from onggi.kinds.core.resourcequota.usage import quota_of
from onggi.store.store import Change, Compacted, Key, Store, Watch

QUOTAS = RESOURCEQUOTA.resource
DOUBT = timedelta(seconds=30)  # far longer than a write takes
Name = tuple[str, str]  # namespace and name of a quota


class Ledger:
    """``changed`` are the quotas whose status is to be looked at: the keeper empties it."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._books: dict[str, Book] = {}
        self._tracked: dict[str, Watch] = {}
        self._quotas = store.watch(QUOTAS, since=store.revision)
        self.changed: set[Name] = set()
        self._ending: set[str] = set()  # namespaces where pods stop to count by the clock
        for record in store.list(QUOTAS):
            self._open(record.key.namespace)

    @property
    def resources(self) -> Sequence[str]:
        """What counts for any quota."""
        return list(self._tracked)

    @property
    def closed(self) -> bool:
        return self._store.closed

    def watch(self, resource: str) -> Watch:
        """A reader of one's own, to wait for changes."""
        return self._store.watch(resource, since=self._store.revision)

    def book(self, namespace: str) -> Book | None:
        """The accounts as they are now; None where there is no quota."""
        self._read_quotas()
        book = self._books.get(namespace)
        if book is not None:
            self.read()
            self._mark(namespace, book.expire(self._clock()))
        return book

    def is_limited(self, namespace: str) -> bool:
        if not self._store.list(QUOTAS):
            return False  # as in most clusters
        self._read_quotas()
        return namespace in self._books

    def read(self) -> None:
        """Take in everything that was written since."""
        self._read_quotas()
        for resource, watch in list(self._tracked.items()):
            try:
                changes = watch.ready()
            except Compacted:
                self._tracked[resource] = self.watch(resource)
                for namespace in list(self._books):
                    self._open(namespace)
                continue
            for change in changes:
                self._apply(resource, change)

    def expire(self) -> datetime | None:
        """Count no more what has ended by the clock; when the next pod does so."""
        now, found = self._clock(), []
        for namespace in list(self._ending):
            book = self._books.get(namespace)
            if book is not None:
                self._mark(namespace, book.expire(now))
                found += [at for at, _ in book.ending.values()]
            if book is None or not book.ending:
                self._ending.discard(namespace)
        return min(found, default=None)

    def settle(self, reservation: Reservation) -> None:
        """The write is done, or goes on without anybody who waits."""
        reservation.until = self._clock() + DOUBT  # unless it is seen before
        self.read()

    def release(self, namespace: str, reservation: Reservation) -> None:
        """The write was refused."""
        if (book := self._books.get(namespace)) is not None:
            book.release(reservation)

    def status(self, name: Name) -> tuple[View, Object] | None:
        """A quota, and its status as it should be; None where that is what it is."""
        record = self._store.get(Key(QUOTAS, *name))
        book = self._books.get(name[0])
        if record is None or book is None or name[1] not in book.sums:
            return None
        quota = record.object
        used = {key: amount.text for key, amount in book.sums[name[1]].used().items()}
        wanted = {"hard": dict(get(quota, "spec.hard") or {}), "used": used}
        wanted = {key: value for key, value in wanted.items() if value}
        return None if wanted == (quota.get("status") or {}) else (quota, wanted)

    def _read_quotas(self) -> None:
        try:
            changes = self._quotas.ready()
        except Compacted:
            self._quotas = self.watch(QUOTAS)
            for namespace in {*self._books, *(r.key.namespace for r in self._store.list(QUOTAS))}:
                self._open(namespace)
            return
        for namespace in {c.new.key.namespace for c in changes if concerns(c)}:
            self._open(namespace)
        self.changed |= {c.new.key[1:] for c in changes if c.type != "DELETED"}

    def _open(self, namespace: str) -> None:
        """Make up the accounts of a namespace from what is there."""
        old = self._books.pop(namespace, None)
        quotas = [quota_of(record.object) for record in self._store.list(QUOTAS, namespace)]
        if not quotas:
            return
        book = self._books[namespace] = Book(iter(quotas))
        self._follow(book)
        for resource in book.resources:
            for record in self._store.list(resource, namespace):
                book.put(resource, record.object)
        if old is not None:
            book.inherit(old)
        self._mark(namespace, {*book.sums})

    def _follow(self, book: Book) -> None:
        for resource in book.resources - {*self._tracked}:
            self._tracked[resource] = self.watch(resource)

    def _apply(self, resource: str, change: Change) -> None:
        namespace = change.new.key.namespace
        book = self._books.get(namespace)
        if book is not None and resource in book.resources:
            gone = change.type == "DELETED"
            self._mark(namespace, book.put(resource, change.new.object, gone))

    def _mark(self, namespace: str, names: set[str]) -> None:
        if (book := self._books.get(namespace)) is not None and book.ending:
            self._ending.add(namespace)
        self.changed |= {(namespace, name) for name in names}


def concerns(change: Change) -> bool:
    """Whether it is more than the status of a quota that changed."""
    if change.type != "MODIFIED" or change.old is None:
        return True
    after: Mapping[str, object] = change.new.object
    return after.get("spec") != change.old.object.get("spec")
