"""Warnings about a definition that is accepted: formats that nobody checks, sets that server-side
apply does not know.

Source: ``k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.api.structural.formats import known

SET = "x-kubernetes-list-type: set for items of type"
UNSUPPORTED = "is not supported by server-side apply or CEL validation rules"


def advice(new: View, old: View | None) -> Iterator[str]:
    """An update repeats nothing that the old object was told."""
    before_formats, before_sets = (set(found(old or {}, look)) for look in (formats, sets))
    yield from (text for text in found(new, formats) if text not in before_formats)
    yield from sorted(set(found(new, sets)) - before_sets)


def found(crd: View, look: Any) -> Iterator[str]:
    for version in get(crd, "spec.versions") or ():
        for schema in schemas(get(version, "schema.openAPIV3Schema")):
            yield from look(schema)


def schemas(schema: Any) -> Iterator[View]:
    """A schema and all inside it."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    inside = [schema.get(key) for key in ("items", "not", "additionalProperties")]
    for junctor in ("allOf", "anyOf", "oneOf"):
        inside += schema.get(junctor) or ()
    inside += (schema.get("properties") or {}).values()
    for inner in inside:
        yield from schemas(inner)


def formats(schema: View) -> Iterator[str]:
    name = schema.get("format")
    if name and known(name, schema.get("type") or "") is None:
        yield f"unrecognized format {quote(name)}"


def sets(schema: View) -> Iterator[str]:
    items = schema.get("items")
    if schema.get("x-kubernetes-list-type") == "set" and isinstance(items, Mapping):
        kind = items.get("type")
        if kind in ("object", "array"):
            yield f"{SET} {quote(kind)} {UNSUPPORTED}"
