"""The Swagger document in the protobuf form that kubectl asks for to check a ``List``. Pure.

    encode(document) -> bytes

The messages are tables: the key of the JSON object → its number and how its value is written.
Only what our documents say has a line; a key without one is an error, so that nothing is lost
without a word. Source: ``OpenAPIv2.proto`` of github.com/google/gnostic (numbers); ``Any`` holds
YAML there, and JSON is YAML.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from onggi.apiserver.protobuf.varint import FIXED64, NUMBER, field, tag, varint

MEDIA = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
ASKED_FOR = (MEDIA, "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")

Write = Callable[[int, Any], bytes]
Fields = Mapping[str, tuple[int, Write]]


def encode(document: Mapping[str, Any]) -> bytes:
    return message(DOCUMENT, document)


# How values are written


def text(number: int, value: str) -> bytes:
    return field(number, value.encode())


def texts(number: int, values: list[str]) -> bytes:
    return b"".join(text(number, value) for value in values)


def truth(number: int, value: bool) -> bytes:
    return tag(number, NUMBER) + b"\x01" if value else b""


def whole(number: int, value: int | float) -> bytes:
    return tag(number, NUMBER) + varint(int(value))


def real(number: int, value: float) -> bytes:
    return tag(number, FIXED64) + struct.pack("<d", value)


def anything(number: int, value: Any) -> bytes:
    return field(number, field(2, msgspec.json.encode(value)))


def everything(number: int, values: list[Any]) -> bytes:
    return b"".join(anything(number, value) for value in values)


def inner(fields: Callable[[], Fields], *around: int) -> Write:
    """A message, inside others that hold nothing but it under the numbers ``around``."""

    def write(number: int, value: Mapping[str, Any]) -> bytes:
        data = message(fields(), value)
        for outer in reversed(around):
            data = field(outer, data)
        return field(number, data)

    return write


def each(write: Write) -> Write:
    return lambda number, values: b"".join(write(number, value) for value in values)


def named(place: int, write: Write) -> Write:
    """A map: a message with (name, value) pairs under ``place``."""

    def pairs(number: int, values: Mapping[str, Any]) -> bytes:
        data = b"".join(
            field(place, text(1, name) + write(2, value)) for name, value in values.items()
        )
        return field(number, data)

    return pairs


def message(fields: Fields, value: Mapping[str, Any]) -> bytes:
    """Keys that begin with ``x-`` go where the table says ``x-``."""
    return b"".join(part(fields, key, item) for key, item in value.items())


def part(fields: Fields, key: str, item: Any) -> bytes:
    if key.startswith("x-"):
        number, _ = fields["x-"]
        return field(number, text(1, key) + anything(2, item))
    number, write = fields[key]
    return write(number, item)


# Choices


def type_item(number: int, value: str | list[str]) -> bytes:
    return field(number, texts(1, [value] if isinstance(value, str) else value))


def additional(number: int, value: Mapping[str, Any] | bool) -> bytes:
    return field(number, truth(2, value) if isinstance(value, bool) else schema(1, value))


def parameter(number: int, value: Mapping[str, Any]) -> bytes:
    """``ParametersItem.parameter``, and in it one message for each place."""
    place = value["in"]
    if place == "body":
        data = field(1, message(BODY, value))
    else:
        kind, fields = {"query": (3, QUERY), "path": (4, PATH), "header": (1, PATH)}[place]
        data = field(2, field(kind, message(fields, value)))
    return field(number, field(1, data))


schema = inner(lambda: SCHEMA)
operation = inner(lambda: OPERATION)

EXTENSIONS: Write = anything  # never called: ``part`` writes them by their number

SCHEMA: Fields = {
    "$ref": (1, text),
    "format": (2, text),
    "title": (3, text),
    "description": (4, text),
    "default": (5, anything),
    "multipleOf": (6, real),
    "maximum": (7, real),
    "exclusiveMaximum": (8, truth),
    "minimum": (9, real),
    "exclusiveMinimum": (10, truth),
    "maxLength": (11, whole),
    "minLength": (12, whole),
    "pattern": (13, text),
    "maxItems": (14, whole),
    "minItems": (15, whole),
    "uniqueItems": (16, truth),
    "maxProperties": (17, whole),
    "minProperties": (18, whole),
    "required": (19, texts),
    "enum": (20, everything),
    "additionalProperties": (21, additional),
    "type": (22, type_item),
    "items": (23, inner(lambda: SCHEMA, 1)),
    "allOf": (24, each(schema)),
    "properties": (25, named(1, schema)),
    "externalDocs": (29, inner(lambda: DOCS)),
    "example": (30, anything),
    "x-": (31, EXTENSIONS),
}
DOCS: Fields = {"description": (1, text), "url": (2, text)}
BODY: Fields = {
    "description": (1, text),
    "name": (2, text),
    "in": (3, text),
    "required": (4, truth),
    "schema": (5, schema),
}
PLACED: Fields = {
    "required": (1, truth),
    "in": (2, text),
    "description": (3, text),
    "name": (4, text),
}
QUERY: Fields = {**PLACED, "type": (6, text), "format": (7, text), "uniqueItems": (20, truth)}
PATH: Fields = {**PLACED, "type": (5, text), "format": (6, text), "uniqueItems": (19, truth)}
RESPONSE: Fields = {"description": (1, text), "schema": (2, inner(lambda: SCHEMA, 1))}
OPERATION: Fields = {
    "tags": (1, texts),
    "summary": (2, text),
    "description": (3, text),
    "operationId": (5, text),
    "produces": (6, texts),
    "consumes": (7, texts),
    "parameters": (8, each(parameter)),
    "responses": (9, named(1, inner(lambda: RESPONSE, 1))),
    "schemes": (10, texts),
    "x-": (13, EXTENSIONS),
}
PATH_ITEM: Fields = {
    "get": (2, operation),
    "put": (3, operation),
    "post": (4, operation),
    "delete": (5, operation),
    "options": (6, operation),
    "head": (7, operation),
    "patch": (8, operation),
    "parameters": (9, each(parameter)),
}
INFO: Fields = {"title": (1, text), "version": (2, text)}
DOCUMENT: Fields = {
    "swagger": (1, text),
    "info": (2, inner(lambda: INFO)),
    "paths": (8, named(2, inner(lambda: PATH_ITEM))),
    "definitions": (9, named(1, schema)),
}
