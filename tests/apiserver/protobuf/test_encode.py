"""Whatever a kind may say survives the way through protobuf."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onggi.api.schema import Struct
from onggi.api.schema_nodes import (
    Amount,
    Binary,
    Flag,
    IntOrString,
    List,
    Map,
    Moment,
    Node,
    Real,
    Text,
    Whole,
)
from onggi.api.times import micro
from onggi.apiserver import schemas
from onggi.apiserver.protobuf import answers, envelope
from onggi.apiserver.protobuf.definitions import PACKAGES, definition
from onggi.apiserver.protobuf.encode import message
from onggi.apiserver.protobuf.numbers import PREFIX, messages

SCHEMA = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
ONE_OR_OTHER = ("items", "additionalItems", "additionalProperties", "dependencies")
# Of v1.37's last days: the Go sources that the table was read off do not have them yet.
UNNUMBERED = {"runningInUserNamespace", "compatibilityGroups", "derivedAttributes"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole_kinds() -> Iterator[tuple[str, str]]:
    """Every kind that is an object of its own: version and kind."""
    for name in sorted(messages()):
        package, _, kind = f"{PREFIX}{name}".rpartition(".")
        folder, _, version = package.rpartition(".")
        group = next((g for g, found in PACKAGES.items() if found == folder), None)
        if group is None or not messages()[name].startswith("metadata"):
            continue
        api_version = f"{group}/{version}" if group else version
        if group != "meta.k8s.io" and definition(api_version, kind) == f"{PREFIX}{name}":
            yield api_version, kind


class Maker:
    """Objects of a schema by chance. Nothing in them is empty or zero: that is as good as
    absent. (Hypothesis' own strategies take minutes for so many fields.)"""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def value(self, node: Node, depth: int) -> object:
        chance = self.chance
        if isinstance(node, Struct):
            return self.struct(node, depth)
        if isinstance(node, List):
            return [self.value(node.items, depth) for _ in range(chance.randint(1, 2))]
        if isinstance(node, Map):
            return {self.text(): self.value(node.items, depth) for _ in range(2)}
        if isinstance(node, Moment):
            seconds = chance.randint(-(10**9), 10**10)
            when = EPOCH + timedelta(seconds=seconds, microseconds=chance.randint(0, 999_999))
            return node.canonical(micro(when))
        if isinstance(node, Whole):
            return chance.randint(node.low, node.high) or 1
        return self.scalar(node)

    def scalar(self, node: Node) -> object:
        chance = self.chance
        made = {
            Text: self.text,
            Flag: lambda: True,
            Real: lambda: chance.uniform(-1e9, 1e9),
            Binary: lambda: base64.b64encode(chance.randbytes(3)).decode(),
            Amount: lambda: chance.choice(["1Gi", "100m", "3"]),
            IntOrString: lambda: chance.choice([-1, 8080, "http", "50%"]),
        }
        return made.get(type(node), lambda: {self.text(): [1, None, {"a": "b"}]})()

    def text(self) -> str:
        return "".join(self.chance.choices("aä한 \n\\", k=self.chance.choice([1, 5, 100])))

    def struct(self, node: Struct, depth: int) -> object:
        known = {word.lstrip("*") for word in words(node.name.removeprefix(PREFIX))}
        return {
            name: self.value(field.node, depth - 1)
            for name, field in node.fields.items()
            if name in known
            and not (node.name == SCHEMA and name in ONE_OR_OTHER)  # see below
            and not (depth <= 0 and isinstance(bare(field.node), Struct))
            and self.chance.random() < 0.6
        }


def words(name: str) -> Iterator[str]:
    """The fields of a message, and those of the messages in it that JSON does not know."""
    for word in messages()[name].split():
        if word[0] == ">":
            yield from words(f"{name.rpartition('.')[0]}.{word[1:]}")
        else:
            yield word


def bare(node: Node) -> Node:
    return bare(node.items) if isinstance(node, List | Map) else node


@pytest.mark.parametrize(("version", "kind"), list(whole_kinds()))
@settings(max_examples=4, deadline=None)
@given(chance=st.randoms(use_true_random=True))
def test_an_object_is_read_as_it_was_written(version, kind, chance):
    node = schemas.load(definition(version, kind))
    obj = {**Maker(chance).struct(node, 5), "apiVersion": version, "kind": kind}
    written = answers.encode(obj)
    assert envelope.decode(written) == (obj, [])


def test_every_field_of_a_definition_has_a_number():
    missing = []
    for name in messages():
        if f"{PREFIX}{name}" not in set(schemas.names()):
            continue
        node = schemas.load(f"{PREFIX}{name}")
        if isinstance(node, Struct):
            known = {word.lstrip("*") for word in words(name)}
            missing += [
                f"{name}.{field}"
                for field in node.fields
                if field not in known and field not in ("apiVersion", "kind")
            ]
    assert {name.rpartition(".")[2] for name in missing} == UNNUMBERED


@pytest.mark.parametrize(
    "schema",
    [
        {"additionalProperties": True},
        {"additionalProperties": False},
        {"additionalProperties": {"type": "string"}, "$ref": "#/x", "default": {"a": [1, None]}},
        {"items": {"type": "string"}, "additionalItems": False, "enum": ["a", 1, False]},
        {"items": [{"type": "string"}, {"type": "integer"}], "minimum": 0.5},
        {"dependencies": {"a": ["b", "c"], "d": {"type": "string"}}},
        {"x-kubernetes-preserve-unknown-fields": True, "x-kubernetes-list-map-keys": ["name"]},
    ],
    ids=json.dumps,
)
def test_a_schema_is_one_thing_or_another(schema):
    whole = {"openAPIV3Schema": {"properties": {"spec": schema}}}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {"versions": [{"name": "v1", "schema": whole}]},
    }
    assert envelope.decode(answers.encode(crd)) == (crd, [])


def test_bytes_are_those_of_upstream():
    """As a real API server wrote them, less the zeros that it writes of what nobody set."""
    meta = b"\x0a\x03one\x1a\x07default"
    event = b"\x0a\x05ADDED\x12"
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"k": "v"}}
    obj["metadata"]["namespace"] = "default"
    written = answers.encode(obj)
    head = b"k8s\x00\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12"
    entry = b"\x12\x06\x0a\x01k\x12\x01v"
    body = b"\x0a" + bytes([len(meta)]) + meta + entry
    assert written == head + bytes([len(body)]) + body
    frame = answers.frame("ADDED", written)
    assert frame[4:].startswith(event)
    assert int.from_bytes(frame[:4]) == len(frame) - 4


def test_a_kind_without_message_is_not_encoded():
    assert answers.encode({"apiVersion": "batch.example.com/v1", "kind": "CronJob"}) is None
    assert answers.encode({"apiVersion": "meta.k8s.io/v1", "kind": "Table"}) is None


def test_metadata_alone():
    partial = {"metadata": {"name": "a", "labels": {"b": "c"}}}
    whole = {**partial, "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    written = answers.encode(whole)
    meta = message("apimachinery.pkg.apis.meta.v1.ObjectMeta").encode(partial["metadata"])
    assert written.endswith(meta)
    several = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
    listed = answers.encode({**several, "metadata": {"resourceVersion": "7"}, "items": [partial]})
    assert listed.endswith(meta)
