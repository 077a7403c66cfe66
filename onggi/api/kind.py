"""What the API server has to know about one resource kind, as data.

A built-in kind is a constant of this class; a CustomResourceDefinition becomes one at
run time. The generic strategy in ``onggi.apiserver`` serves both the same way.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from onggi.api.field_error import FieldError, immutable
from onggi.api.objects import Object, View, clone_value, get, parents

if TYPE_CHECKING:
    from onggi.api.custom import Custom

PROXIED = ("create", "delete", "get", "patch", "update")  # by a ``proxy`` subresource
VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


class Default(NamedTuple):
    """What ``path`` becomes where the user left it out."""

    path: str
    value: Any
    when: tuple[str, Any] | None = None  # (path, value that it must have)


class Scale(NamedTuple):
    """Where the ``scale`` subresource finds its three figures."""

    spec: str = "spec.replicas"
    status: str = "status.replicas"
    selector: str = "status.selector"
    labels: str = ""  # where the selector is a plain map of labels


class Column(NamedTuple):
    """One column of ``kubectl get``; a ``date`` is a path to a timestamp, shown as its age.

    A description that starts with ``@`` names a field whose OpenAPI text it is:
    ``@io.k8s.api.core.v1.PodSpec.nodeName``.
    """

    name: str
    value: str | Callable[[View, datetime], Any]  # a path, or a function of the object and now
    type: str = "string"
    wide: bool | int = False  # priority 1 or more: only with ``-o wide``
    description: str = ""
    format: str = ""  # ``name`` for the one that is the object's name


class Stored(NamedTuple):
    """A kind that is kept as another version or group: its resource there, and the two ways."""

    resource: str
    to: Callable[[View], Object]
    back: Callable[[View], Object]
    since: int | None = None  # what was written after this revision is as it should be


Rule = Callable[[View, View | None], Iterable[FieldError]]  # (new, old or None)
Prepare = Callable[[Object, View | None], None]  # (new, old or None): as upstream's strategies
Timed = Callable[[Object, View | None, datetime], None]  # (new, old or None, now)
Advice = Callable[[View, View | None], Iterable[str]]  # (new, old or None): Warning headers


class Subresource(NamedTuple):
    """A path below an object: ``log``, ``exec``, ``binding``, ``token``, ``finalize``.

    Where it writes the object itself (``ephemeralcontainers``, ``finalize``), ``prepare``
    takes all that it may not change from the old object, and ``rules`` stand in for the
    kind's. Where it takes another kind (``binding``, ``token``), both are about that kind,
    and ``old`` is the object below which it was posted.
    """

    name: str
    kind: str  # the kind that discovery names
    verbs: tuple[str, ...]
    group: str = ""
    version: str = "v1"
    prepare: Prepare | None = None
    rules: tuple[Rule, ...] = ()


class Ignored(NamedTuple):
    """A field that is stored and served but that nothing acts on yet: never quietly.

    ``path`` may fan out (``spec.volumes[*].nfs``); ``value`` narrows it to one value.
    """

    path: str
    why: str
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """One resource kind. Compared by identity: there is one constant for each.

    The order of a write: decode, ``default``, admission, ``prepare``, allocation of addresses
    and ports, ``rules``. ``prepare`` finds status and generation settled already (emptied and
    1 on creation, kept from the old object on update). ``prepare_status`` does the same for
    the ``status`` subresource, where everything else was kept from the old object.
    ``advice`` and ``ignored`` become ``Warning`` headers (``onggi.api.warnings``).
    """

    group: str
    version: str
    name: str
    plural: str
    schema: Mapping[str, Any] | str  # OpenAPI, or the name of its definition
    namespaced: bool = True
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    virtual: bool = False  # answered, never stored: reviews
    status: bool = True
    scale: Scale | None = None
    subresources: tuple[Subresource, ...] = ()
    defaults: tuple[Default, ...] = ()
    derived: tuple[Callable[[Object], None], ...] = ()  # defaults that take more than a table
    prepare: Prepare | None = None
    prepare_status: Prepare | None = None  # ``old`` is never None there
    timed: Timed | None = None  # after either: what says since when something is so
    immutable: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    status_rules: tuple[Rule, ...] = ()
    columns: tuple[Column, ...] = ()
    selectable: Mapping[str, str] = field(default_factory=dict)  # field selector → path
    deprecated: str = ""  # a warning with every answer, reads too
    ignored: tuple[Ignored, ...] = ()
    advice: tuple[Advice, ...] = ()
    name_rule: str = "subdomain"  # subdomain | label | path, or a key of api.names.RULES
    stored: Stored | None = None
    custom: "Custom | None" = None  # of a CustomResourceDefinition

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """``deployments.apps``; ``pods`` for the core group. The store's first key."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def stored_resource(self) -> str:
        """Where the store keeps it, in whatever group and version it is shown."""
        return self.stored.resource if self.stored else self.resource

    @property
    def singular(self) -> str:
        return self.custom.singular if self.custom else self.name.lower()

    @property
    def list_name(self) -> str:
        """``PodList``."""
        return self.custom.list_kind if self.custom else f"{self.name}List"

    def default(self, obj: Object) -> None:
        """Fill what the user left out, in the order of the table."""
        for path, value, when in self.defaults:
            if when and get(obj, when[0]) != when[1]:
                continue
            for parent, key in parents(obj, path):
                if parent.get(key) is None:
                    parent[key] = clone_value(value)
        for derive in self.derived:
            derive(obj)

    def validate(self, new: View, old: View | None = None) -> list[FieldError]:
        errors = [error for rule in self.rules for error in rule(new, old)]
        if old is not None:
            errors += [
                immutable(path, get(new, path))
                for path in self.immutable
                if get(new, path) != get(old, path)
            ]
        return errors


def within(path: str, derive: Callable[[Object], None]) -> Callable[[Object], None]:
    """Computed defaults at another place, as the pod template of a Deployment."""

    def derived(obj: Object) -> None:
        for parent, key in parents(obj, path):
            if isinstance(inner := parent.setdefault(key, {}), dict):
                derive(inner)

    return derived


def under(prefix: str, defaults: Iterable[Default]) -> tuple[Default, ...]:
    """The same table at another place, as the pod template of a Deployment."""
    return tuple(
        Default(f"{prefix}.{d.path}", d.value, d.when and (f"{prefix}.{d.when[0]}", d.when[1]))
        for d in defaults
    )
