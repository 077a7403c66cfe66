"""Who owns the replicas, as the ``scale`` subresource sees it and as the object does.

Upstream gives what was written through ``scale`` no time; neither do we.

Source: ``k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go``.
"""

from collections.abc import Mapping, Sequence

from onggi.api.fields import entries, sets
from onggi.api.fields.entries import UPDATE, Managed
from onggi.api.fields.sets import Path, difference
from onggi.api.fields.update import Manager, Managers, Owned
from onggi.api.objects import View

VERSION = "autoscaling/v1"
REPLICAS: Path = ("f:spec", "f:replicas")
Paths = Mapping[str, Path]  # where each version of the object has its replicas


def to_scale(live: Sequence[View], where: Paths) -> list[View]:
    """The entries of the Scale of an object with these."""
    managed = entries.read(live)
    only = sets.single(REPLICAS)
    managers: Managers = {}
    times = {}
    for manager, owned in managed.managers.items():
        path = where.get(owned.version)
        if path and sets.has(owned.fields, path):
            inside = in_version(manager, VERSION)
            managers[inside] = Owned(only, VERSION)
            if manager in managed.times:
                times[inside] = managed.times[manager]
    return entries.written(Managed(managers, times, {}))


def to_object(live: Sequence[View], scale: Sequence[View], where: Paths, home: str) -> list[View]:
    """The entries of the object, after those of its Scale became ``scale``. ``home`` is the
    version in which its Scale was asked for."""
    managed, after = entries.read(live), entries.read(scale).managers
    managers: Managers = {}
    for manager, owned in managed.managers.items():
        if owned.version not in where:
            continue
        path, inside = where[owned.version], in_version(manager, VERSION)
        if path and sets.has(owned.fields, path) and after.pop(inside, None) is None:
            left = difference(owned.fields, sets.single(path))
            if left:
                managers[manager] = Owned(left, owned.version)
        else:
            managers[manager] = owned
    for manager, owned in after.items():
        if sets.has(owned.fields, REPLICAS):
            managers[in_version(manager, home)] = Owned(sets.single(where[home]), home)
    return entries.written(Managed(managers, managed.times, managed.known))


def in_version(manager: Manager, version: str) -> Manager:
    return manager._replace(version=version) if manager.operation == UPDATE else manager
