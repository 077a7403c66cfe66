"""CustomResourceDefinitions as the caches have them, and the kinds to follow for them.

    Definitions(runtime)        from then on the runtime's kinds are those of the definitions, too

One served version of each is enough: garbage collection and the deletion of namespaces need
metadata only.
"""

from typing import Protocol

from onggi.api.crd import bare, kinds_of
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.controller.cache import Caches
from onggi.kinds.apiextensions.crd.kind import CRD


class Followed(Protocol):
    """The runtime, as far as this module needs it."""

    @property
    def caches(self) -> Caches: ...
    def add(self, kind: Kind) -> None: ...
    def remove(self, kind: Kind) -> None: ...


class Definitions:
    def __init__(self, runtime: Followed) -> None:
        self._runtime = runtime
        self._kinds: dict[str, Kind] = {}  # by the definition's name
        runtime.caches.listen(self._changed, {CRD})

    def _changed(self, kind: Kind, before: View | None, after: View | None) -> None:
        crd = after if after is not None else before
        assert crd is not None
        name = crd["metadata"]["name"]
        old, new = self._kinds.get(name), shown(after) if after is not None else None
        if old is not None and new is not None and is_same(old, new):
            return
        if old is not None:
            del self._kinds[name]
            self._runtime.remove(old)
        if new is not None:
            self._kinds[name] = new
            self._runtime.add(new)


def shown(crd: View) -> Kind | None:
    """The kind under which a definition's objects are followed."""
    served = kinds_of(crd)
    known = (kind for kind in served if kind.custom and kind.custom.is_stored)
    found = next(known, served[0] if served else None)
    return bare(found) if found else None


def is_same(one: Kind, other: Kind) -> bool:
    facts = ("api_version", "name", "plural", "namespaced", "verbs")
    return all(getattr(one, fact) == getattr(other, fact) for fact in facts)
