"""OpenAPI v3 of an extension server that speaks only v2, made from that. Pure.

Source: ``k8s.io/kube-openapi/pkg/openapiconv/convert.go``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onggi.api.objects import Object, View
from onggi.apiserver.aggregation.swagger import PLACE, mapping, reachable

V3_PLACE = "#/components/schemas/"
ANY = ("*/*",)
OF_V2 = ("consumes", "produces", "schemes", "parameters", "responses")
OF_PARAMETERS = ("name", "in", "description", "required")


def document(theirs: View, path: str) -> Object | None:
    """What ``theirs`` says below ``path``; None where that is nothing."""
    paths = {
        where: item
        for where, item in mapping(theirs, "paths").items()
        if (where == path or where.startswith(f"{path}/")) and isinstance(item, Mapping)
    }
    if not paths:
        return None
    schemas = reachable(paths, mapping(theirs, "definitions"))
    whole = {
        "openapi": "3.0.0",
        "info": theirs.get("info") or {},
        "paths": {where: path_item(item) for where, item in sorted(paths.items())},
        "components": {"schemas": schemas},
    }
    moved: Object = pointed(whole)
    return moved


def path_item(item: View) -> Object:
    found: Object = {}
    for name, value in item.items():
        if name == "parameters":
            found[name] = [parameter(p) for p in value if p.get("in") != "body"]
        else:
            found[name] = operation(value) if isinstance(value, Mapping) else value
    return found


def operation(found: View) -> Object:
    made = {name: value for name, value in found.items() if name not in OF_V2}
    given = found.get("parameters") or ()
    made["parameters"] = [parameter(p) for p in given if p.get("in") != "body"]
    body = next((p for p in given if p.get("in") == "body"), None)
    if body:
        content = contents(found.get("consumes") or ANY, body.get("schema"))
        made["requestBody"] = {"content": content, "required": bool(body.get("required"))}
    made["responses"] = {
        code: response(answer, found.get("produces") or ANY)
        for code, answer in mapping(found, "responses").items()
    }
    return made


def parameter(found: View) -> Object:
    made = {name: found[name] for name in OF_PARAMETERS if name in found}
    rest = {k: v for k, v in found.items() if k not in OF_PARAMETERS and k != "$ref"}
    return made | ({"schema": rest} if rest else {})


def response(answer: View, types: Sequence[str]) -> Object:
    made: Object = {"description": answer.get("description") or ""}
    if schema := answer.get("schema"):
        made["content"] = contents(types, schema)
    return made


def contents(types: Sequence[str], schema: Any) -> Object:
    return {kind: {"schema": schema} for kind in types}


def pointed(value: Any) -> Any:
    """References to where v3 has its schemas; one that says more than where it points is wrapped,
    since v3 reads nothing beside a reference."""
    if isinstance(value, Mapping):
        found = {key: pointed(item) for key, item in value.items()}
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith(PLACE):
            del found["$ref"]
            pointer = {"$ref": V3_PLACE + target.removeprefix(PLACE)}
            return {"allOf": [pointer], **found} if found else pointer
        return found
    return [pointed(item) for item in value] if isinstance(value, list) else value
