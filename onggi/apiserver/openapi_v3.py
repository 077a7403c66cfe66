"""Operations in the dialect of OpenAPI 3.0. Pure."""

from collections.abc import Iterable
from typing import Any

from onggi.apiserver.openapi_definitions import V3_PLACE
from onggi.apiserver.openapi_operations import PATCH, Operation, Parameter

JSON, YAML, WATCH = "application/json", "application/yaml", "application/json;stream=watch"
SAID = {200: "OK", 201: "Created", 202: "Accepted"}


def paths_v3(operations: Iterable[Operation]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        path = paths.setdefault(operation.path, {})
        path[operation.method] = operation_v3(operation)
        path["parameters"] = [parameter_v3(p) for p in operation.path_parameters]
    return dict(sorted(paths.items()))


def operation_v3(operation: Operation) -> dict[str, Any]:
    group, version, name = operation.kind
    found: dict[str, Any] = {
        "description": operation.description,
        "operationId": operation.id,
        "tags": [operation.tag],
        "parameters": [parameter_v3(p) for p in operation.parameters],
        "responses": responses_v3(operation),
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": {"group": group, "kind": name, "version": version},
    }
    if operation.takes:
        types = operation.patches if operation.takes == PATCH else ("*/*",)
        content = {kind: {"schema": pointer(operation.takes)} for kind in types}
        found["requestBody"] = {"content": content, "required": operation.method != "delete"}
    return found


def responses_v3(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {"*/*": {"schema": {"type": "string"}}}
    if operation.gives:
        kinds = (JSON, WATCH, YAML) if operation.streams else (JSON, YAML)
        content = {kind: {"schema": pointer(operation.gives)} for kind in kinds}
    found: dict[str, Any] = {
        str(code): {"description": SAID[code], "content": content} for code in operation.codes
    }
    return {**found, "401": {"description": "Unauthorized"}}


def pointer(name: str) -> dict[str, str]:
    return {"$ref": V3_PLACE + name}


def parameter_v3(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "schema": {"type": parameter.type, "uniqueItems": True},
    }
    return {**found, "required": True} if parameter.place == "path" else found
