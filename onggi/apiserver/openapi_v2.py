"""Operations in the dialect of OpenAPI 2.0 (Swagger). Pure."""

from collections.abc import Iterable
from typing import Any

from onggi.apiserver.openapi_definitions import V2_PLACE
from onggi.apiserver.openapi_operations import PATCH, Operation, Parameter
from onggi.apiserver.openapi_v3 import JSON, SAID, WATCH, YAML


def paths_v2(operations: Iterable[Operation]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        path = paths.setdefault(operation.path, {})
        path[operation.method] = operation_v2(operation)
        path["parameters"] = [parameter_v2(p) for p in operation.path_parameters]
    return dict(sorted(paths.items()))


def operation_v2(operation: Operation) -> dict[str, Any]:
    group, version, name = operation.kind
    parameters = [parameter_v2(p) for p in operation.parameters]
    if operation.takes:
        needed = {"required": True} if operation.method != "delete" else {}
        schema = {"$ref": V2_PLACE + operation.takes}
        parameters.insert(0, {"name": "body", "in": "body", **needed, "schema": schema})
    return {
        "description": operation.description,
        "operationId": operation.id,
        "tags": [operation.tag],
        "schemes": ["https"],
        "consumes": list(operation.patches) if operation.takes == PATCH else ["*/*"],
        "produces": produced(operation),
        "parameters": parameters,
        "responses": responses_v2(operation),
        "x-kubernetes-action": operation.action,
        "x-kubernetes-group-version-kind": {"group": group, "kind": name, "version": version},
    }


def produced(operation: Operation) -> list[str]:
    if not operation.gives:
        return ["*/*"]
    return [JSON, YAML, WATCH] if operation.streams else [JSON, YAML]


def responses_v2(operation: Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if operation.gives:
        schema = {"$ref": V2_PLACE + operation.gives}
    found: dict[str, Any] = {
        str(code): {"description": SAID[code], "schema": schema} for code in operation.codes
    }
    return {**found, "401": {"description": "Unauthorized"}}


def parameter_v2(parameter: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "type": parameter.type,
        "uniqueItems": True,
    }
    return {**found, "required": True} if parameter.place == "path" else found
