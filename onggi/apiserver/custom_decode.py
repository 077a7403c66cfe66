"""A custom resource from a request or from the store, brought into the shape of its schema.

    decode(kind, obj, meta) -> ['unknown field "spec.foo"', …]       raises Misfit
    coerce(node, obj, meta)                                          from the store: no words

``meta`` is the schema of every object's metadata. Defaults are filled later (``Kind.default``).
Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver`` (unstructuredSchemaCoercer),
``…/schema/objectmeta``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from onggi.api import schema
from onggi.api.field_error import invalid
from onggi.api.gotext import quote
from onggi.api.kind import Kind
from onggi.api.objects import Object, clone
from onggi.api.schema import Schema
from onggi.api.structural.node import META_FIELDS, Structural
from onggi.api.structural.prune import Tracker, drop_nulls, prune
from onggi.apiserver.misfit import Misfit

LIMIT = 100  # unknown fields that are told


def decode(kind: Kind, obj: Object, meta: Schema) -> Sequence[str]:
    """In place; returns the unknown fields."""
    assert kind.custom
    tracker = Tracker()
    metadata(kind, obj, meta, tracker)
    if not kind.custom.family.preserve:
        node = kind.custom.node
        prune(obj, node, tracker, root=True)
        drop_nulls_within(obj, node)
        embedded(kind, obj, (node, meta), tracker)
    return [f"unknown field {quote(path)}" for path in sorted(tracker.gone)[:LIMIT]]


def coerce(node: Structural, obj: Object, meta: Schema) -> None:
    """What a schema that has changed since no longer names goes, quietly."""
    prune(obj, node, None, root=True)
    drop_nulls_within(obj, node)


def drop_nulls_within(obj: Object, node: Structural) -> None:
    """Of the object, but not of its metadata."""
    own = {name: obj.pop(name) for name in META_FIELDS if name in obj}
    drop_nulls(obj, node)
    obj.update(own)


def metadata(kind: Kind, obj: Object, meta: Schema, tracker: Tracker) -> None:
    """Whatever the schema says of it, an object's metadata is what it is everywhere."""
    if obj.get("metadata") is None:
        obj.pop("metadata", None)
        return
    decoded = schema.decode(obj["metadata"], meta)
    if decoded.errors:
        raise Misfit(kind, decoded.errors[0])
    tracker.gone += (f"metadata.{named(text)}" for text in decoded.unknown)


def named(text: str) -> str:
    """The field in ``unknown field "foo"``."""
    return text.removeprefix('unknown field "').removesuffix('"')


def embedded(kind: Kind, obj: Object, shape: tuple[Structural, Schema], tracker: Tracker) -> None:
    """The metadata of objects inside this one."""
    node, meta = shape
    for path, inner in resources(obj, node, ""):
        for field in ("apiVersion", "kind"):
            if field in inner and not isinstance(inner[field], str):
                where, why = f"{path}.{field}".removeprefix("."), "must be a string"
                raise Misfit(kind, str(invalid(where, inner[field], why)))
        if not isinstance(inner.get("metadata"), dict):
            continue
        before = clone(inner["metadata"])
        decoded = schema.decode(inner["metadata"], meta)
        if decoded.errors:
            where = f"{path}.metadata".removeprefix(".")
            raise Misfit(kind, str(invalid(where, before, decoded.errors[0])))
        tracker.gone += (f"{path}.metadata.{named(t)}"[1:] for t in decoded.unknown)


def resources(value: Any, node: Structural | None, path: str) -> Iterator[tuple[str, Object]]:
    """Every embedded resource, with where it is."""
    if node is None or not node.embedding:
        return
    if isinstance(value, dict):
        if node.embedded:
            yield path, value
        for key, item in value.items():
            yield from resources(item, node.child(key), f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from resources(item, node.element, f"{path}[{index}]")
