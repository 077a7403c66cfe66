"""Seam 4: what a reconcile function sees and what it may ask for. Neither does I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from onggi.api.kind import Kind
from onggi.api.objects import Object, View


class World(Protocol):
    """A read-only snapshot of the cluster as the caches last saw it."""

    def get(self, kind: Kind, namespace: str, name: str) -> View | None: ...
    def owned(self, kind: Kind, owner: View) -> Sequence[View]:
        """Everything whose ownerReferences name the owner's uid."""

    def select(self, kind: Kind, namespace: str, labels: Mapping[str, str]) -> Sequence[View]:
        """Everything that carries all of these labels."""

    def all(self, kind: Kind, namespace: str = "") -> Sequence[View]: ...


@dataclass(frozen=True)
class Create:
    kind: Kind
    obj: Object


@dataclass(frozen=True)
class Patch:
    """A merge patch, refused if the object is no longer the one that was seen."""

    kind: Kind
    target: View
    patch: Object
    subresource: str = ""


@dataclass(frozen=True)
class Delete:
    """Refused if the name has gone to another object since (uid precondition)."""

    kind: Kind
    target: View
    propagation: str = "Background"


@dataclass(frozen=True)
class SetStatus:
    """Replaces the whole status."""

    kind: Kind
    target: View
    status: Object


@dataclass(frozen=True)
class Emit:
    """An Event about ``target``; repeated ones are counted, not stored again."""

    target: View
    reason: str
    message: str
    type: str = "Normal"


Action = Create | Patch | Delete | SetStatus | Emit


@dataclass(frozen=True)
class Plan:
    actions: Sequence[Action] = ()
    again_in: timedelta | None = None  # wake me even if nothing changes


class Reconcile(Protocol):
    def __call__(self, obj: View, world: World, now: datetime, /) -> Plan: ...


Wake = tuple[str, str]  # (namespace, name) of the object to reconcile


class Map(Protocol):
    """Which objects a change of another one wakes."""

    def __call__(self, changed: View, world: World, /) -> Sequence[Wake]: ...


@dataclass(frozen=True, kw_only=True)
class Controller:
    """A reconcile function and what wakes it, as data.

    ``owns`` wakes the owner of a changed object; ``watches`` maps any other kind's changes.
    ``user`` is who its writes are made as.
    """

    name: str
    kind: Kind
    reconcile: Reconcile
    owns: tuple[Kind, ...] = ()
    watches: Mapping[Kind, Map] = field(default_factory=dict)
    reads: tuple[Kind, ...] = ()  # in the World, but changes wake nobody
    resync: timedelta | None = None  # every object again, this often
