"""Kubernetes' published definitions, read from the file that the build put beside the code.

    load("io.k8s.api.core.v1.Pod") -> Schema         for ``onggi.api.schema.decode`` and patches
    described("io.k8s.api.core.v1.Pod") -> dict      with descriptions, for ``/openapi``
    KindSchemas().decode(POD, obj) -> unknown fields; raises Misfit

One definition is read at a time and nothing at import. See ``hatch_build.py`` for the file.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from onggi.api.kind import Kind
from onggi.api.objects import Object
from onggi.api.schema import META, Schema, Schemas, always, decode
from onggi.api.schema_division import Definition
from onggi.api.structural.node import Root
from onggi.apiserver import custom_decode
from onggi.apiserver.misfit import Misfit

META_OBJECT = f"{META}.ObjectMeta"
PATH = Path(__file__).parent.parent / "data" / "definitions.sqlite"


class NoDefinitions(RuntimeError):
    """The file is not there: a checkout that was never installed."""


@lru_cache(1)
def database() -> sqlite3.Connection:
    if not PATH.exists():
        raise NoDefinitions(f"{PATH.name} is missing; `pip install -e .` builds it")
    uri = f"{PATH.as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.execute("PRAGMA cache_size = -64")  # read once each: not worth memory
    return connection


def column(query: str, name: str) -> bytes:
    row = database().execute(query, (name,)).fetchone()
    if row is None:
        raise KeyError(name)
    found: bytes = row[0]
    return found


def read(name: str) -> Definition:
    """A definition without descriptions. Raises KeyError."""
    found: dict[str, Any] = json.loads(
        column("SELECT structure FROM definition WHERE name = ?", name)
    )
    return found


def described(name: str) -> dict[str, Any]:
    """A definition as upstream publishes it in OpenAPI v2. Raises KeyError."""
    packed = column("SELECT described FROM definition WHERE name = ?", name)
    found: dict[str, Any] = json.loads(zlib.decompress(packed))
    return found


def commit() -> str:
    """Of the source that this was built from; zeroes where that was no checkout."""
    found: str = database().execute("SELECT commit_id FROM source").fetchone()[0]
    return found


def names() -> Iterator[str]:
    """Every definition there is, in order."""
    for (name,) in database().execute("SELECT name FROM definition ORDER BY name"):
        yield name


SCHEMAS = Schemas(read)
load = SCHEMAS.load


def of(kind: Kind) -> Schema:
    """The schema of a kind; one from a CustomResourceDefinition brings its own."""
    if kind.custom:
        return Root(kind.custom.node, load(META_OBJECT))
    assert isinstance(kind.schema, str)
    return load(kind.schema)


class KindSchemas:
    """``onggi.apiserver.call.Schemas``, for the kinds that have a definition."""

    def decode(self, kind: Kind, obj: Object) -> Sequence[str]:
        """Bring ``obj`` into shape, in place; unknown fields are returned, misfits raised."""
        if kind.custom:
            return custom_decode.decode(kind, obj, load(META_OBJECT))
        decoded = decode(obj, of(kind))
        if decoded.errors:
            raise Misfit(kind, decoded.errors[0])
        return decoded.unknown

    def complete(self, kind: Kind, obj: Object) -> None:
        """Add the empty structs that upstream always writes: ``status: {loadBalancer: {}}``."""
        if kind.custom:
            return
        for key, node in always(of(kind)):
            if key not in obj:
                obj[key] = node.empty()
