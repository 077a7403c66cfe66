"""A document of v2 in the form of v3."""

from onggi.apiserver.aggregation.as_v3 import document

BODY = {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/a"}}
QUERY = {"name": "q", "in": "query", "description": "d", "type": "string", "uniqueItems": True}
OPERATION = {
    "operationId": "x",
    "consumes": ["*/*"],
    "produces": ["application/json"],
    "schemes": ["https"],
    "parameters": [BODY, QUERY],
    "responses": {
        "200": {"description": "OK", "schema": {"$ref": "#/definitions/a"}},
        "401": {"description": "Unauthorized"},
    },
    "x-kubernetes-group-version-kind": {"group": "g", "version": "v1", "kind": "A"},
}
V2 = {
    "info": {"title": "t"},
    "paths": {"/apis/g/v1/as": {"post": OPERATION}, "/apis/g/v2/as": {}},
    "definitions": {"a": {"properties": {"b": {"$ref": "#/definitions/b"}}}, "b": {}, "c": {}},
}


def test_bodies_answers_and_references_move() -> None:
    made = document(V2, "/apis/g/v1")
    assert made == {
        "openapi": "3.0.0",
        "info": {"title": "t"},
        "paths": {
            "/apis/g/v1/as": {
                "post": {
                    "operationId": "x",
                    "parameters": [
                        {
                            "name": "q",
                            "in": "query",
                            "description": "d",
                            "schema": {"type": "string", "uniqueItems": True},
                        }
                    ],
                    "requestBody": {
                        "content": {"*/*": {"schema": {"$ref": "#/components/schemas/a"}}},
                        "required": True,
                    },
                    "responses": {
                        "200": {
                            "description": "OK",
                            "content": {
                                "application/json": {"schema": {"$ref": "#/components/schemas/a"}}
                            },
                        },
                        "401": {"description": "Unauthorized"},
                    },
                    "x-kubernetes-group-version-kind": {
                        "group": "g",
                        "version": "v1",
                        "kind": "A",
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "a": {"properties": {"b": {"$ref": "#/components/schemas/b"}}},
                "b": {},
            }
        },
    }


def test_nothing_comes_of_nothing() -> None:
    assert document(V2, "/apis/h/v1") is None
