"""The few fields of a CustomResourceDefinition's schema that are one thing or another.

In JSON ``additionalProperties`` is a schema or a boolean, ``items`` a schema or a list of them; a
message has a field for each. Source: ``apiextensions/v1/types_jsonschema.go``, ``marshal.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.apiserver.protobuf.varint import NUMBER, field, tag, varint

Value = Callable[[Any], bytes]
Fields = Callable[[bytes], Mapping[int, list[Any]]]
MESSAGE = "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"


def or_array(encode: Value, value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join([field(2, encode(item)) for item in value])
    return field(1, encode(value))


def or_bool(encode: Value, value: Any) -> bytes:
    allows = tag(1, NUMBER) + varint(bool(value) or isinstance(value, Mapping))
    return allows + field(2, encode(value)) if isinstance(value, Mapping) else allows


def or_strings(encode: Value, value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join([field(2, item.encode()) for item in value])
    return field(1, encode(value))


def single(write: Callable[[Value, Any], bytes]) -> Callable[[int, Value], Value]:
    return lambda number, encode: lambda value: field(number, write(encode, value))


def by_key(number: int, encode: Value) -> Value:
    def write(found: Mapping[str, Any]) -> bytes:
        return b"".join(
            [
                field(number, field(1, key.encode()) + field(2, or_strings(encode, value)))
                for key, value in found.items()
            ]
        )

    return write


WRITTEN: Mapping[tuple[str, str], Callable[[int, Value], Value]] = {
    (MESSAGE, "items"): single(or_array),
    (MESSAGE, "additionalItems"): single(or_bool),
    (MESSAGE, "additionalProperties"): single(or_bool),
    (MESSAGE, "dependencies"): by_key,
}


def read_items(schema: Callable[[bytes], Any], parts: Mapping[int, list[Any]]) -> Any:
    return [schema(raw) for raw in parts[2]] if 2 in parts else _schema(schema, parts)


def read_or_bool(schema: Callable[[bytes], Any], parts: Mapping[int, list[Any]]) -> Any:
    return schema(parts[2][-1]) if 2 in parts else bool(parts.get(1, [0])[-1])


def read_or_strings(schema: Callable[[bytes], Any], parts: Mapping[int, list[Any]]) -> Any:
    return [raw.decode() for raw in parts[2]] if 2 in parts else _schema(schema, parts)


def _schema(schema: Callable[[bytes], Any], parts: Mapping[int, list[Any]]) -> Any:
    return schema(parts.get(1, [b""])[-1])


READ: Mapping[tuple[str, str], Callable[[Callable[[bytes], Any], Mapping[int, list[Any]]], Any]] = {
    (MESSAGE, "items"): read_items,
    (MESSAGE, "additionalItems"): read_or_bool,
    (MESSAGE, "additionalProperties"): read_or_bool,
    (MESSAGE, "dependencies"): read_or_strings,
}
