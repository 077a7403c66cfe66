from typing import Any

from onggi.apiserver.openapi_definitions import as_v3, closure, references, schema_v3

DEFINITIONS: dict[str, Any] = {
    "a": {"properties": {"b": {"$ref": "#/definitions/b"}, "$ref": {"type": "string"}}},
    "b": {"properties": {"a": {"type": "array", "items": {"$ref": "#/definitions/a"}}}},
    "c": {"type": "string"},
}


def test_definitions_are_closed_over_their_references() -> None:
    assert list(closure(["b"], DEFINITIONS.__getitem__)) == ["a", "b"]


def test_a_property_may_be_called_ref() -> None:
    assert list(references(DEFINITIONS["a"])) == ["b"]


def test_references_move_and_keep_what_is_beside_them() -> None:
    schema = {"properties": {"x": {"$ref": "#/definitions/b", "description": "d"}}}
    pointer = {"$ref": "#/components/schemas/b"}
    assert schema_v3(schema) == {"properties": {"x": {"allOf": [pointer], "description": "d"}}}
    assert schema_v3({"items": {"$ref": "#/definitions/b"}}) == {"items": pointer}


def test_a_quantity_may_be_a_number_in_v3() -> None:
    name = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    assert as_v3(name, {"type": "string", "description": "d"}) == {
        "description": "d",
        "oneOf": [{"type": "string"}, {"type": "number"}],
    }
