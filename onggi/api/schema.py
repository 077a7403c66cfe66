"""What an object of a kind may look like, compiled from OpenAPI for the write path.

    schemas = Schemas(read)              read(name) gives one definition as OpenAPI v2
    schema = schemas.load("io.k8s.api.apps.v1.Deployment")
    decode(obj, schema) -> Decoded(object, unknown, errors)

``decode`` does to a user's object what upstream's typed decoding and encoding do: it drops
nulls, unknown fields, empty lists and maps, and zero values where upstream omits them; adds the
empty structs that upstream always writes (``resources: {}``); writes quantities, times and
base64 in their canonical form; and reports what does not fit in Go's words. ``obj`` is changed
in place.

* ``unknown`` are strict-decoding errors: ``unknown field "spec.containers[0].foo"``; what they
  mean (refuse, warn, ignore) is the caller's to decide.
* ``errors`` refuse the object; upstream reports the first one:
  ``json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32``

Definitions are compiled when something in their place is first seen, and have no descriptions,
so an unused one costs nothing. A node also answers for strategic merge patches: ``field(name)``
has ``strategies``, ``merge_key`` and the ``node`` below; ``items`` is the node of a list's or a
map's values. Structural schemas of CustomResourceDefinitions become nodes too.

For server-side apply a node says with ``shape`` how a value is divided among its managers:

* ``atomic``: one leaf. Scalars; lists (unless they say otherwise); structs and maps with
  ``x-kubernetes-map-type: atomic``; embedded objects (RawExtension).
* ``fields``: a struct or a map, each field by itself: ``field(name).node``, and ``items`` for a
  name that is not declared (None: there is no such field; ``Free()`` for
  x-kubernetes-preserve-unknown-fields). A map has ``items`` only.
* ``set``: a list of scalars (``x-kubernetes-list-type: set``).
* ``map``: a list of structs that ``keys`` tells apart (``x-kubernetes-list-type: map``);
  ``items.field(key).default`` is what a key that is left out means (None: it is left out).
* ``deduced``: whatever has no schema, ``Free()``: a map like ``fields`` with ``items`` being
  itself, anything else like ``atomic``. Also a schema without a type, as int-or-string.

The root node of a custom resource has ``apiVersion``, ``kind`` (Text) and ``metadata``
(``load(f"{META}.ObjectMeta")``) as fields, whatever its schema says of them. A kind without any
schema is one ``Free()``.

Not as upstream: required scalars and lists that are left out are not written as zero or null,
and a ``…Status`` keeps the zeroes it states.

Source: ``sigs.k8s.io/json`` (decode.go), ``k8s.io/apimachinery/pkg/runtime/serializer/json``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from onggi.api import timestamps
from onggi.api.objects import Object
from onggi.api.schema_division import DEFAULTS, Definition, division, granularity, strategies_of
from onggi.api.schema_nodes import (
    FIELDS,
    Amount,
    Binary,
    Field,
    Flag,
    Free,
    IntOrString,
    List,
    Map,
    Moment,
    Node,
    Raw,
    Real,
    Shape,
    Text,
    Whole,
)
from onggi.api.schema_walk import Walk

Read = Callable[[str], Definition]

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
EXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1"


class Decoded(NamedTuple):
    """See the module's docstring; the object is fit for use if there are no errors."""

    object: Object
    unknown: list[str]
    errors: list[str]


class Struct(Node):
    """A definition with properties, compiled when one of them is asked for."""

    __slots__ = ("_always", "_fields", "_shape", "go", "go_name", "name", "schemas")

    def __init__(self, name: str, schemas: "Schemas", shape: Shape | None = None) -> None:
        """``shape`` is what a field says of this very use of the definition."""
        self._shape = shape
        self.name = name
        self.go = ".".join(name.split(".")[-2:])
        self.go_name = name.rpartition(".")[2]
        self.schemas = schemas
        self._fields: dict[str, Field] | None = None
        self._always: tuple[tuple[str, Node], ...] = ()

    @property
    def fields(self) -> Mapping[str, Field]:
        if self._fields is None:
            self._fields, always = self.schemas.fields(self.name)
            self._always = tuple((key, self._fields[key].node) for key in always)
        return self._fields

    @property
    def shape(self) -> Shape:  # type: ignore[override]
        if self._shape is None:
            self._shape = granularity(self.schemas.read(self.name)) or FIELDS
        return self._shape

    def field(self, name: str) -> Field | None:
        return self.fields.get(name)

    @property
    def always(self) -> tuple[tuple[str, Node], ...]:
        """What upstream writes even if nobody set it."""
        return self._always if self.fields else ()

    def empty(self) -> Any:
        return {key: node.empty() for key, node in self.always}

    def decode(self, value: Any, walk: Walk) -> Any:
        if type(value) is not dict:
            walk.errors.append(walk.misfit(value, self.go))
            return value
        fields = self._fields or self.fields
        walk.structs.append(self.go_name)
        drop = []
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                walk.stranger(key)
                drop.append(key)
                continue
            if type(item) is not field.plain and item is not None:
                walk.path.append(key)
                value[key] = item = field.node.decode(item, walk)
                walk.path.pop()
            if item is None or (field.omits and not item):
                drop.append(key)
        for key in drop:
            del value[key]
        for key, node in self._always:
            if key not in value:
                value[key] = node.empty()
        walk.structs.pop()
        return value


class Either(Free):
    """A JSON schema, several, or what else may stand in its place. Upstream decodes these by
    hand: what they do not know goes without a word."""

    __slots__ = ("_schemas",)

    def __init__(self, schemas: "Schemas") -> None:
        self._schemas = schemas

    def decode(self, value: Any, walk: Walk) -> Any:
        if isinstance(value, list):
            return [self.decode(item, walk) for item in value]
        if not isinstance(value, dict):
            return value if isinstance(value, bool | str) else None
        inside = Walk()
        self._schemas.load(f"{EXTENSIONS}.JSONSchemaProps").decode(value, inside)
        walk.errors += inside.fatal + inside.errors
        return value


Schema = Node

FLAG, REAL, RAW, BINARY, FREE = Flag(), Real(), Raw(), Binary(), Free()
BITS = {"int32": 32, "int64": 64}

SPECIAL: dict[str, Node] = {
    f"{META}.Time": Moment(timestamps.canonical),
    f"{META}.MicroTime": Moment(timestamps.canonical_micro),
    f"{META}.FieldsV1": FREE,
    f"{META}.Patch": FREE,
    "io.k8s.apimachinery.pkg.api.resource.Quantity": Amount(),
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": IntOrString(),
    "io.k8s.apimachinery.pkg.runtime.RawExtension": RAW,
    f"{EXTENSIONS}.JSON": FREE,
}
OTHERS = ("Array", "Bool", "StringArray")  # what else may stand where a JSON schema does


class Schemas:
    """Definitions by name, each compiled once."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.named: dict[str, Node] = dict(SPECIAL)
        either = Either(self)
        self.named |= dict.fromkeys((f"{EXTENSIONS}.JSONSchemaPropsOr{n}" for n in OTHERS), either)
        self.variants: dict[tuple[str, Shape], Node] = {}
        self.scalars: dict[tuple[str, int], Node] = {}
        self.shared: dict[tuple[Any, ...], Field] = {}

    def load(self, name: str) -> Schema:
        """The schema of a definition. An unknown name raises KeyError when it is first used."""
        node = self.named.get(name)
        if node is None:
            node = self.named[name] = Struct(name, self)
        return node

    def fields(self, name: str) -> tuple[dict[str, Field], Sequence[str]]:
        """The fields of a definition, and those that are always written."""
        definition = self.read(name)
        facts, required = definition.get("x-go", {}), definition.get("required", ())
        keeps = {*facts.get("keeps", ()), *(() if facts else required)}
        omits, types = frozenset(facts.get("omits", ())), facts.get("types", {})
        fields = {}
        for key, schema in (definition.get("properties") or {}).items():
            node = self.compiled(schema, types.get(key, ""))
            left_out = key in omits or (node.holds_many and key not in keeps)
            default = DEFAULTS.get((name, key), node.zero if key in required else None)
            fields[key] = self.field(node, left_out, schema, default)
        return fields, facts.get("always", ())

    def field(self, node: Node, omits: bool, schema: Definition, default: Any) -> Field:
        """A field; those that nothing tells apart are one object."""
        strategies = strategies_of(schema)
        key = schema.get("x-kubernetes-patch-merge-key", "")
        same = (node, omits, strategies, key, type(default), default)
        return self.shared.setdefault(same, Field(node, omits, strategies, key, default))

    def compiled(self, schema: Definition, go: str = "") -> Node:
        """``go`` is the name of the type, where it is not plain from the schema."""
        if reference := schema.get("$ref"):
            return self.referred(reference.rpartition("/")[2], granularity(schema))
        match schema.get("type"):
            case "string":
                return BINARY if schema.get("format") == "byte" else self.scalar(go or "string", 0)
            case "boolean":
                return FLAG
            case "integer":
                return self.scalar(go, BITS[schema.get("format", "int64")])
            case "number":
                return REAL
            case "array":
                items = self.compiled(schema["items"], go[2:] if go.startswith("[]") else "")
                return List(items, go or f"[]{items.go}", *division(schema))
            case "object" if isinstance(schema.get("additionalProperties"), Mapping):
                items = self.compiled(schema["additionalProperties"])
                return Map(items, go or f"map[string]{items.go}", granularity(schema) or FIELDS)
        return FREE

    def referred(self, name: str, shape: Shape | None) -> Node:
        """A definition, where its place may say otherwise how it is divided."""
        if shape is None:
            return self.load(name)
        return self.variants.setdefault((name, shape), Struct(name, self, shape))

    def scalar(self, go: str, bits: int) -> Node:
        node = self.scalars.get((go, bits))
        if node is None:
            node = self.scalars[go, bits] = Whole(bits, go) if bits else Text(go)
        return node


def decode(obj: Object, schema: Schema) -> Decoded:
    """Bring ``obj`` into the shape of its schema, in place."""
    walk = Walk()
    schema.decode(obj, walk)
    return Decoded(obj, list(walk.unknown), walk.fatal[:1] + walk.errors)


def always(schema: Schema) -> tuple[tuple[str, Node], ...]:
    """The fields of an object that upstream writes even if nobody set them: ``status``."""
    return schema.always if isinstance(schema, Struct) else ()
