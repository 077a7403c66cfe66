"""What ``kubectl get`` prints: objects as rows, or as their metadata alone. Pure.

Sources: ``k8s.io/apimachinery/pkg/apis/meta/v1`` (Table), ``pkg/util/duration``
(HumanDuration), ``k8s.io/apiserver/pkg/registry/rest/table.go`` (the columns of a kind
that has none).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from onggi.api.durations import human
from onggi.api.errors import BadRequest, NotAcceptable
from onggi.api.gotext import quote
from onggi.api.kind import Column, Kind
from onggi.api.objects import Object, View, get
from onggi.api.times import parse
from onggi.apiserver import schemas
from onggi.apiserver.negotiate import META, Wanted

INCLUDE = ("", "Metadata", "Object", "None")
META_FIELD = "@io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
NAME_HELP = f"{META_FIELD}.name"
CREATED_HELP = f"{META_FIELD}.creationTimestamp"
NAME = Column("Name", "metadata.name", format="name", description=NAME_HELP)


def created(obj: View, now: datetime) -> str:
    return get(obj, "metadata.creationTimestamp", "")


DEFAULT_COLUMNS = (NAME, Column("Created At", created, "date", description=CREATED_HELP))


def transform(
    kind: Kind, objects: Sequence[View], wanted: Wanted, include: str, now: datetime
) -> Object:
    """The objects as the Table, PartialObjectMetadata or list of it that the client wants."""
    version = f"{wanted.group}/{wanted.version}"
    if wanted.kind == "Table":
        return table(kind, objects, version, include, now)
    if wanted.kind == "PartialObjectMetadata":
        return partial(objects[0], version)
    items = [partial(obj, version) for obj in objects]
    return {"kind": wanted.kind, "apiVersion": version, "metadata": {}, "items": items}


def check_form(kind: Kind, wanted: Wanted, listed: bool) -> None:
    """A list is no single object, and the other way round. Raises NotAcceptable."""
    package = kind.group.partition(".")[0] or "core"
    go = "unstructured.Unstructured" if kind.custom else f"{package}.{kind.name}"
    asked = f"you requested {wanted.kind}, but the requested object"
    if listed and wanted.kind == "PartialObjectMetadata":
        raise NotAcceptable(f"{asked} is a list (*{go}List)")
    if not listed and wanted.kind == "PartialObjectMetadataList":
        raise NotAcceptable(f"{asked} is not a list (*{go})")


def table(kind: Kind, objects: Sequence[View], version: str, include: str, now: datetime) -> Object:
    if include not in INCLUDE:
        raise BadRequest(
            "Unable to convert to Table as requested: includeObject: Invalid value: "
            f"{quote(include)}: must be 'Metadata', 'Object', 'None', or empty"
        )
    columns = columns_of(kind)
    meta = objects[0].get("metadata", {}) if len(objects) == 1 else {}
    return {
        "kind": "Table",
        "apiVersion": version,
        "metadata": {k: meta[k] for k in ("resourceVersion",) if k in meta},
        "columnDefinitions": list(definitions(kind)),
        "rows": [row(columns, obj, version, include, now) for obj in objects],
    }


def columns_of(kind: Kind) -> Sequence[Column]:
    if not kind.columns:
        return DEFAULT_COLUMNS
    if any(column.name == "Name" for column in kind.columns):
        return kind.columns
    return (NAME, *kind.columns)


@lru_cache(maxsize=1024)
def definitions(kind: Kind) -> Sequence[Object]:
    return [definition(column) for column in columns_of(kind)]


def definition(column: Column) -> Object:
    return {
        "name": column.name,
        "type": "string" if column.type == "date" and not callable(column.value) else column.type,
        "format": column.format or ("name" if column.name == "Name" else ""),
        "description": description(column.description),
        "priority": int(column.wide),
    }


def description(text: str) -> str:
    """``@io.k8s.api.core.v1.PodSpec.nodeName`` stands for that field's text in OpenAPI."""
    if not text.startswith("@"):
        return text
    name, _, field = text[1:].rpartition(".")
    properties = schemas.described(name).get("properties") or {}
    found: str = properties.get(field, {}).get("description", "")
    return found


def row(columns: Sequence[Column], obj: View, version: str, include: str, now: datetime) -> Object:
    found: Object = {"cells": [cell(column, obj, now) for column in columns]}
    if include in ("", "Metadata"):
        found["object"] = partial(obj, version)
    elif include == "Object":
        found["object"] = obj
    else:
        found["object"] = None
    return found


def cell(column: Column, obj: View, now: datetime) -> Any:
    if callable(column.value):
        return column.value(obj, now)
    value = get(obj, column.value)
    if column.type == "date":
        return age(value, now)
    if value is None:
        return 0 if column.type in ("integer", "number") else ""
    if isinstance(value, Mapping | list) or column.type == "string":
        return value if isinstance(value, str) else str(value)
    return value


def age(text: str | None, now: datetime) -> str:
    """``5m20s``; upstream's ``<unknown>`` where there is no time."""
    return human(now - parse(text)) if text else "<unknown>"


def partial(obj: View, version: str) -> Object:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": version,
        "metadata": obj.get("metadata", {}),
    }


def bookmark(shown: Object, obj: View) -> Object:
    """A bookmark in a watch of Tables has no rows, only the version and annotations."""
    if shown["kind"] == "Table":
        return shown | {"rows": [{"cells": [], "object": partial(obj, f"{META}/v1")}]}
    return shown
