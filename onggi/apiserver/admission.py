"""What is asked of a write before it happens, in order: see ``onggi.apiserver.plugins``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from onggi.api.errors import Forbidden, StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver import names
from onggi.apiserver.call import Allocation, Call
from onggi.store.store import Key, Store

CREATE, UPDATE, DELETE, CONNECT = "CREATE", "UPDATE", "DELETE", "CONNECT"


@dataclass(slots=True)
class Review:
    """``obj`` is None for a deletion, ``old`` for a creation. Mutating plugins change ``obj``, in
    place.

    ``about`` is the kind of ``obj`` where that is not the call's, as Scale or Eviction;
    ``options`` are DeleteOptions as they were sent. ``again`` is set by a stage after which all
    mutating plugins are to run a second time; ``second`` is true while they do; ``kept`` is what
    stages remember from the first time; ``held`` is what they gave: kept if the write is done.
    """

    operation: str
    call: Call
    obj: Object | None
    old: View | None
    now: datetime
    dry_run: bool = False
    about: Kind | None = None
    options: View | None = None
    again: bool = False
    second: bool = False
    kept: dict[str, Any] = field(default_factory=dict)
    held: list[Allocation] = field(default_factory=list)

    @property
    def resource(self) -> str:
        return self.call.kind.resource

    @property
    def kind(self) -> Kind:
        """The kind of ``obj``."""
        return self.about or self.call.kind

    @property
    def subresource(self) -> str:
        return self.call.target.subresource

    def suffix(self) -> str:
        """Five characters for a name of something inside."""
        return names.suffix()


def forbidden(review: Review, why: str) -> Forbidden:
    """A refusal about the object; one that has no name yet is called by its generateName."""
    meta = (review.obj or {}).get("metadata") or {}
    name = review.call.target.name or meta.get("name") or meta.get("generateName") or "Unknown"
    return Forbidden(review.resource, name, why)


class NotYet(Exception):
    """What a plugin needs is likely to appear soon, as an object of ``kind``; if it does
    not, ``refusal`` is the answer."""

    def __init__(self, kind: Kind, namespace: str, refusal: StatusError) -> None:
        super().__init__(refusal.message)
        self.kind, self.namespace, self.refusal = kind, namespace, refusal


class Lookup(Protocol):
    """The present state, for plugins: what they read is never behind."""

    def get(self, kind: Kind, namespace: str, name: str) -> View | None: ...
    def list(self, kind: Kind, namespace: str = "") -> Sequence[View]: ...


class StoreLookup:
    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, kind: Kind, namespace: str, name: str) -> View | None:
        record = self._store.get(Key(kind.resource, namespace, name))
        return record.object if record else None

    def list(self, kind: Kind, namespace: str = "") -> Sequence[View]:
        return [record.object for record in self._store.list(kind.resource, namespace)]


Plugin = Callable[[Review, Lookup], None]  # raises a StatusError to refuse
NOTHING: Mapping[Plugin, Collection[str]] = {}


class Stage(Protocol):
    """What may have to wait for somebody, and comes after all plugins: policies, webhooks, quotas.

    The store may have changed when ``run`` returns: the verbs write only onto the version that
    they read, and begin again where it is no longer the newest.
    """

    def due(self, review: Review) -> bool:
        """Whether there is anything to do at all: cheap, since every write is asked."""

    async def run(self, review: Review) -> None:
        """Change ``review.obj`` in place, if this is a mutating stage; raises to refuse."""


class Admission:
    """``mutating`` run before an object is completed and checked, ``validating`` after; each
    before the stages of its half, which are in upstream's order. ``about`` names the resources
    of plugins that have nothing to say to others: what is not asked costs nothing."""

    def __init__(
        self,
        lookup: Lookup,
        mutating: Sequence[Plugin],
        validating: Sequence[Plugin],
        stages: tuple[Sequence[Stage], Sequence[Stage]] = ((), ()),
        about: Mapping[Plugin, Collection[str]] = NOTHING,
    ) -> None:
        self._lookup, self._mutating, self._validating = lookup, mutating, validating
        self._mutating_stages, self._validating_stages = stages
        self.staged = True
        self._about = about
        self._asked: dict[str, tuple[Sequence[Plugin], Sequence[Plugin]]] = {}

    async def admit(self, review: Review) -> None:
        """Once; and a second time where a stage asks for it (``reinvocationPolicy``)."""
        await self._admit(review)
        if review.again:
            review.again, review.second = False, True
            await self._admit(review)

    async def _admit(self, review: Review) -> None:
        for plugin in self._plugins(review)[0]:
            plugin(review, self._lookup)
        for stage in self._mutating_stages if self.staged else ():
            if stage.due(review):
                await stage.run(review)

    async def validate(self, review: Review) -> None:
        for plugin in self._plugins(review)[1]:
            plugin(review, self._lookup)
        for stage in self._validating_stages if self.staged else ():
            if stage.due(review):
                await stage.run(review)

    def _plugins(self, review: Review) -> tuple[Sequence[Plugin], Sequence[Plugin]]:
        """Those that a write of this resource is shown to: mutating, validating."""
        resource = review.resource
        found = self._asked.get(resource)
        if found is None:
            found = self._asked[resource] = (
                [p for p in self._mutating if resource in self._about.get(p, (resource,))],
                [p for p in self._validating if resource in self._about.get(p, (resource,))],
            )
        return found
