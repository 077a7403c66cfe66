"""Which kinds the server knows. Built-in ones are there from the start; a
CustomResourceDefinition adds and removes its own while the server runs."""

from collections.abc import Iterable

from onggi.api.kind import Kind


class Registry:
    """``generation`` grows with every change, for caches of what follows from the kinds."""

    def __init__(self, kinds: Iterable[Kind] = ()) -> None:
        self.generation = 0
        self._by_resource: dict[tuple[str, str, str], Kind] = {}
        for kind in kinds:
            self.add(kind)

    def add(self, kind: Kind) -> None:
        """Serve ``kind``; one under the same group, version and plural is replaced."""
        self._by_resource[kind.group, kind.version, kind.plural] = kind
        self.generation += 1

    def remove(self, kind: Kind) -> None:
        self._by_resource.pop((kind.group, kind.version, kind.plural), None)
        self.generation += 1

    def find(self, group: str, version: str, resource: str) -> Kind | None:
        return self._by_resource.get((group, version, resource))

    def named(self, api_version: str, name: str) -> Kind | None:
        """By ``apps/v1`` and ``Deployment``."""
        for kind in self._by_resource.values():
            if kind.name == name and kind.api_version == api_version:
                return kind
        return None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(self._by_resource.values())
