"""Custom resources in OpenAPI documents: the schemas of their definitions, in two dialects. Pure.

    definitions(kind, v2=True) -> {"com.example.v1.CronTab": …, "com.example.v1.CronTabList": …}

OpenAPI v2 has no words for some of what a schema may say, and kubectl misreads some of the rest:
there it is left out, so that a client may be too lenient but never refuses what is allowed.
Source: ``k8s.io/apiextensions-apiserver/pkg/controller/openapi`` (builder, v2/conversion.go).
"""

from collections.abc import Mapping
from typing import Any

from onggi.api.kind import Kind
from onggi.api.objects import Object, View
from onggi.apiserver.openapi_definitions import V2_PLACE, V3_PLACE

META = "io.k8s.apimachinery.pkg.apis.meta.v1"
NEEDED = (f"{META}.ObjectMeta", f"{META}.ListMeta")  # what these definitions refer to
CONVENTIONS = "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
TYPES: Mapping[str, Object] = {
    "apiVersion": {
        "description": "APIVersion defines the versioned schema of this representation of an "
        "object. Servers should convert recognized schemas to the latest internal value, and may "
        f"reject unrecognized values. More info: {CONVENTIONS}#resources",
        "type": "string",
    },
    "kind": {
        "description": "Kind is a string value representing the REST resource this object "
        "represents. Servers may infer this from the endpoint the client submits requests to. "
        f"Cannot be updated. In CamelCase. More info: {CONVENTIONS}#types-kinds",
        "type": "string",
    },
}
INNER: Mapping[str, str] = {
    "apiVersion": "apiVersion defines the versioned schema of this representation of an object. "
    f"More info: {CONVENTIONS}#resources",
    "kind": "kind is a string value representing the type of this object. In CamelCase. "
    f"More info: {CONVENTIONS}#types-kinds",
}
OBJECT_META = f"Standard object's metadata. More info: {CONVENTIONS}#metadata"
LIST_META = f"Standard list metadata. More info: {CONVENTIONS}#types-kinds"
GVK = "x-kubernetes-group-version-kind"
JUNCTORS = ("allOf", "oneOf", "anyOf", "not")
EITHER = [{"type": "integer"}, {"type": "string"}]
UNSAID = ("$schema", "id")
PRESERVES = "x-kubernetes-preserve-unknown-fields"


def list_name(kind: Kind) -> str:
    assert kind.custom
    return f"{kind.custom.definition.rpartition('.')[0]}.{kind.custom.list_kind}"


def definitions(kind: Kind, *, v2: bool) -> dict[str, Object]:
    """The kind's own definition and its list's."""
    assert kind.custom
    return {kind.custom.definition: whole(kind, v2), list_name(kind): listing(kind, v2)}


def whole(kind: Kind, v2: bool) -> Object:
    assert kind.custom
    assert isinstance(kind.schema, Mapping)
    unspecific = not kind.schema or (
        v2 and (kind.schema.get(PRESERVES) or kind.custom.family.preserve)
    )
    if unspecific:
        # With properties, kubectl would take all others for unknown.
        return {"type": "object", **extensions(kind, kind.name)}
    found = unfolded(kind.schema)
    if v2:
        found = in_v2(found)
    completed(found, v2)
    own = {**TYPES, "metadata": reference(NEEDED[0], OBJECT_META, v2)}
    found["properties"] = {**found.get("properties", {}), **own}
    return {**found, **extensions(kind, kind.name)}


def listing(kind: Kind, v2: bool) -> Object:
    assert kind.custom
    items = {
        "description": f"List of {kind.plural}. More info: {CONVENTIONS}",
        "type": "array",
        "items": {"$ref": (V2_PLACE if v2 else V3_PLACE) + kind.custom.definition},
    }
    own = {"items": items, "metadata": reference(NEEDED[1], LIST_META, v2)}
    return {
        "description": f"{kind.custom.list_kind} is a list of {kind.name}",
        "type": "object",
        "required": ["items"],
        "properties": {**TYPES, **own},
        **extensions(kind, kind.custom.list_kind),
    }


def extensions(kind: Kind, name: str) -> Object:
    found: Object = {GVK: [{"group": kind.group, "kind": name, "version": kind.version}]}
    if kind.selectable:
        found["x-kubernetes-selectable-fields"] = [{"fieldPath": f} for f in kind.selectable]
    return found


def reference(name: str, description: str, v2: bool) -> Object:
    """One that says more than where it points: v3 needs it wrapped."""
    if v2:
        return {"description": description, "$ref": V2_PLACE + name}
    return {"description": description, "allOf": [{"$ref": V3_PLACE + name}], "default": {}}


def below(schema: View) -> dict[str, Any]:
    """A copy; the schemas inside are copies, too, and may be changed."""
    found = {key: value for key, value in schema.items() if key not in UNSAID}
    if isinstance(properties := schema.get("properties"), Mapping):
        found["properties"] = {name: below(inner) for name, inner in properties.items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            found[key] = below(schema[key])
    return found


def inside(schema: Object) -> list[Object]:
    """The schemas right inside one."""
    more = (schema.get("items"), schema.get("additionalProperties"))
    return [*schema.get("properties", {}).values(), *(s for s in more if isinstance(s, dict))]


def unfolded(schema: View) -> Object:
    """x-kubernetes-int-or-string in the words of OpenAPI, for those who do not know ours."""
    found = below(schema)
    _unfold(found)
    return found


def _unfold(schema: Object) -> None:
    if schema.get("x-kubernetes-int-or-string") and not says_either(schema):
        if "anyOf" in schema:
            schema["allOf"] = [{"anyOf": EITHER}, *schema.get("allOf", ())]
        else:
            schema["anyOf"] = EITHER
    for inner in inside(schema):
        _unfold(inner)


def says_either(schema: View) -> bool:
    first: View = next(iter(schema.get("allOf") or ()), {})
    return EITHER in (schema.get("anyOf"), first.get("anyOf"))


def in_v2(schema: Object) -> Object:
    """Without what v2 cannot say or kubectl cannot read."""
    found = {key: value for key, value in schema.items() if key not in JUNCTORS}
    nullable = found.pop("nullable", False)
    if nullable:
        found.pop("type", None)
    if nullable or found.get(PRESERVES):
        found.pop("items", None)
        found.pop("properties", None)
    untyped = (found.get("type") == "array" and "items" not in found) or (
        found.get("type") == "object" and found.get(PRESERVES)
    )
    if untyped:
        found.pop("type", None)
    _drop_nullable(found)
    return _mapped(found)


def _drop_nullable(found: Object) -> None:
    """What may be null may not be demanded: v2 clients would miss it."""
    properties = found.get("properties") or {}
    required = [n for n in found.get("required", ()) if not properties.get(n, {}).get("nullable")]
    others = found.get("additionalProperties")
    if isinstance(others, Mapping) and others.get("nullable"):
        required = []
    if required:
        found["required"] = required
    else:
        found.pop("required", None)


def _mapped(found: Object) -> Object:
    if "properties" in found:
        found["properties"] = {name: in_v2(s) for name, s in found["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), dict):
            found[key] = in_v2(found[key])
    return found


def completed(schema: Object, v2: bool) -> None:
    """Embedded resources have the fields of every object."""
    for inner in inside(schema):
        completed(inner, v2)
    if not schema.get("x-kubernetes-embedded-resource") or (v2 and schema.get(PRESERVES)):
        return
    own: Object = {n: {"type": "string", "description": text} for n, text in INNER.items()}
    own["metadata"] = reference(NEEDED[0], OBJECT_META, v2)
    schema["properties"] = {**schema.get("properties", {}), **own}
    required = list(schema.get("required") or ())
    schema["required"] = required + [n for n in ("kind", "apiVersion") if n not in required]
