"""Field management: what every write says in ``metadata.managedFields``.

    on_create(obj, write) ; on_update(old, new, write) ; on_apply(live, config, write, force)

The first two complete ``obj`` and ``new`` in place, as they are before admission and defaults
of the server's own; the third returns the object to write. ``settled`` keeps the times of a
write that changed nothing.

Source: ``k8s.io/apimachinery/pkg/util/managedfields`` (fieldmanager.go, stripmeta.go,
managedfieldsupdater.go, skipnonapplied.go).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from onggi.api.errors import BadRequest
from onggi.api.fields import entries, last_applied, sets
from onggi.api.fields.conflict import refusal
from onggi.api.fields.elements import SELF, Misshapen
from onggi.api.fields.entries import APPLY, NOBODY, UPDATE, Managed
from onggi.api.fields.owned import beyond_zero
from onggi.api.fields.sets import LEAF, Trie, difference, union
from onggi.api.fields.update import (
    Application,
    Applied,
    Conflicts,
    Manager,
    Managers,
    Owned,
    Versions,
    applied,
    updated,
)
from onggi.api.objects import Object, View

BEFORE = "before-first-apply"
NOT_OWNED = ("name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName",
             "generation", "managedFields", "resourceVersion")  # fmt: skip
NOT_OWNED_SET = frozenset(NOT_OWNED)
TYPE = frozenset({"apiVersion", "kind"})
ITSELF: Trie = {SELF: LEAF}
STRIPPED = sets.of(
    ("f:apiVersion",), ("f:kind",), ("f:metadata",), *(("f:metadata", f"f:{n}") for n in NOT_OWNED)
)


class Write(NamedTuple):
    """Who writes in which way; ``now`` is a timestamp."""

    manager: str
    version: str
    subresource: str
    now: str
    versions: Versions

    def by(self, operation: str, name: str = "") -> Manager:
        version = "" if operation == APPLY else self.version
        return Manager(name or self.manager or "unknown", operation, version, self.subresource)


def on_create(obj: Object, write: Write) -> None:
    """A new object: its writer owns all that is in it."""
    meta = obj["metadata"]
    meta.pop("managedFields", None)
    try:
        own = all_of(obj, write)
    except Misshapen:
        return  # what is wrong with it is for its validation to say
    if own:
        manager = write.by(UPDATE)
        new = Managed({manager: Owned(own, write.version)}, {manager: write.now}, {})
        meta["managedFields"] = entries.written(new)


def all_of(obj: View, write: Write) -> Trie:
    """Everything in an object that somebody can own."""
    ownable = {key: value for key, value in obj.items() if key not in TYPE}
    meta = obj.get("metadata") or {}
    ownable["metadata"] = {key: value for key, value in meta.items() if key not in NOT_OWNED_SET}
    fields = beyond_zero(ownable, write.versions.plan(write.version))
    fields = write.versions.keep(fields, write.version)
    inside = fields.get("f:metadata")
    return fields if inside is None else difference(fields, {"f:metadata": ITSELF})


def on_update(old: View, new: Object, write: Write) -> None:
    """``new`` replaces ``old``; it may bring entries of its own."""
    meta, live = new["metadata"], old["metadata"].get("managedFields") or []
    given = meta.pop("managedFields", None)
    managed = basis(given, live, write)
    if not managed.managers:
        return
    try:
        after = _updated(managed, bare(old), new, write)
    except Misshapen:
        meta["managedFields"] = live
        return
    if after is not None and after.managers:
        found = entries.written(entries.capped(after))
        meta["managedFields"] = live if found == live else found


def basis(given: Any, live: list[View], write: Write) -> Managed:
    """What an update starts from: what the client says, if that is sound, else what was."""
    if write.subresource or not given or given == live:
        return NOBODY if not write.subresource and entries.is_reset(given) else entries.read(live)
    if entries.is_reset(given):
        return NOBODY
    try:
        return entries.read(given, ours=False)
    except (ValueError, KeyError, TypeError):
        return entries.read(live)


def _updated(managed: Managed, old: View, new: View, write: Write) -> Managed:
    managers, changed = updated(managed.managers, old, new, write.version, write.versions)
    own = difference(changed, STRIPPED)
    if not own:
        return Managed(managers, managed.times, managed.known)
    writer = write.by(UPDATE)
    if before := managers.get(writer):
        own = union(before.fields, own)
    managers[writer] = Owned(own, write.version)
    return Managed(managers, {**managed.times, writer: write.now}, managed.known)


def bare(obj: View) -> View:
    """The object without its entries."""
    meta = obj.get("metadata") or {}
    if "managedFields" not in meta:
        return obj
    return {**obj, "metadata": {k: v for k, v in meta.items() if k != "managedFields"}}


def on_apply(live: View, config: View, write: Write, force: bool) -> Object:
    """``live`` is empty where there is nothing yet. Raises Conflict, BadRequest, Misshapen."""
    meta = config.get("metadata")
    if isinstance(meta, Mapping) and "managedFields" in meta:
        raise BadRequest("metadata.managedFields must be nil")
    managed = entries.read((live.get("metadata") or {}).get("managedFields") or ())
    live = bare(live)
    if not managed.managers and live:
        first, fields = write.by(UPDATE, BEFORE), all_of(live, write)
        if fields:
            managed = Managed({first: Owned(fields, write.version)}, {first: write.now}, {})
    manager = write.by(APPLY)
    what = Application(live, config, write.version, manager, force, write.versions)
    result = _applied(managed.managers, what)
    times = managed.times if result.obj is None else {**managed.times, manager: write.now}
    obj: Object = {**live} if result.obj is None else result.obj
    if write.manager == last_applied.KUBECTL:
        obj = last_applied.renewed(obj, config)
    found = entries.written(Managed(stripped(result.managers, manager), times, managed.known))
    obj["metadata"] = {**(obj.get("metadata") or {}), "managedFields": found}
    return obj


def _applied(managers: Managers, what: Application) -> Applied:
    try:
        return applied(managers, what)
    except Conflicts as conflicts:
        found = conflicts.found
    if what.manager.name == last_applied.KUBECTL:
        plan = what.versions.plan(what.version)
        allowed = last_applied.allowed(what.live, what.version, plan)
        found = [conflict for conflict in found if not sets.has(allowed, conflict.path)]
        if not found:
            forced = Application(
                what.live, what.config, what.version, what.manager, True, what.versions
            )
            return applied(managers, forced)
    raise refusal(found)


def stripped(managers: Managers, manager: Manager) -> Managers:
    """The applier's set without what nobody owns."""
    owned = managers.get(manager)
    if owned is None:
        return managers
    others = {who: other for who, other in managers.items() if who != manager}
    left = difference(owned.fields, STRIPPED)
    return {**others, manager: Owned(left, owned.version)} if left else others


def settled(new: Object, old: View) -> None:
    """Where nothing but times differs, they did not pass."""
    after, before = (obj["metadata"].get("managedFields") or () for obj in (new, old))
    if after is before or not after or after == before:
        return
    if entries.same_but_times(after, before) and bare(new) == bare(old):
        new["metadata"]["managedFields"] = before
