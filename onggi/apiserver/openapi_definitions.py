"""Definitions for OpenAPI documents: closed over their references, in v2 and v3 form. Pure.

``described(name)`` gives one definition as OpenAPI v2; see ``onggi.apiserver.schemas``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

Definition = dict[str, Any]
Described = Callable[[str], Definition]

V2_PLACE, V3_PLACE = "#/definitions/", "#/components/schemas/"
OURS = ("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields")  # not upstream's

# Types that may be written in two ways, which only v3 can say.
EITHER: dict[str, Definition] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "oneOf": [{"type": "string"}, {"type": "number"}]
    },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    },
}


def closure(names: Iterable[str], described: Described) -> dict[str, Definition]:
    """The definitions and all that they refer to, in order of their names."""
    found: dict[str, Definition] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        definition = described(name)
        found[name] = {key: value for key, value in definition.items() if key not in OURS}
        waiting += references(definition)
    return dict(sorted(found.items()))


def references(schema: Any) -> Iterator[str]:
    """The names that a schema refers to. A property may be called ``$ref``, hence the types."""
    if isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(V2_PLACE)
        for value in schema.values():
            yield from references(value)


def as_v3(name: str, definition: Definition) -> Definition:
    if name in EITHER:
        plain = {key: definition[key] for key in ("description",) if key in definition}
        return {**plain, **EITHER[name]}
    return schema_v3(definition)


def schema_v3(schema: Definition) -> Definition:
    """References move, and one that says more than where it points is wrapped in ``allOf``."""
    result = dict(schema)
    if properties := schema.get("properties"):
        result["properties"] = {name: schema_v3(p) for name, p in properties.items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = schema_v3(schema[key])
    if target := result.pop("$ref", None):
        pointer = {"$ref": target.replace(V2_PLACE, V3_PLACE)}
        return {"allOf": [pointer], **result} if result else pointer
    return result
