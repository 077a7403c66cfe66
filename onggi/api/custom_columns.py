"""What ``kubectl get`` prints of a custom resource: ``additionalPrinterColumns``, or its age.

Source: ``…/registry/customresource/tableconvertor`` and ``pkg/apiserver/helpers.go``.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from onggi.api.durations import human
from onggi.api.gotext import json_text
from onggi.api.jsonpath import JsonPathError, parse
from onggi.api.kind import Column
from onggi.api.objects import View
from onggi.api.times import parse as parse_time
from onggi.api.timestamps import TimestampError, canonical

META = "@io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
CREATED = ".metadata.creationTimestamp"
NAME = Column("Name", "metadata.name", description=f"{META}.name", format="name")


def columns(version: View) -> tuple[Column, ...]:
    """One path that cannot be read leaves nothing but the name, as upstream."""
    given = version.get("additionalPrinterColumns")
    if not given:
        help_ = f"{META}.creationTimestamp"
        return (NAME, Column("Age", cell("date", CREATED), "date", description=help_))
    try:
        for column in given:
            parse(column["jsonPath"])
    except JsonPathError:
        return (NAME,)
    return (NAME, *(column_of(column) for column in given))


def column_of(given: View) -> Column:
    path, kind = given["jsonPath"], given["type"]
    described = f"Custom resource definition column (in JSONPath format): {path}"
    return Column(
        given["name"],
        cell(kind, path),
        kind,
        wide=given.get("priority", 0),
        description=given.get("description") or described,
        format=given.get("format", ""),
    )


@cache
def cell(kind: str, path: str) -> Callable[[View, datetime], Any]:
    def value(obj: View, now: datetime) -> Any:
        found = parse(path).find(obj)
        return shown(kind, found[0], now) if found else None

    return value


def shown(kind: str, value: Any, now: datetime) -> Any:
    match kind, value:
        case "string", _:
            return text(value)
        case (("integer" | "number" | "boolean"), None):
            return None
        case "boolean", bool():
            return value
        case (("integer" | "number"), bool()):
            return None
        case "integer", int() | float():
            return int(value)
        case "number", int() | float():
            return value
        case "date", str():
            return age(value, now)
    return None


def text(value: Any) -> str:
    """As client-go's JSONPath prints it: objects and lists as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return "<nil>" if value is None else json_text(value)


def age(stamp: str, now: datetime) -> str:
    if not stamp:
        return "<unknown>"
    try:
        return human(now - parse_time(canonical(stamp)))
    except TimestampError:
        return "<invalid>"
