"""Seam 4: what a reconcile function sees and what it may ask for. Neither does I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from onggi.api.errors import StatusError
from onggi.api.kind import Kind
from onggi.api.objects import Object, View


class World(Protocol):
    """A read-only snapshot of the cluster as the caches last saw it.

    It holds the kinds that the controller declares; for all others (and where a controller
    asks for ``everything``) only ``metadata`` is kept.
    """

    @property
    def kinds(self) -> Sequence[Kind]:
        """Every stored kind, each once: reviews and second views of a kind are not here."""

    @property
    def began(self) -> datetime:
        """Since when this process follows the cluster: what it has not seen since may be old."""

    def kind(self, api_version: str, name: str) -> Kind | None:
        """``("apps/v1", "Deployment")``, as an ownerReference names it."""

    def get(self, kind: Kind, namespace: str, name: str) -> View | None: ...
    def owned(self, kind: Kind, owner: View) -> Sequence[View]:
        """Everything whose ownerReferences name the owner's uid."""

    def select(self, kind: Kind, namespace: str, labels: Mapping[str, str]) -> Sequence[View]:
        """Everything that carries all of these labels."""

    def all(self, kind: Kind, namespace: str = "") -> Sequence[View]: ...


Sequel = Callable[[View], Sequence["Action"]]  # of what the server made
Fallback = Callable[[StatusError], Sequence["Action"]]  # of how the server refused


@dataclass(frozen=True)
class Create:
    """``done`` tells what to do next with the object as it was created, ``failed`` what to do
    about a refusal (before the plan ends and is tried again)."""

    kind: Kind
    obj: Object
    done: Sequel | None = None
    failed: Fallback | None = None
    subresource: str = ""


@dataclass(frozen=True)
class Patch:
    """A merge patch, refused if the object is no longer the one that was seen."""

    kind: Kind
    target: View
    patch: Object
    subresource: str = ""


@dataclass(frozen=True)
class Update:
    """Puts the whole object, refused if it is no longer the one that was seen; also for
    subresources such as finalize."""

    kind: Kind
    obj: Object
    subresource: str = ""


@dataclass(frozen=True)
class Delete:
    """Refused if the name has gone to another object since (uid precondition).

    ``propagation`` is Background, Foreground or Orphan; ``grace`` is in seconds, None the
    object's own. ``unchanged``: refused too if the object is no longer the version seen.
    """

    kind: Kind
    target: View
    propagation: str = "Background"
    grace: int | None = None
    unchanged: bool = False


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


@dataclass(frozen=True)
class Absent:
    """Goes on only if the server, asked now, has no such object: caches may be behind.

    Without a ``uid`` any object of that name counts. ``lasting``: and only if it has been
    so for this long, as far as this process saw.
    """

    kind: Kind
    namespace: str
    name: str
    uid: str = ""
    lasting: timedelta = timedelta()


@dataclass(frozen=True)
class Clear:
    """Deletes all of these kinds in a namespace and asks what remains.

    ``then`` gets, for each kind in this order, what is still there (or the refusal).
    """

    kinds: Sequence[Kind]
    namespace: str
    then: Callable[[Sequence["Remains"]], Sequence["Action"]]


class Remains(NamedTuple):
    kind: Kind
    items: Sequence[View] = ()
    refusal: StatusError | None = None


Action = Create | Patch | Update | Delete | SetStatus | Emit | Absent | Clear


@dataclass(frozen=True)
class Plan:
    """Actions in order; the first refusal ends the plan, and the object is tried again later.

    Neighbouring creates run side by side, neighbouring deletes too.
    """

    actions: Sequence[Action] = ()
    again_in: timedelta | None = None  # wake me even if nothing changes
    failed: Fallback | None = None  # what to do about the refusal that ended the plan


class Reconcile(Protocol):
    def __call__(self, obj: View, world: World, now: datetime, /) -> Plan: ...


class Passage(Protocol):
    """What there is to do when an object is first seen by this process, or seen to go."""

    def __call__(self, obj: View, world: World, /) -> Sequence[Action]: ...


Wake = tuple[str, str]  # (namespace, name) of the object to reconcile


class Map(Protocol):
    """Which objects a change of another one wakes. It is asked about the object before the
    change and after it."""

    def __call__(self, changed: View, world: World, /) -> Sequence[Wake]: ...


class Target(NamedTuple):
    """An object of any kind, by name."""

    kind: Kind
    namespace: str
    name: str

    @classmethod
    def of(cls, kind: Kind, obj: View) -> "Target":
        return cls(kind, obj["metadata"].get("namespace", ""), obj["metadata"]["name"])


class Wakes(Protocol):
    """Which objects, of whatever kind, a change of an object of ``kind`` wakes."""

    def __call__(self, kind: Kind, changed: View, world: World, /) -> Sequence[Target]: ...


@dataclass(frozen=True, kw_only=True)
class Controller:
    """A reconcile function and what wakes it, as data.

    ``owns`` wakes the controlling owner of a changed object; ``watches`` maps any other kind's
    changes; ``everything`` maps the changes of every kind there is (garbage collection).
    Without a ``kind`` of its own a controller reconciles what ``everything`` names.
    ``whole`` says which objects of a kind it reads whole; of the others only metadata is kept.
    ``matters`` is all it asks of a kind: a change that leaves it equal wakes nobody.
    ``source`` is the component that its events name, ``account`` the service account (in
    kube-system) that it writes as: upstream's names, where they are not the controller's.
    ``arrived`` and ``departed`` are about the objects of ``kind`` themselves, for the little
    that does not follow from how things are; what went while nobody looked is not noticed.
    """

    name: str
    reconcile: Reconcile
    kind: Kind | None = None
    about: Callable[[View], bool] | None = None  # which objects of ``kind`` wake it; None: all
    matters: Mapping[Kind, Callable[[View], object]] = field(default_factory=dict)
    owns: tuple[Kind, ...] = ()
    watches: Mapping[Kind, Map] = field(default_factory=dict)
    reads: tuple[Kind, ...] = ()  # in the World, but changes wake nobody
    everything: Wakes | None = None
    whole: Mapping[Kind, Callable[[View], bool]] = field(default_factory=dict)
    workers: int = 5  # objects reconciled at a time, as upstream's --concurrent-…-syncs
    source: str = ""
    account: str = ""
    arrived: Passage | None = None
    departed: Passage | None = None
