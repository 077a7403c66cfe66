"""The API described in its own words: ``/openapi/v3`` and ``/openapi/v2``.

    openapi = OpenAPI(lambda: registry.kinds, schemas.described)
    openapi.v3_index(), openapi.v3("apis/apps/v1"), openapi.v2()      bytes, None if not served
    openapi.v2_protobuf()                                             the same as ``v2``
    openapi.etag("apis/apps/v1")                                      changes with the kinds

Nothing is made before somebody asks, and then one document at a time; it is kept compressed
until the kinds change, and the pieces it was made of are not kept. Making one takes some tens
of milliseconds: ``openapi_page`` does so off the event loop.

Built-in kinds come from the published definitions, custom ones from the schemas that their
CustomResourceDefinitions bring (``openapi_custom``). Source: ``k8s.io/kube-openapi/pkg/handler3``.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from onggi.api.kind import Kind
from onggi.apiserver import openapi_custom
from onggi.apiserver.openapi_definitions import Described, as_v3, closure
from onggi.apiserver.openapi_operations import Operation, definitions, operations
from onggi.apiserver.openapi_v2 import paths_v2
from onggi.apiserver.openapi_v2_protobuf import encode
from onggi.apiserver.openapi_v3 import paths_v3

FORMAT = "1"  # changes whenever the documents of the same kinds change
TITLE = {"title": "Kubernetes", "version": "v1.37.0"}


class OpenAPI:
    """See the module's docstring. Which kinds there are is asked by ``etag`` and by what lists
    paths; documents are made of what was answered last, and so may be made in a thread."""

    def __init__(self, kinds: Callable[[], Sequence[Kind]], described: Described) -> None:
        self.kinds = kinds
        self.described = described
        self._seen: tuple[Kind, ...] = ()
        self._groups: dict[str, list[Kind]] = {}  # path → kinds
        self._tags: dict[str, str] = {}
        self._made: dict[str, tuple[str, bytes]] = {}  # path → (etag, gzipped)

    def v2(self) -> bytes:
        """All kinds in one Swagger 2.0 document."""
        return self._kept("v2", lambda: self._swagger(self._kinds("v2")))

    def v2_protobuf(self) -> bytes:
        """The same in the form that kubectl asks for. Seldom, so it is not kept."""
        return encode(msgspec.json.decode(self.v2()))

    def v3_index(self) -> bytes:
        """Where the documents of v3 are."""
        paths = {
            path: {"serverRelativeURL": f"/openapi/v3/{path}?hash={self.etag(path)}"}
            for path in self.v3_paths()
        }
        return msgspec.json.encode({"paths": paths})

    def v3_paths(self) -> list[str]:
        self._look()
        return sorted(path for path in self._groups if path != "v2")

    def v3(self, path: str) -> bytes | None:
        """``api/v1`` or ``apis/apps/v1``; None where no such group version is served."""
        kinds = self._kinds(path)
        return self._kept(path, lambda: self._document(kinds)) if kinds else None

    def etag(self, path: str) -> str:
        """Stands for what a document says, without making it. ``v2`` is a path, too."""
        self._look()
        return self._tag(path)

    def _look(self) -> None:
        """See which kinds there are now."""
        if (kinds := tuple(self.kinds())) == self._seen:
            return
        groups: dict[str, list[Kind]] = {"v2": list(kinds)}
        for kind in kinds:
            groups.setdefault(path_of(kind), []).append(kind)
        self._seen, self._groups, self._tags = kinds, groups, {}

    def _kinds(self, path: str) -> list[Kind]:
        if not self._seen:
            self._look()
        return self._groups.get(path, [])

    def _tag(self, path: str) -> str:
        if path not in self._tags:
            facts = [facts_of(kind) for kind in self._kinds(path)]
            text = f"{FORMAT} {TITLE['version']} {facts}"
            self._tags[path] = hashlib.sha256(text.encode()).hexdigest()[:32].upper()
        return self._tags[path]

    def _kept(self, path: str, make: Callable[[], Mapping[str, Any]]) -> bytes:
        etag = self._tag(path)
        known, packed = self._made.get(path, ("", b""))
        if known == etag:
            return gzip.decompress(packed)
        text = msgspec.json.encode(make())
        self._made[path] = etag, gzip.compress(text, 6, mtime=0)
        return text

    def _document(self, kinds: Sequence[Kind]) -> dict[str, Any]:
        found, done = self._collected(kinds)
        schemas = {name: as_v3(name, definition) for name, definition in found.items()}
        return {
            "openapi": "3.0.0",
            "info": TITLE,
            "paths": paths_v3(done),
            "components": {"schemas": with_custom(schemas, kinds, v2=False)},
        }

    def _swagger(self, kinds: Sequence[Kind]) -> dict[str, Any]:
        found, done = self._collected(kinds)
        whole = with_custom(found, kinds, v2=True)
        return {"swagger": "2.0", "info": TITLE, "paths": paths_v2(done), "definitions": whole}

    def _collected(self, kinds: Sequence[Kind]) -> tuple[dict[str, Any], list[Operation]]:
        """The published definitions, and the operations, of a document."""
        done = [operation for kind in kinds for operation in operations(kind)]
        roots = {name for kind in kinds for name in definitions(kind)}
        roots |= {name for operation in done for name in (operation.takes, operation.gives)}
        own = {name for kind in kinds if kind.custom for name in definitions(kind)}
        roots |= set(openapi_custom.NEEDED) if own else set()
        return closure(roots - own - {""}, self.described), done


def with_custom(found: dict[str, Any], kinds: Iterable[Kind], *, v2: bool) -> dict[str, Any]:
    """With the definitions that custom resources bring."""
    custom = [kind for kind in kinds if kind.custom]
    for kind in custom:
        found = found | openapi_custom.definitions(kind, v2=v2)
    return dict(sorted(found.items())) if custom else found


def facts_of(kind: Kind) -> tuple[Any, ...]:
    """What the part of a document about a kind follows from."""
    schema: Any = kind.schema
    if kind.custom:
        meta = kind.custom.family.crd["metadata"]
        schema = meta["uid"], meta.get("generation"), kind.custom.list_kind
    return (kind.api_version, kind.name, kind.plural, schema, kind.namespaced, kind.verbs,
            kind.status, bool(kind.scale), [s[:5] for s in kind.subresources])  # fmt: skip


def path_of(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else f"api/{kind.api_version}"
