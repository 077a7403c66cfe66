"""``metadata.managedFields``, and what it says: who owns which fields, and since when.

    read(entries) -> Managed              raises ValueError
    written(managed) -> entries           in upstream's order; those that are the same are kept

Source: ``k8s.io/apimachinery/pkg/util/managedfields/internal`` (managedfields.go,
capmanagers.go).
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from onggi.api.fields import sets
from onggi.api.fields.sets import union
from onggi.api.fields.sharing import shared
from onggi.api.fields.update import Manager, Managers, Owned
from onggi.api.objects import Object, View

APPLY, UPDATE = "Apply", "Update"
MOST_UPDATERS = 10
ANCIENT = "ancient-changes"


class Managed(NamedTuple):
    """``known`` are the entries that this was read from."""

    managers: Managers
    times: Mapping[Manager, str]
    known: Mapping[Manager, View]


NOBODY = Managed({}, {}, {})


def read(entries: Sequence[View], ours: bool = True) -> Managed:
    """``ours`` are those that this server wrote: their sets need no second look."""
    managed = Managed({}, times := {}, known := {})
    for index, entry in enumerate(entries):
        if not ours:
            check(entry, index)
        fields = entry.get("fieldsV1") or {}
        version = entry["apiVersion"]
        manager = manager_of(entry)
        managed.managers[manager] = Owned(fields if ours else sets.read(fields), version)
        if ours:
            known[manager] = entry
        if when := entry.get("time"):
            times[manager] = when
    return managed


def check(entry: View, index: int) -> None:
    if entry.get("operation") not in (APPLY, UPDATE):
        raise ValueError("operation must be `Apply` or `Update`")
    if not entry.get("apiVersion"):
        raise ValueError("apiVersion must not be empty")
    if not entry.get("fieldsType"):
        raise ValueError(f"missing fieldsType in managed fields entry {index}")
    if entry["fieldsType"] != "FieldsV1":
        raise ValueError(
            f'invalid fieldsType "{entry["fieldsType"]}" in managed fields entry {index}'
        )


def manager_of(entry: View) -> Manager:
    operation = entry["operation"]
    version = "" if operation == APPLY else entry["apiVersion"]
    return Manager(entry.get("manager", ""), operation, version, entry.get("subresource", ""))


def written(managed: Managed) -> list[View]:
    found = [entry(manager, owned, managed) for manager, owned in managed.managers.items()]
    found.sort(key=place)
    return found


def entry(manager: Manager, owned: Owned, managed: Managed) -> View:
    known, when = managed.known.get(manager), managed.times.get(manager)
    if (
        known is not None
        and known.get("fieldsV1") is owned.fields
        and known["apiVersion"] == owned.version
        and known.get("time") == when
    ):
        return known
    found: Object = {
        "manager": manager.name,
        "operation": manager.operation,
        "apiVersion": owned.version,
        "time": when,
        "fieldsType": "FieldsV1",
        "fieldsV1": shared(owned.fields),
        "subresource": manager.subresource,
    }
    return {key: value for key, value in found.items() if value or key == "fieldsV1"}


def place(found: View) -> tuple[str, ...]:
    names = ("operation", "time", "manager", "apiVersion", "subresource")
    return tuple([found.get(name, "") for name in names])


def capped(managed: Managed) -> Managed:
    """No more than so many updaters: the oldest are put together, by their version."""
    updaters = [manager for manager in managed.managers if manager.operation == UPDATE]
    if len(updaters) <= MOST_UPDATERS:
        return managed
    managers, times = dict(managed.managers), dict(managed.times)
    updaters.sort(key=lambda manager: (times.get(manager, ""), manager))
    first: dict[str, Manager] = {}
    left = len(updaters)
    for manager in updaters:
        version = managers[manager].version
        if left <= MOST_UPDATERS:
            break
        if version not in first:
            first[version] = manager
            continue
        bucket = Manager(ANCIENT, UPDATE, version)
        if bucket not in managers:
            managers[bucket] = managers.pop(first[version])
        fields = union(managers.pop(manager).fields, managers[bucket].fields)
        managers[bucket] = Owned(fields, version)
        if manager in times:
            times[bucket] = times[manager]
        left -= 1
    return Managed(managers, times, managed.known)


def is_reset(given: Any) -> bool:
    """Whether a client says that nobody owns anything: an empty list, or one empty entry."""
    return given is not None and (given == [] or given == [{}])


def same_but_times(a: Sequence[View], b: Sequence[View]) -> bool:
    return len(a) == len(b) and all(
        {**one, "time": ""} == {**other, "time": ""} for one, other in zip(a, b, strict=True)
    )
