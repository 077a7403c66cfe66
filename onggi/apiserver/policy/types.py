"""What objects of a kind look like, as one schema without references: so that expressions about
them can be checked.

Source: ``k8s.io/apiserver/pkg/cel/openapi/resolver`` (definitions.go, refs.go).
"""

from collections.abc import Mapping
from typing import Any

from onggi.api.custom import schema_of
from onggi.api.kind import Kind
from onggi.api.objects import View
from onggi.apiserver import schemas

PREFIX = "#/definitions/"


def schema(kind: Kind) -> View | None:
    """None where a definition is part of itself: such a kind is not checked, as upstream."""
    try:
        if kind.custom is None:
            return definition(kind.schema, ()) if isinstance(kind.schema, str) else None
        meta = definition(schemas.META_OBJECT, ())
    except (RecursionError, KeyError):
        return None
    given = schema_of(kind.custom.family.versions.get(kind.version) or {})
    text = {"type": "string"}
    known = {"apiVersion": text, "kind": text, "metadata": meta}
    return {**given, "properties": {**(given.get("properties") or {}), **known}}


def definition(name: str, within: tuple[str, ...]) -> dict[str, Any]:
    """Raises RecursionError, KeyError."""
    if name in within:
        raise RecursionError(name)
    found: dict[str, Any] = resolved(schemas.read(name), (*within, name))
    return found


def resolved(node: Any, within: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [resolved(each, within) for each in node]
    if not isinstance(node, Mapping):
        return node
    target = node.get("$ref")
    if isinstance(target, str):
        return definition(target.removeprefix(PREFIX), within)
    return {key: resolved(value, within) for key, value in node.items()}
