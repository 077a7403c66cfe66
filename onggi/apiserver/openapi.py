"""The API described in its own words: ``/openapi/v3`` and ``/openapi/v2``.

    openapi = OpenAPI(lambda: registry.kinds, schemas.described)
    openapi.v3_index(), openapi.v3("apis/apps/v1"), openapi.v2()      bytes, None if not served
    openapi.v2_protobuf()                                             the same as ``v2``
    openapi.etag("apis/apps/v1")                                      changes with the kinds

Nothing is made before somebody asks, and then one document at a time; it is kept compressed
until the kinds change, and the pieces it was made of are not kept. Making one takes some tens
of milliseconds: ``openapi_page`` does so off the event loop.

Built-in kinds come from the published definitions; kinds from CustomResourceDefinitions have
their schemas with them and will be added here. Source: ``k8s.io/kube-openapi/pkg/handler3``.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from onggi.api.kind import Kind
from onggi.apiserver.openapi_definitions import Described, as_v3, closure
from onggi.apiserver.openapi_operations import Operation, definitions, operations
from onggi.apiserver.openapi_v2 import paths_v2
from onggi.apiserver.openapi_v2_protobuf import encode
from onggi.apiserver.openapi_v3 import paths_v3

FORMAT = "1"  # changes whenever the documents of the same kinds change
TITLE = {"title": "Kubernetes", "version": "v1.37.0"}


class OpenAPI:
    """See the module's docstring. Safe to call from several threads."""

    def __init__(self, kinds: Callable[[], Sequence[Kind]], described: Described) -> None:
        self.kinds = kinds
        self.described = described
        self._made: dict[str, tuple[str, bytes]] = {}  # path → (etag, gzipped)

    def v2(self) -> bytes:
        """All kinds in one Swagger 2.0 document."""
        return self._kept("v2", lambda: self._swagger(self._served()))

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
        return sorted({path_of(kind) for kind in self._served()})

    def v3(self, path: str) -> bytes | None:
        """``api/v1`` or ``apis/apps/v1``; None where no such group version is served."""
        kinds = [kind for kind in self._served() if path_of(kind) == path]
        return self._kept(path, lambda: self._document(kinds)) if kinds else None

    def etag(self, path: str) -> str:
        """Stands for what a document says, without making it. ``v2`` is a path, too."""
        kinds = [k for k in self._served() if path in ("v2", path_of(k))]
        facts = [(k.api_version, k.name, k.plural, k.schema, k.namespaced, k.verbs, k.status,
                  bool(k.scale), [s[:5] for s in k.subresources]) for k in kinds]  # fmt: skip
        text = f"{FORMAT} {TITLE['version']} {facts}"
        return hashlib.sha256(text.encode()).hexdigest()[:32].upper()

    def _served(self) -> list[Kind]:
        return [kind for kind in self.kinds() if isinstance(kind.schema, str)]

    def _kept(self, path: str, make: Callable[[], Mapping[str, Any]]) -> bytes:
        etag = self.etag(path)
        known, packed = self._made.get(path, ("", b""))
        if known == etag:
            return gzip.decompress(packed)
        text = msgspec.json.encode(make())
        self._made[path] = etag, gzip.compress(text, 6, mtime=0)
        return text

    def _document(self, kinds: Iterable[Kind]) -> dict[str, Any]:
        found, done = self._collected(kinds)
        schemas = {name: as_v3(name, definition) for name, definition in found.items()}
        return {
            "openapi": "3.0.0",
            "info": TITLE,
            "paths": paths_v3(done),
            "components": {"schemas": schemas},
        }

    def _swagger(self, kinds: Iterable[Kind]) -> dict[str, Any]:
        found, done = self._collected(kinds)
        return {"swagger": "2.0", "info": TITLE, "paths": paths_v2(done), "definitions": found}

    def _collected(self, kinds: Iterable[Kind]) -> tuple[dict[str, Any], list[Operation]]:
        """The definitions and operations of a document."""
        kinds = list(kinds)
        done = [operation for kind in kinds for operation in operations(kind)]
        roots = {name for kind in kinds for name in definitions(kind)}
        roots |= {name for operation in done for name in (operation.takes, operation.gives)}
        return closure(roots - {""}, self.described), done


def path_of(kind: Kind) -> str:
    return f"apis/{kind.api_version}" if kind.group else f"api/{kind.api_version}"
