"""The kinds of CustomResourceDefinitions, as the store has them at this moment.

Nothing follows the store in the background: whoever asks brings the answer up to date first,
which costs one comparison where nothing was written, and a look at one resource's history
where something was. A definition's kinds are served from the write on that establishes it,
and after a restart from the first request on.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from onggi.api.crd import kinds_of
from onggi.api.custom import Convert
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver.path import Target
from onggi.apiserver.registry import Registry
from onggi.store.store import Compacted, Key, Record, Store, Watch

CRDS = "customresourcedefinitions.apiextensions.k8s.io"
PATIENCE = 0.5  # seconds that a request waits for a definition that was just written


class CustomKinds:
    """``onggi.apiserver.registry.Following``."""

    def __init__(self, store: Store, converter: Callable[[View], Convert]) -> None:
        """``converter`` says how objects of a definition become another version."""
        self._store, self._converter = store, converter
        self._generation = 0
        self._facts: dict[str, Any] = {}  # by a definition's name: what its kinds follow from
        self._kinds: dict[str, tuple[Kind, ...]] = {}
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        self._reload()

    @property
    def generation(self) -> int:
        self._catch_up()
        return self._generation

    @property
    def kinds(self) -> Sequence[Kind]:
        self._catch_up()
        return tuple(self._by_resource.values())

    def find(self, group: str, version: str, resource: str) -> Kind | None:
        self._catch_up()
        return self._by_resource.get((group, version, resource))

    def _reload(self) -> None:
        self._seen = self._store.revision
        self._place: Watch = self._store.watch(CRDS, since=self._seen)
        records = self._store.list(CRDS)
        for name in set(self._facts) - {record.key.name for record in records}:
            self._forget(name)
        for record in records:
            self._put(record)

    def _catch_up(self) -> None:
        if self._store.revision == self._seen:
            return
        try:
            changes = self._place.ready()
        except Compacted:
            self._reload()
            return
        self._seen = self._store.revision
        for change in changes:
            if change.type == "DELETED":
                self._forget(change.new.key.name)
            else:
                self._put(change.new)

    def _put(self, record: Record) -> None:
        name, crd = record.key.name, record.object
        facts = follows_from(crd)
        before = self._facts.get(name)
        if before == facts:
            return
        same_spec = before is not None and before[:2] == facts[:2]
        since = self._since(name, record) if same_spec else changed_at(record)
        self._forget(name)
        self._facts[name], self._kinds[name] = facts, kinds_of(crd, since, self._converter(crd))
        self._index(self._kinds[name])

    def _since(self, name: str, record: Record) -> int:
        for kind in self._kinds.get(name, ()):
            if kind.custom:
                return kind.custom.family.since
        return changed_at(record)

    def _forget(self, name: str) -> None:
        self._facts.pop(name, None)
        gone = self._kinds.pop(name, ())
        for kind in gone:
            self._by_resource.pop((kind.group, kind.version, kind.plural), None)
            self._store.wake(kind.resource)  # who watches it may have to begin anew
        self._generation += bool(gone)

    def _index(self, kinds: tuple[Kind, ...]) -> None:
        for kind in kinds:
            self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._generation += bool(kinds)


async def promised(store: Store, registry: Registry, target: Target) -> Kind | None:
    """The kind of a definition that nobody has looked at yet: controllers establish it within
    milliseconds, so who comes at once waits for that instead of hearing 404."""
    key = Key(CRDS, "", f"{target.resource}.{target.group}")
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while is_new(store.get(key)):
        place, left = store.watch(CRDS, since=store.revision), deadline - loop.time()
        if left <= 0 or not await place.next(left):
            break
    return registry.find(target.group, target.version, target.resource)


def is_new(record: Record | None) -> bool:
    if record is None or "deletionTimestamp" in record.object["metadata"]:
        return False
    conditions = (record.object.get("status") or {}).get("conditions") or ()
    told = {c.get("type"): c.get("status") for c in conditions}
    return told.get("NamesAccepted") != "False" and "Established" not in told


def follows_from(crd: View) -> tuple[Any, ...]:
    """What the kinds of a definition follow from, the spec first."""
    status = crd.get("status") or {}
    established = any(
        c.get("type") == "Established" and c.get("status") == "True"
        for c in status.get("conditions") or ()
    )
    meta = crd["metadata"]
    names, going = status.get("acceptedNames"), "deletionTimestamp" in meta
    return meta["uid"], crd["spec"], names, established, going


def changed_at(record: Record) -> int:
    """When the spec changed last, or 0 if it never did: objects older than that may lack
    defaults or have fields that were pruned since."""
    return 0 if record.object["metadata"].get("generation", 1) == 1 else record.revision
