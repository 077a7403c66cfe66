"""One request on its way through the filters, and what the verbs work with."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from onggi.api.http import Handler, Request, User
from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver.authz.attributes import Attributes, Authorizer
from onggi.apiserver.config import ApiConfig
from onggi.apiserver.negotiate import AS_IS, Wanted
from onggi.apiserver.path import Target
from onggi.apiserver.registry import Registry
from onggi.store.store import Key, Store


@dataclass(slots=True)
class Call:
    """``namespace`` is the store's: empty for cluster-scoped kinds and for all of them;
    ``annotations`` are what admission has to say to the audit log."""

    request: Request
    target: Target
    user: User
    kind: Kind
    namespace: str
    wanted: Wanted = AS_IS
    warnings: list[str] = field(default_factory=list)
    annotations: dict[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """Where the store keeps the kind."""
        return self.kind.stored_resource

    @property
    def key(self) -> Key:
        return Key(self.resource, self.namespace, self.target.name)

    def attributes(self, **changes: Any) -> Attributes:
        """What an authorizer is asked about this call."""
        target = self.target
        asked = Attributes(self.user, target.verb, *target[2:4], target.resource)
        asked = asked._replace(
            subresource=target.subresource,
            namespace=target.namespace,
            name=target.name,
            path=target.path,
        )
        return asked._replace(**changes)


class Schemas(Protocol):
    """What an object may look like, from OpenAPI."""

    def decode(self, kind: Kind, obj: Object) -> Sequence[str]:
        """Bring ``obj`` into the shape of its kind: nulls and unknown fields go, in place.

        Returns the unknown fields as ``unknown field "spec.foo"``; raises Misfit for a
        value of the wrong type.
        """

    def complete(self, kind: Kind, obj: Object) -> None:
        """Add the empty structs that upstream always writes, as ``status`` of a new object."""


class Tokens(Protocol):
    """Makes tokens for service accounts."""

    def create(self, namespace: str, name: str, body: View, now: datetime) -> Object:
        """The completed TokenRequest. Raises NotFound, Invalid, BadRequest, Conflict."""


class Allocator(Protocol):
    """Gives scarce things (addresses, ports) to objects while they are written."""

    def begin(self, new: Object | None, old: View | None, dry_run: bool) -> "Allocation":
        """``new`` is completed in place; None where ``old`` is deleted. Raises Invalid."""


class Allocation(Protocol):
    """What was given for one write; exactly one of the two is called."""

    def commit(self) -> None: ...
    def rollback(self) -> None: ...


class Admits(Protocol):
    """See ``onggi.apiserver.admission.Admission``; it takes its ``Review``."""

    staged: bool

    async def admit(self, review: Any) -> None: ...
    async def validate(self, review: Any) -> None: ...


Virtual = Callable[["Backend", Call, Object], Object]


@dataclass(slots=True, kw_only=True)
class Backend:
    """Everything that a verb needs and does not own.

    ``virtual`` answers the creation of kinds that are never stored, by resource; ``nodes``
    is who answers for the containers of a node; ``watching`` counts watches by resource.
    """

    store: Store
    registry: Registry
    schemas: Schemas
    authorizer: Authorizer
    admission: Admits
    clock: Callable[[], datetime]
    config: ApiConfig = field(default_factory=ApiConfig)
    allocators: Mapping[str, Allocator] = field(default_factory=dict)
    nodes: Mapping[str, Handler] = field(default_factory=dict)
    virtual: Mapping[str, Virtual] = field(default_factory=dict)
    tokens: Tokens | None = None
    watching: Counter[str] = field(default_factory=Counter)
