"""Which kinds the server knows. Built-in ones are there from the start; a
CustomResourceDefinition adds and removes its own while the server runs."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from onggi.api.kind import Kind


class Following(Protocol):
    """Kinds that come and go with what the store holds; each look sees its present state."""

    @property
    def generation(self) -> int: ...
    @property
    def kinds(self) -> Sequence[Kind]: ...
    def find(self, group: str, version: str, resource: str) -> Kind | None: ...


class Registry:
    """``generation`` grows with every change, for caches of what follows from the kinds.

    Built-in kinds come before ``custom`` ones of the same name."""

    def __init__(self, kinds: Iterable[Kind] = (), custom: Following | None = None) -> None:
        self._changes = 0
        self._custom = custom
        self._all: tuple[int, tuple[Kind, ...]] = (-1, ())
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        """Serve ``kind``; one under the same group, version and plural is replaced."""
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self._changes += 1

    def remove(self, kind: Kind) -> None:
        self._by_resource.pop((kind.group, kind.version, kind.plural), None)
        self._changes += 1

    def find(self, group: str, version: str, resource: str) -> Kind | None:
        kind = self._by_resource.get((group, version, resource))
        if kind is None and self._custom and resource:
            return self._custom.find(group, version, resource)
        return kind

    def catch_up(self) -> None:
        """See now what the store says of custom kinds, so that those who watch one that has
        changed are told at once."""
        _ = self.generation

    @property
    def generation(self) -> int:
        return self._changes + (self._custom.generation if self._custom else 0)

    def named(self, api_version: str, name: str) -> Kind | None:
        """By ``apps/v1`` and ``Deployment``."""
        for kind in self.kinds:
            if kind.name == name and kind.api_version == api_version:
                return kind
        return None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Each once; the same tuple until one comes or goes."""
        generation = self.generation
        if self._all[0] != generation:
            custom = self._custom.kinds if self._custom else ()
            known = self._by_resource
            more = (k for k in custom if (k.group, k.version, k.plural) not in known)
            self._all = generation, (*known.values(), *more)
        return self._all[1]
