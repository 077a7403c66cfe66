"""The objects of one kind, found by name, owner and label. Pure: no I/O, no clock.

It never goes back in time. An object is replaced only by a newer version, and what was
deleted stays deleted though an older version arrive afterwards, so that nobody acts on a
state older than their own last write. (Upstream keeps "expectations" for this.)
resourceVersions are compared as numbers, which Kubernetes promises since 1.35.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onggi.api.objects import View, get, key

Name = tuple[str, str]  # (namespace, name)
REMEMBERED = 1000  # deletions: answers do not stay away for longer
Change = tuple[View | None, View | None]  # (before, after)


def version(obj: View) -> int:
    return int(get(obj, "metadata.resourceVersion") or 0)


def uid(obj: View) -> str:
    return get(obj, "metadata.uid", "")


def metadata_only(obj: View) -> View:
    """As PartialObjectMetadata: what garbage collection needs of a kind nobody else reads."""
    metadata = {k: v for k, v in obj["metadata"].items() if k != "managedFields"}
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "metadata": metadata}


class Index:
    """``put``, ``remove``, ``forget`` and ``replace`` tell what changed, if anything did."""

    def __init__(self) -> None:
        self._objects: dict[Name, View] = {}
        self._namespaces: dict[str, dict[Name, View]] = {}
        self._owners: dict[str, dict[Name, View]] = {}
        self._labels: dict[tuple[str, str, str], dict[Name, View]] | None = None  # on first use
        self._forgotten: set[str] = set()  # uids that we deleted and the watch has yet to
        self._buried: dict[str, None] = {}  # uids that the watch saw deleted, the latest last

    def get(self, namespace: str, name: str) -> View | None:
        return self._objects.get((namespace, name))

    def all(self, namespace: str = "") -> Sequence[View]:
        return list((self._namespaces.get(namespace, {}) if namespace else self._objects).values())

    def owned(self, owner_uid: str) -> Sequence[View]:
        return list(self._owners.get(owner_uid, {}).values())

    def select(self, namespace: str, labels: Mapping[str, str]) -> Sequence[View]:
        """Everything in the namespace with all of these labels."""
        if not labels:
            return self.all(namespace)
        index = self._by_label()
        groups = [index.get((namespace, *pair), {}) for pair in labels.items()]
        smallest = min(groups, key=len)
        return [o for n, o in smallest.items() if all(n in group for group in groups)]

    def put(self, obj: View) -> Change | None:
        """Take in this version, unless it is an old one."""
        name = key(obj)
        old = self._objects.get(name)
        if uid(obj) in self._forgotten or uid(obj) in self._buried:
            return None  # such as the answer to a write that was overtaken by a deletion
        if old is not None and version(old) >= version(obj):
            return None
        if old is not None:
            self._drop(name, old)
        self._add(name, obj)
        return old, obj

    def remove(self, obj: View) -> Change | None:
        """The watch says that this object is gone; ``obj`` is its last version."""
        self._forgotten.discard(uid(obj))
        self._bury(uid(obj))
        old = self._objects.get(key(obj))
        if old is None or (uid(old) != uid(obj) and version(old) > version(obj)):
            return None
        self._drop(key(obj), old)
        return old, None

    def forget(self, obj: View) -> Change | None:
        """We deleted this very object; the watch will say so later."""
        old = self._objects.get(key(obj))
        if old is None or uid(old) != uid(obj):
            return None
        self._forgotten.add(uid(obj))
        self._drop(key(obj), old)
        return old, None

    def replace(self, objects: Iterable[View], at: int) -> list[Change]:
        """A new list, true at resourceVersion ``at``. Our own later writes stay."""
        fresh = {key(o): o for o in objects}
        self._forgotten &= {uid(o) for o in fresh.values()}
        gone = [o for n, o in self._objects.items() if n not in fresh and version(o) <= at]
        changes = [self.remove(o) for o in gone] + [self.put(o) for o in fresh.values()]
        return [change for change in changes if change]

    def _bury(self, gone: str) -> None:
        self._buried[gone] = None
        if len(self._buried) > REMEMBERED:
            del self._buried[next(iter(self._buried))]

    def _add(self, name: Name, obj: View) -> None:
        self._objects[name] = obj
        self._namespaces.setdefault(name[0], {})[name] = obj
        for owner in owners(obj):
            self._owners.setdefault(owner, {})[name] = obj
        if self._labels is not None:
            self._label(self._labels, name, obj)

    def _drop(self, name: Name, obj: View) -> None:
        del self._objects[name]
        discard(self._namespaces, name[0], name)
        for owner in owners(obj):
            discard(self._owners, owner, name)
        if self._labels is not None:
            for pair in labels_of(obj).items():
                discard(self._labels, (name[0], *pair), name)

    def _by_label(self) -> dict[tuple[str, str, str], dict[Name, View]]:
        if self._labels is None:
            self._labels = {}
            for name, obj in self._objects.items():
                self._label(self._labels, name, obj)
        return self._labels

    @staticmethod
    def _label(labels: dict[tuple[str, str, str], dict[Name, View]], name: Name, obj: View) -> None:
        for pair in labels_of(obj).items():
            labels.setdefault((name[0], *pair), {})[name] = obj


def owners(obj: View) -> set[str]:
    return {reference["uid"] for reference in get(obj, "metadata.ownerReferences") or ()}


def labels_of(obj: View) -> Mapping[str, str]:
    return get(obj, "metadata.labels") or {}


def discard(groups: dict[Any, dict[Name, View]], group: Any, name: Name) -> None:
    members = groups.get(group)
    if members is not None:
        members.pop(name, None)
        if not members:
            del groups[group]
