"""JSON values to messages, led by the schema's nodes: the way back of ``decode``.

    message("api.core.v1.Pod").encode(pod) -> bytes

A field is compiled into a function when it is first written, so that an object costs one
look-up and one call for each value. As upstream, what is absent is not written; unlike it,
a zero that nobody set is not written either, which every decoder takes for the same.
"""

import struct
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import msgspec

from onggi.api.objects import View
from onggi.api.schema import Struct
from onggi.api.schema_nodes import (
    Amount,
    Binary,
    Flag,
    Free,
    IntOrString,
    List,
    Map,
    Moment,
    Node,
    Raw,
    Real,
    Text,
    Whole,
)
from onggi.apiserver import schemas
from onggi.apiserver.protobuf import json_schema
from onggi.apiserver.protobuf.numbers import PREFIX, numbers
from onggi.apiserver.protobuf.varint import BYTES, FIXED64, NUMBER, field, heads, tag, varint

Value = Callable[[Any], bytes]
json = msgspec.json.Encoder().encode


class Fields(dict[str, Value]):
    """By JSON name, each compiled when it is first looked up."""

    def __init__(self, message: "Message") -> None:
        self.message = message

    def __missing__(self, name: str) -> Value:
        found = self[name] = self.message.compiled(name)
        return found


class Message:
    """How objects of one definition are written; ``inline`` are messages that JSON has not."""

    def __init__(self, struct: Struct, name: str) -> None:
        self.name, self._struct = name, struct
        table = numbers(name)
        self._numbers = {entry.name: number for number, entry in table.items() if entry.name}
        self.inline = [
            (number, Message(struct, entry.inline))
            for number, entry in table.items()
            if entry.inline
        ]
        self.fields = Fields(self)

    def encode(self, obj: View) -> bytes:
        fields = self.fields
        parts = [fields[name](value) for name, value in obj.items() if value is not None]
        for number, message in self.inline:
            if data := message.encode(obj):
                parts.append(field(number, data))
        return b"".join(parts)

    def compiled(self, name: str) -> Value:
        number, known = self._numbers.get(name), self._struct.field(name)
        if number is None or known is None:
            return nothing
        if special := json_schema.WRITTEN.get((self.name, name)):
            return special(number, self.encode)
        return put(number, known.node)


@cache
def message(name: str) -> Message:
    """``api.core.v1.Pod``; raises KeyError for one without numbers."""
    node = schemas.load(PREFIX + name)
    if not isinstance(node, Struct):
        raise KeyError(name)
    return Message(node, name)


def nothing(value: Any) -> bytes:
    """``apiVersion`` and ``kind`` of a whole object, which the envelope says."""
    return b""


def put(number: int, node: Node) -> Value:
    """What writes a field of this number: tag and value."""
    if isinstance(node, List):
        item = put(number, node.items)
        return lambda values: b"".join([item(value) for value in values])
    if isinstance(node, Map):
        return entries(number, node)
    if scalar := SCALARS.get(type(node)):
        return scalar(number)
    value = payload(node)
    return lambda raw: field(number, value(raw))


def payload(node: Node) -> Value:
    """What writes a value that has a length of its own, without tag and length."""
    if isinstance(node, Struct):
        name = node.name.removeprefix(PREFIX)
        return lambda obj: message(name).encode(obj)
    if isinstance(node, List):  # as a map's value: a message of nothing but the list
        return put(1, node)
    return PAYLOADS[type(node)]


def entries(number: int, node: Map) -> Value:
    keys, value = heads(1), put(2, node.items)
    if isinstance(node.items, List):
        listed = payload(node.items)
        value = lambda values: field(2, listed(values))  # noqa: E731

    def write(found: Mapping[str, Any]) -> bytes:
        parts = []
        for key, item in found.items():
            data = key.encode()
            start = keys[len(data)] if len(data) < 128 else field(1, data)[: -len(data)]
            parts.append(field(number, start + data + value(item)))
        return b"".join(parts)

    return write


def text(number: int) -> Value:
    short, long = heads(number), tag(number, BYTES)

    def write(value: str) -> bytes:
        data = value.encode()
        size = len(data)
        return short[size] + data if size < 128 else long + varint(size) + data

    return write


def whole(number: int) -> Value:
    start = tag(number, NUMBER)
    return lambda value: start + varint(value)


def real(number: int) -> Value:
    start = tag(number, FIXED64)
    return lambda value: start + struct.pack("<d", value)


def moment(number: int) -> Value:
    return lambda value: field(number, timestamp(value))


@lru_cache(maxsize=2048)
def timestamp(value: str) -> bytes:
    """Seconds and nanoseconds: many objects share a time."""
    when = datetime.fromisoformat(value)
    nanos = when.microsecond * 1000
    seconds = int(when.replace(microsecond=0).timestamp())
    return whole(1)(seconds) + (whole(2)(nanos) if nanos else b"")


def int_or_string(value: int | str) -> bytes:
    if isinstance(value, str):
        return whole(1)(1) + field(3, value.encode())
    return whole(2)(value) if value else b""


def raw_json(value: Any) -> bytes:
    return field(1, json(value))


SCALARS: Mapping[type[Node], Callable[[int], Value]] = {
    Text: text,
    Flag: whole,
    Whole: whole,
    Real: real,
    Moment: moment,
}
PAYLOADS: Mapping[type[Node], Value] = {
    Binary: b64decode,
    Amount: text(1),
    IntOrString: int_or_string,
    Raw: raw_json,
    Free: raw_json,
}
