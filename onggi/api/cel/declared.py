"""Types out of schemas: what an expression may say about an object, and how large it can get.

``declared(schema)`` reads an OpenAPI v3 or structural schema (plain dicts, ``x-kubernetes-*``
included). The sizes feed the static cost estimate; ``adapt`` makes a value out of JSON.

Source: ``k8s.io/apiserver/pkg/cel/common/schemas.go``, ``…/cel/types.go``, ``…/common/values.go``.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onggi.api.cel import times
from onggi.api.cel.errors import CelError
from onggi.api.cel.escaping import escape
from onggi.api.cel.lexer import RESERVED
from onggi.api.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
    map_of,
    struct,
)  # fmt: skip
from onggi.api.cel.values import KINDS, Duration, ListValue, MapValue, ObjectValue, Timestamp

Schema = Mapping[str, Any]
Adapt = Callable[[Any], Any]

MAX_REQUEST = 3 * 1024 * 1024
LONGEST_STRING = MAX_REQUEST - 2
DURATION_SIZE, DATE_TIME_SIZE, DATE_SIZE = 32, 32, 12


@dataclass(slots=True, eq=False)
class Declared:
    """One node of a schema. ``fields`` by their name in expressions; ``names`` the real ones."""

    type: Type
    adapt: Adapt
    max_elements: int = 0
    min_size: int = 1  # of the JSON text
    key: "Declared | None" = None
    item: "Declared | None" = None
    fields: "dict[str, Declared]" = field(default_factory=dict)
    nullable: bool = False

    def structs(self) -> "Iterator[tuple[str, Declared]]":
        """Every object below, by the name of its type."""
        if self.type.kind == "struct":
            yield self.type.name, self
        for inner in (self.key, self.item, *self.fields.values()):
            if inner is not None:
                yield from inner.structs()

    def nulls(self) -> bool:
        """Whether a list or map below may hold null, whatever type its items have."""
        if self.item is not None and self.item.nullable:
            return True
        return any(each.nulls() for each in (self.item, *self.fields.values()) if each is not None)

    def field(self, name: str) -> "Declared | None":
        """A keyword may be written as it is after a dot: ``self.namespace``."""
        found = self.fields.get(name)
        return self.fields.get(f"__{name}__") if found is None and name in RESERVED else found


def declared(schema: Schema, name: str = "selfType", root: bool = False) -> Declared | None:
    """``root`` adds apiVersion, kind and metadata (name, generateName). None: no type at all."""
    if schema.get("x-kubernetes-int-or-string"):
        longest = schema.get("maxLength")
        size = LONGEST_STRING if longest is None else max(longest, 0) * 4
        return Declared(DYN, _int_or_string, size, 1)
    if schema.get("x-onggi-any"):  # of our own: a field of upstream's type dyn
        return Declared(DYN, _same)
    if root:
        schema = with_meta(schema)
    make = MAKERS.get(schema.get("type", ""))
    return make(schema, name) if make else None


def with_meta(schema: Schema) -> Schema:
    """A resource's root, or an embedded one: what every object has is there."""
    text = {"type": "string"}
    meta = {"type": "object", "properties": {"name": text, "generateName": text}}
    given = schema.get("properties") or {}
    if (given.get("metadata", {}).get("properties") or {}).keys() >= {"name", "generateName"}:
        return schema
    known = {"kind": text, "apiVersion": text, "metadata": meta}
    return {**schema, "properties": {**given, **known}}


def _array(schema: Schema, name: str) -> Declared | None:
    items = schema.get("items")
    item = _inner(items, f"{name}.@idx") if isinstance(items, Mapping) else None
    if item is None:
        return None
    most = schema.get("maxItems")
    size = (MAX_REQUEST - 2) // (item.min_size + 1) if most is None else max(most, 0)
    keys = tuple(escape(key) or key for key in schema.get("x-kubernetes-list-map-keys") or ())
    kind = schema.get("x-kubernetes-list-type")
    adapt = _list_adapter(item, keys if kind == "map" else (), kind == "set")
    return Declared(list_of(item.type), adapt, size, 2, item=item)


def _list_adapter(item: Declared, keys: tuple[str, ...], is_set: bool) -> Adapt:
    def adapt(raw: Any) -> Any:
        if isinstance(raw, ListValue):
            return raw
        if not isinstance(raw, list | tuple):
            raise invalid("an array for the provided schema with type=array", raw)
        return ListValue([item.adapt(each) for each in raw], keys, is_set)

    return adapt


def _object(schema: Schema, name: str) -> Declared | None:
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        return _map(schema, more, name)
    required = set(schema.get("required") or ())
    fields: dict[str, Declared] = {}
    table: dict[str, tuple[str, Adapt]] = {}
    size = 2
    for key, inner in (schema.get("properties") or {}).items():
        escaped = escape(key)
        found = _inner(inner, f"{name}.{escaped}")
        if found is None:
            continue
        if escaped is not None:
            fields[escaped] = found
            table[escaped] = (key, found.adapt)
            if key in RESERVED:
                table[key] = table[escaped]
        if key in required and inner.get("default") is None:
            size += len(key.encode()) + found.min_size + 4
    return Declared(struct(name), _object_adapter(name, table), 0, size, fields=fields)


def _object_adapter(name: str, table: dict[str, tuple[str, Adapt]]) -> Adapt:
    of = struct(name)

    def adapt(raw: Any) -> Any:
        if isinstance(raw, ObjectValue):
            return raw
        if not isinstance(raw, Mapping):
            raise invalid("a map for the provided schema with type=object", raw)
        return ObjectValue(raw, of, table)

    return adapt


def _map(schema: Schema, more: Schema, name: str) -> Declared | None:
    item = _inner(more, f"{name}.@elem")
    if item is None:
        return None
    most = schema.get("maxProperties")
    size = (MAX_REQUEST - 2) // (item.min_size + 6) if most is None else max(most, 0)

    def adapt(raw: Any) -> Any:
        if isinstance(raw, MapValue):
            return raw
        if not isinstance(raw, Mapping):
            raise invalid("a map for the provided schema with type=object", raw)
        return MapValue({key: item.adapt(value) for key, value in raw.items()})

    key = Declared(STRING, _same, 0, 2)
    return Declared(map_of(STRING, item.type), adapt, size, 2, key=key, item=item)


def _inner(schema: Any, name: str) -> Declared | None:
    """A nullable value may be null wherever its type is expected."""
    embedded = bool(schema.get("x-kubernetes-embedded-resource"))
    found = declared(schema, name, embedded)
    if found is not None and schema.get("nullable"):
        adapt, found.nullable = found.adapt, True
        found.adapt = lambda raw: None if raw is None else adapt(raw)
    return found


def _string(schema: Schema, name: str) -> Declared:
    form = schema.get("format")
    longest = schema.get("maxLength")
    if form == "byte":
        size = LONGEST_STRING if longest is None else max(longest, 0)
        return Declared(BYTES, _bytes, size, 2)
    if form in TIMES:
        t, adapt, size, least = TIMES[form]
        return Declared(t, adapt, size, least)
    if longest is not None:
        size = max(longest, 0) * 4
    elif schema.get("enum"):
        texts = [len(each.encode()) for each in schema["enum"] if isinstance(each, str)]
        size = max(texts, default=0)
    else:
        size = LONGEST_STRING
    return Declared(STRING, _text, size, 2)


def _same(raw: Any) -> Any:
    return raw


def _int_or_string(raw: Any) -> Any:
    if type(raw) is str or type(raw) is int:
        return raw
    raise CelError("invalid data, expected XIntOrString value to be either a string or integer")


def _text(raw: Any) -> Any:
    if type(raw) is not str:
        raise invalid("string", raw)
    return raw


def _whole(raw: Any) -> Any:
    if type(raw) is int:
        return raw
    if type(raw) is float and raw.is_integer():
        return int(raw)
    raise invalid("int", raw)


def _number(raw: Any) -> Any:
    if type(raw) is int or type(raw) is float:
        return float(raw)
    raise invalid("float", raw)


def _truth(raw: Any) -> Any:
    if type(raw) is not bool:
        raise invalid("bool", raw)
    return raw


def _bytes(raw: Any) -> Any:
    if isinstance(raw, bytes):
        return raw
    try:
        return base64.b64decode(_text(raw), validate=True)
    except binascii.Error:
        raise CelError(f"invalid data, expected base64 encoded bytes, got {raw}") from None


def _duration(raw: Any) -> Any:
    if isinstance(raw, Duration):
        return raw
    try:
        return Duration(times.parse_spoken_duration(_text(raw)))
    except ValueError:
        raise CelError(f"Invalid duration {_text(raw)!r}") from None


def _moment(raw: Any) -> Any:
    if isinstance(raw, Timestamp):
        return raw
    try:
        return times.parse_moment(_text(raw))
    except ValueError:
        raise CelError(f"Invalid date-time formatted string {_text(raw)!r}") from None


def _date(raw: Any) -> Any:
    if isinstance(raw, Timestamp):
        return raw
    try:
        return times.parse_moment(f"{_text(raw)}T00:00:00Z")
    except ValueError:
        raise CelError(f"Invalid date formatted string {_text(raw)!r}") from None


def invalid(wanted: str, raw: Any) -> CelError:
    if raw is None:
        return CelError("invalid data, got null for schema with nullable=false")
    if wanted.startswith("a"):
        return CelError(f"invalid data, expected {wanted}")
    return CelError(f"invalid data, expected {wanted}, got {KINDS.get(type(raw), 'value')}")


TIMES: dict[Any, tuple[Type, Adapt, int, int]] = {
    "duration": (DURATION, _duration, DURATION_SIZE, 3),
    "date": (TIMESTAMP, _date, DATE_SIZE, 12),
    "date-time": (TIMESTAMP, _moment, DATE_TIME_SIZE, 21),
}
MAKERS: dict[str, Callable[[Schema, str], Declared | None]] = {
    "array": _array,
    "object": _object,
    "string": _string,
    "boolean": lambda schema, name: Declared(BOOL, _truth, 0, 4),
    "number": lambda schema, name: Declared(DOUBLE, _number, 0, 1),
    "integer": lambda schema, name: Declared(INT, _whole, 0, 1),
}
