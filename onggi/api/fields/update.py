"""The two operations on the sets of all managers of one object.

    updated(managers, change, self) -> managers           somebody wrote the object
    applied(managers, application) -> Applied             somebody applied a configuration

Managers name their fields in the version of the API that they use; ``Versions`` shows the
object in each of them.

Source: ``sigs.k8s.io/structured-merge-diff/v6/merge`` (update.go).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from onggi.api.fields import sets
from onggi.api.fields.check import check
from onggi.api.fields.compare import Comparison, compare
from onggi.api.fields.merge import merge
from onggi.api.fields.owned import fields_stated
from onggi.api.fields.plan import Plan
from onggi.api.fields.reconcile import reconciled
from onggi.api.fields.remove import remove, with_structs
from onggi.api.fields.sets import NOTHING, Path, Trie, difference, intersection, union
from onggi.api.objects import Object, View


class Manager(NamedTuple):
    """Who: the same name means another one for each operation, subresource, and version (an
    applier keeps its fields from version to version, so has none here)."""

    name: str
    operation: str
    version: str = ""
    subresource: str = ""


class Owned(NamedTuple):
    """What a manager owns, in which version."""

    fields: Trie
    version: str


Managers = dict[Manager, Owned]
Filter = Callable[[Trie], Trie]


class Versions(Protocol):
    """An object in the versions of its API; ``fixed`` where their schemas never change."""

    @property
    def fixed(self) -> bool: ...
    def plan(self, version: str) -> Plan: ...
    def convert(self, obj: View, version: str) -> View | None:
        """``obj`` in another version; None if there is none of that name (any more)."""

    def keep(self, fields: Trie, version: str) -> Trie:
        """``fields`` without those that this way of writing resets."""


class Conflict(NamedTuple):
    manager: Manager
    path: Path


class Conflicts(Exception):
    def __init__(self, found: Sequence[Conflict]) -> None:
        super().__init__(f"{len(found)} conflicts")
        self.found = found


def updated(
    managers: Managers, old: View, new: View, version: str, versions: Versions
) -> tuple[Managers, Trie]:
    """The other managers after a write, and what the writer changed."""
    managers = present(managers, old, versions)
    change = compared(old, new, version, versions)
    return released(managers, {version: change}, (old, new), versions), change.changed


def present(managers: Managers, obj: View, versions: Versions) -> Managers:
    """The managers, with their fields as the schemas are now."""
    if versions.fixed:
        return managers
    found = {}
    for manager, owned in managers.items():
        if versions.convert(obj, owned.version) is not None:
            fields = reconciled(owned.fields, versions.plan(owned.version))
            found[manager] = owned if fields is owned.fields else Owned(fields, owned.version)
    return found


def compared(old: View, new: View, version: str, versions: Versions) -> Comparison:
    found = compare(old, new, versions.plan(version))
    if not found.changed and not found.removed:
        return found
    return Comparison(*(versions.keep(fields, version) for fields in found))


Seen = dict[str, Comparison | None]


def released(
    managers: Managers, seen: Seen, objects: tuple[View, View], versions: Versions
) -> Managers:
    """Managers without what was changed or removed. Those of a version that is gone go."""
    found: Managers = {}
    for manager, owned in managers.items():
        change = change_in(owned.version, seen, objects, versions)
        if change is None:
            continue
        left = difference(difference(owned.fields, change.changed), change.removed)
        if left is owned.fields:
            found[manager] = owned
        elif left:
            found[manager] = Owned(left, owned.version)
    return found


def change_in(
    version: str, seen: Seen, objects: tuple[View, View], versions: Versions
) -> Comparison | None:
    if version not in seen:
        old, new = (versions.convert(obj, version) for obj in objects)
        missing = old is None or new is None
        seen[version] = None if missing else compared(old or {}, new or {}, version, versions)
    return seen[version]


@dataclass(frozen=True)
class Application:
    """``config`` laid over ``live`` by ``manager``."""

    live: View
    config: View
    version: str
    manager: Manager
    force: bool
    versions: Versions


class Applied(NamedTuple):
    """``obj`` is None where nothing in the object is any different."""

    obj: Object | None
    managers: Managers


def applied(managers: Managers, what: Application) -> Applied:
    """Raises Conflicts, Misshapen."""
    versions, version = what.versions, what.version
    plan = versions.plan(version)
    check(what.config, plan)
    managers = present(managers, what.live, versions)
    merged: Object = merge(what.live, what.config, plan)
    last = managers.get(what.manager)
    own = versions.keep(fields_stated(what.config, plan), version)
    claimed = managers | {what.manager: Owned(own, version)}
    obj = pruned(merged, claimed, last, what)
    others = {who: owned for who, owned in claimed.items() if who != what.manager}
    seen: Seen = {version: compared(what.live, obj, version, versions)}
    if not what.force and (found := conflicts(others, seen, (what.live, obj), versions)):
        raise Conflicts(found)
    left = released(others, seen, (what.live, obj), versions)
    if own:
        left[what.manager] = Owned(own, version)
    return Applied(None if obj == what.live else obj, left)


def conflicts(
    others: Managers, seen: Seen, objects: tuple[View, View], versions: Versions
) -> list[Conflict]:
    found = []
    for manager, owned in sorted(others.items(), key=lambda item: item[0]):
        change = change_in(owned.version, seen, objects, versions)
        if change is None:
            continue
        both = intersection(owned.fields, change.changed)
        found += [Conflict(manager, path) for path in sets.paths(both)]
    return found


def pruned(merged: Object, managers: Managers, last: Owned | None, what: Application) -> Object:
    """Without what the manager applied last time, not this time, and nobody else owns."""
    if last is None or not last.fields:
        return merged
    versions = what.versions
    if last.version == what.version:
        return _pruned(merged, managers, last, what)
    there = versions.convert(merged, last.version)
    if there is None:
        return merged
    left = _pruned(dict(there), managers, last, what)
    back = versions.convert(left, what.version)
    return merged if back is None else dict(back)


def _pruned(merged: Object, managers: Managers, last: Owned, what: Application) -> Object:
    """All in the version of ``last``."""
    versions = what.versions
    plan = versions.plan(last.version)
    gone = with_structs(last.fields, plan)
    left = remove(merged, gone, plan) or {}
    for version, fields in _by_version(managers, last.version).items():
        kept = _added_back(merged, left, (version, fields), last.version, versions)
        left = left if kept is None else kept
    stays = with_structs(fields_stated(left, plan), plan)
    had = with_structs(fields_stated(merged, plan), plan)
    result: Object = remove(merged, intersection(difference(had, stays), gone), plan) or {}
    return result


def _by_version(managers: Managers, first: str) -> Mapping[str, Trie]:
    """What all managers own together, in each version; that of ``first`` before the others."""
    found: dict[str, Trie] = {first: NOTHING}
    for owned in managers.values():
        found[owned.version] = union(found.get(owned.version, NOTHING), owned.fields)
    return found


def _added_back(
    merged: View, left: View, owned: tuple[str, Trie], home: str, versions: Versions
) -> Any:
    """``left`` with what somebody owns in a version; None where that version is gone."""
    version, fields = owned
    full, rest = (
        obj if version == home else versions.convert(obj, version) for obj in (merged, left)
    )
    if full is None or rest is None:
        return None
    plan = versions.plan(version)
    had = with_structs(fields_stated(full, plan), plan)
    stays = with_structs(fields_stated(rest, plan), plan)
    gone = difference(had, union(stays, with_structs(fields, plan)))
    found = remove(full, gone, plan) or {}
    return found if version == home else versions.convert(found, home)
