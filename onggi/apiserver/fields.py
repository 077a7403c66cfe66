"""Field management for the verbs: who writes, in which version, and what is not theirs to own.

    created(backend, call, obj, options)            before admission
    changed(backend, call, (old, new), options)

Both complete ``metadata.managedFields`` in place (``onggi.api.managed``).

Sources: ``k8s.io/apiserver/pkg/endpoints/handlers`` (managerOrUserAgent), and the
GetResetFields of the strategies in ``pkg/registry``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from onggi.api import managed
from onggi.api.fields import entries, sets
from onggi.api.fields.elements import SELF
from onggi.api.fields.plan import Plan, plan
from onggi.api.fields.sets import LEAF, NOTHING, Path, Trie
from onggi.api.kind import Kind
from onggi.api.managed import Write
from onggi.api.objects import Object, View
from onggi.api.times import stamp
from onggi.apiserver import schemas
from onggi.apiserver.call import Backend, Call
from onggi.apiserver.options import LONGEST_MANAGER, WriteOptions

SPOILT = (
    ".metadata.managedFields was in an invalid state after admission; this could be caused by an "
    "outdated mutating admission controller; please fix your requests: {}"
)
STATUS: Path = ("f:status",)
SPEC: Path = ("f:spec",)
LABELS: Path = ("f:metadata", "f:labels")
OWNERS: Path = ("f:metadata", "f:ownerReferences")
DELETED: Path = ("f:metadata", "f:deletionTimestamp")
# What a way of writing takes from the object as it was: (kind, subresource).
RESET: Mapping[tuple[str, str], tuple[Path, ...]] = {
    ("pods", "status"): (SPEC, DELETED, OWNERS),
    ("deployments.apps", "status"): (SPEC, LABELS),
    ("customresourcedefinitions.apiextensions.k8s.io", "status"): (("f:metadata",), SPEC),
    ("certificatesigningrequests.certificates.k8s.io", "status"): (SPEC, (*STATUS, "f:conditions")),
    ("certificatesigningrequests.certificates.k8s.io", "approval"): (
        SPEC,
        (*STATUS, "f:certificate"),
    ),
}
# What alone it may write, where that is less.
WRITTEN: Mapping[tuple[str, str], Path] = {
    ("pods", "ephemeralcontainers"): ("f:spec", "f:ephemeralContainers"),
}


def created(backend: Backend, call: Call, obj: Object, options: WriteOptions) -> None:
    managed.on_create(obj, write_of(backend, call, options))


def changed(
    backend: Backend, call: Call, change: tuple[View, Object], options: WriteOptions
) -> None:
    old, new = change
    managed.on_update(old, new, write_of(backend, call, options))


def admitted(call: Call, obj: Object, before: Any) -> None:
    """Whoever changes objects in admission may change their managers, but not to nonsense."""
    meta = obj["metadata"]
    after = meta.get("managedFields")
    if after is before or not after:
        return
    try:
        meta["managedFields"] = entries.written(entries.read(after, ours=False))
    except (ValueError, KeyError, TypeError) as error:
        call.warnings.append(SPOILT.format(error))
        meta.pop("managedFields")
        if before:
            meta["managedFields"] = before


def write_of(
    backend: Backend, call: Call, options: WriteOptions, kind: Kind | None = None
) -> Write:
    """``kind`` is what is written, where that is not the kind of the path: a Scale."""
    manager = options.manager or prefix(call.request.headers.get("user-agent", ""))
    now, name = stamp(backend.clock()), call.target.subresource
    written = kind or call.kind
    return Write(manager, written.api_version, name, now, KindVersions(backend, written, name))


@lru_cache(256)
def prefix(agent: str) -> str:
    """The name of a program: what stands before the version in its User-Agent."""
    found = ""
    for character in agent.partition("/")[0]:
        if not character.isprintable():
            continue
        if len((found + character).encode()) > LONGEST_MANAGER:
            break
        found += character
    return found


def replicas(backend: Backend, kind: Kind) -> Mapping[str, Path]:
    """Where the versions of a kind that can be scaled have their replicas."""
    return {
        other.api_version: tuple(f"f:{name}" for name in other.scale.spec.split("."))
        for other in backend.registry.kinds
        if other.scale and other.plural == kind.plural and other.group == kind.group
    }


class KindVersions:
    """``onggi.api.fields.update.Versions`` of one kind, written in one way."""

    __slots__ = ("backend", "kind", "name")

    def __init__(self, backend: Backend, kind: Kind, subresource: str) -> None:
        self.backend, self.kind, self.name = backend, kind, subresource

    @property
    def fixed(self) -> bool:
        return self.kind.custom is None

    def plan(self, version: str) -> Plan:
        kind = self.found(version)
        if kind is None:
            raise KeyError(version)
        return plan(schemas.of(kind))

    def found(self, version: str) -> Kind | None:
        if version == self.kind.api_version:
            return self.kind
        group, _, name = version.rpartition("/")
        return self.backend.registry.find(group, name, self.kind.plural)

    def convert(self, obj: View, version: str) -> View | None:
        here, there = self.found(obj.get("apiVersion", version)), self.found(version)
        if there is None or here is None:
            return None
        if here is there:
            return obj
        kept = here.stored.to(obj) if here.stored else obj
        shown = there.stored.back(kept) if there.stored else kept
        return {**shown, "apiVersion": version, "kind": there.name}

    def keep(self, fields: Trie, version: str) -> Trie:
        if not fields:
            return fields
        only = WRITTEN.get((self.kind.resource, self.name))
        if only is not None:
            return within(fields, only)
        return sets.without(fields, reset(self.kind, self.name))


def within(fields: Trie, path: Path) -> Trie:
    """Those at and below a path, and those above it."""
    element, *rest = path
    below = fields.get(element)
    if below is None:
        return NOTHING
    if rest:
        inner = within(below, tuple(rest))
        member = sets.is_member(below)
        below = {SELF: LEAF, **inner} if inner and member else inner or (LEAF if member else None)
    return NOTHING if below is None else {element: below}


@lru_cache(1024)
def reset(kind: Kind, subresource: str) -> Trie:
    """The fields that a way of writing cannot change."""
    paths = RESET.get((kind.resource, subresource))
    if paths is None and subresource == "status":
        paths = (("f:metadata",), SPEC) if kind.custom else (SPEC,)
    if paths is None:
        paths = (STATUS,) if kind.status and subresource != "scale" else ()
    return sets.of(*paths)
