"""Seam 3: the one door to a cluster: ours in process, ours remote, or any Kubernetes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from onggi.api.kind import Kind
from onggi.api.objects import Object, View

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"


class Listing(NamedTuple):
    items: Sequence[View]
    resource_version: str


class Event(NamedTuple):
    """ADDED, MODIFIED, DELETED or BOOKMARK. An ERROR is raised as a StatusError instead."""

    type: str
    object: View


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which objects of a kind: one namespace or all (``""``), by labels and fields."""

    namespace: str = ""
    labels: str = ""
    fields: str = ""


class Cluster(Protocol):
    """Every method raises ``onggi.api.errors.StatusError`` where the server refuses."""

    async def get(self, kind: Kind, namespace: str, name: str) -> View: ...
    async def list(self, kind: Kind, selection: Selection = ...) -> Listing: ...
    def watch(
        self, kind: Kind, selection: Selection = ..., *, since: str = ""
    ) -> AsyncIterator[Event]: ...
    async def create(self, kind: Kind, obj: View, *, subresource: str = "") -> View:
        """``subresource`` posts below the object that ``obj`` names (binding, eviction, token)."""

    async def update(self, kind: Kind, obj: View, *, subresource: str = "") -> View: ...
    async def patch(
        self, kind: Kind, target: View, patch: Any, *, type: str = MERGE, subresource: str = ""
    ) -> View:
        """``target`` needs only metadata.namespace and metadata.name."""

    async def delete(
        self, kind: Kind, target: View, options: Mapping[str, Any] | None = None
    ) -> View: ...


def reference(namespace: str, name: str) -> Object:
    """The smallest object that names another: what ``patch`` and ``delete`` need."""
    return {"metadata": {"namespace": namespace, "name": name}}
