"""One place of a custom resource: what its schema says about structure.

A node of these answers as those of ``onggi.api.schema_nodes`` do, so that patches and
server-side apply work on custom resources as they do on built-in kinds. Values are checked
elsewhere (``values``): here is only what shapes an object.

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema`` (structural.go, convert.go).
"""

from collections.abc import Mapping
from typing import Any

from onggi.api.objects import View
from onggi.api.schema_nodes import (
    ATOMIC,
    DEDUCED,
    FIELDS,
    KEYED,
    SET,
    Field,
    Free,
    Node,
    Shape,
    Text,
)

ABSENT: Any = object()
META_FIELDS = frozenset({"apiVersion", "kind", "metadata"})


class Structural(Node):
    """``additional`` is the node of values under names that ``properties`` lacks (None: there
    are no such names), ``preserve`` x-kubernetes-preserve-unknown-fields, ``embedded``
    x-kubernetes-embedded-resource. ``defaulting`` says that somewhere below are defaults,
    ``embedding`` that here or below are embedded resources."""

    __slots__ = (
        "_fields", "additional", "default", "defaulting", "element", "embedded", "embedding",
        "keys", "nullable", "preserve", "properties", "raw", "shape", "type",
    )  # fmt: skip

    def __init__(self, schema: View) -> None:
        self.raw = schema
        self.type: str = schema.get("type") or ""
        self.nullable = bool(schema.get("nullable"))
        self.default: Any = schema.get("default", ABSENT)
        if self.default is None:
            self.default = ABSENT
        self.preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
        self.embedded = bool(schema.get("x-kubernetes-embedded-resource"))
        self.keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
        self.shape = shape_of(schema)
        self.properties = compiled(schema.get("properties"))
        self.additional = others(schema.get("additionalProperties"))
        self.element = node_of(schema.get("items"))
        below = [*self.properties.values(), *filter(None, (self.additional, self.element))]
        self.defaulting: bool = any(n.default is not ABSENT or n.defaulting for n in below)
        self.embedding: bool = self.embedded or any(n.embedding for n in below)
        self._fields: dict[str, Field] = {}

    @property
    def holds_list(self) -> bool:
        return self.type == "array"

    @property
    def items(self) -> Node | None:
        """The node of a list's items, or of fields that are not named."""
        if self.holds_list:
            return self.element
        return self.additional or (FREE if self.preserve else None)

    def child(self, name: str) -> "Structural | None":
        """The node of a field, whether it is named or one of the others."""
        return self.properties.get(name, self.additional)

    def field(self, name: str) -> Field | None:
        found = self._fields.get(name)
        if found is None and (node := self.properties.get(name)) is not None:
            default = None if node.default is ABSENT else node.default
            found = self._fields[name] = Field(node, False, (), "", default)
        return found


class Root(Node):
    """A whole custom resource; ``metadata`` is that of every object."""

    __slots__ = ("_own", "node")
    shape = FIELDS

    def __init__(self, node: Structural, metadata: Node) -> None:
        self.node = node
        text = Field(TEXT, False, (), "", None)
        self._own = {"apiVersion": text, "kind": text}
        self._own["metadata"] = Field(metadata, False, (), "", None)

    @property
    def items(self) -> Node | None:
        return self.node.items

    def field(self, name: str) -> Field | None:
        return self._own.get(name) or self.node.field(name)


def shape_of(schema: View) -> Shape:
    """How server-side apply divides a value among its managers."""
    match schema.get("type"):
        case "object":
            return ATOMIC if schema.get("x-kubernetes-map-type") == "atomic" else FIELDS
        case "array":
            said: dict[str, Shape] = {"set": SET, "map": KEYED}
            return said.get(schema.get("x-kubernetes-list-type") or "", ATOMIC)
        case None | "":
            return DEDUCED
    return ATOMIC


def compiled(properties: Any) -> dict[str, Structural]:
    named = properties if isinstance(properties, Mapping) else {}
    return {name: Structural(schema or {}) for name, schema in named.items()}


def node_of(schema: Any) -> Structural | None:
    return Structural(schema) if isinstance(schema, Mapping) else None


def others(schema: Any) -> Structural | None:
    """``additionalProperties``: a schema, or ``true`` for anything without fields."""
    return NOTHING if schema is True else node_of(schema)


FREE, TEXT = Free(), Text("string")
NOTHING = Structural({"nullable": True})
