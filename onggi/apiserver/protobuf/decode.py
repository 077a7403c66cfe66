"""Messages to JSON values, led by the schema's nodes."""

import json
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from google.protobuf.empty_pb2 import Empty
from google.protobuf.unknown_fields import UnknownFieldSet

from onggi.api.objects import Object
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
from onggi.api.times import micro
from onggi.apiserver.protobuf import json_schema
from onggi.apiserver.protobuf.numbers import PREFIX, numbers

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wire(NamedTuple):
    """One field of a message: a whole number, or bytes."""

    number: int
    value: Any


def fields(data: bytes) -> Iterator[Wire]:
    """The fields of any message; raises ``google.protobuf.message.DecodeError``."""
    message = Empty()
    message.ParseFromString(data)
    for field in UnknownFieldSet(message):
        yield Wire(field.field_number, field.data)


def all_of(data: bytes) -> dict[int, list[Any]]:
    """A small message as a dict of everything that stands under a number."""
    found: dict[int, list[Any]] = {}
    for number, value in fields(data):
        found.setdefault(number, []).append(value)
    return found


def only(data: bytes) -> dict[int, Any]:
    """A small message as a dict; of a repeated field the last."""
    return {field.number: field.value for field in fields(data)}


class Reader:
    """``unknown`` collects numbers that no field has: a newer client than this server."""

    def __init__(self) -> None:
        self.unknown: list[str] = []

    def message(self, node: Struct, data: bytes) -> Object:
        found: Object = {}
        self._fill(found, node, node.name.removeprefix(PREFIX), data)
        return found

    def _fill(self, found: Object, node: Struct, message: str, data: bytes) -> None:
        table = numbers(message)
        for number, value in fields(data):
            numbered = table.get(number)
            if numbered is None and not value:
                continue  # a field of the past, which old clients write though it is empty
            if numbered is None:
                self.unknown.append(f"unknown field number {number} in {message}")
            elif numbered.inline:
                self._fill(found, node, numbered.inline, value)
            elif special := json_schema.READ.get((message, numbered.name)):
                self._special(found, numbered.name, partial(special, self._schema(node)), value)
            elif field := node.field(numbered.name):
                self._put(found, numbered.name, field.node, value, numbered.zero_counts)
            else:
                self.unknown.append(f'unknown field "{numbered.name}"')

    def _schema(self, node: Struct) -> Callable[[bytes], Object]:
        return partial(self.message, node)

    def _special(self, found: Object, name: str, read: Callable[..., Any], raw: bytes) -> None:
        """A field that is one thing or another; ``dependencies`` are such things by name."""
        if name != "dependencies":
            found[name] = read(all_of(raw))
            return
        entry = only(raw)
        key = entry.get(1, b"").decode()
        found.setdefault(name, {})[key] = read(all_of(entry.get(2, b"")))

    def _put(self, found: Object, name: str, node: Node, raw: Any, zero_counts: bool) -> None:
        if isinstance(node, List):
            found.setdefault(name, []).append(self.value(node.items, raw))
        elif isinstance(node, Map):
            entry = only(raw)
            key = entry.get(1, b"").decode()
            found.setdefault(name, {})[key] = self._of_entry(node.items, entry)
        else:
            value = self.value(node, raw)
            if value is not None and (zero_counts or value not in ("", 0)):
                found[name] = value

    def _of_entry(self, node: Node, entry: dict[int, Any]) -> Any:
        raw = entry.get(2, b"")
        if isinstance(node, List):  # a message that holds nothing but the list
            return [self.value(node.items, field.value) for field in fields(raw)]
        return self.value(node, raw)

    def value(self, node: Node, raw: Any) -> Any:
        if isinstance(node, Struct):
            return self.message(node, raw)
        if isinstance(node, Moment):
            return moment(raw, node)
        return READ[type(node)](raw)


def whole(raw: int) -> int:
    """Numbers travel as unsigned 64 bits; negative ones in two's complement."""
    return raw - (1 << 64) if raw >= 1 << 63 else raw


def real(raw: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", raw))[0]
    return value


def moment(raw: bytes, node: Moment) -> str | None:
    parts = only(raw)
    if not parts:
        return None
    when = EPOCH + timedelta(
        seconds=whole(parts.get(1, 0)), microseconds=whole(parts.get(2, 0)) // 1000
    )
    return node.canonical(micro(when))


def int_or_string(raw: bytes) -> int | str:
    parts = only(raw)
    return parts.get(3, b"").decode() if parts.get(1) else whole(parts.get(2, 0))


def raw_json(raw: bytes) -> Any:
    text = only(raw).get(1, b"")
    return json.loads(text) if text else None


READ: dict[type[Node], Callable[[Any], Any]] = {
    Text: bytes.decode,
    Flag: bool,
    Whole: whole,
    Real: real,
    Binary: lambda raw: b64encode(raw).decode(),
    Amount: lambda raw: only(raw).get(1, b"").decode(),
    IntOrString: int_or_string,
    Raw: raw_json,
    Free: raw_json,
}
