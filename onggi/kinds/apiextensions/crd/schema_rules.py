"""Which words of OpenAPI a definition's schema may use.

    check(schema, path, has_status) -> errors           also those of structure and defaults

Source: ``…/apis/apiextensions/validation/validation.go``
(ValidateCustomResourceDefinitionOpenAPISchema).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onggi.api.field_error import FieldError, forbidden, invalid, not_supported
from onggi.api.gotext import json_text
from onggi.api.objects import View
from onggi.kinds.apiextensions.crd import defaults_rules, list_rules, structural_rules, validations

RULES = "x-kubernetes-validations"
TYPES = ("array", "boolean", "integer", "number", "object", "string")
META = ("metadata", "kind", "apiVersion")
AT_ROOT = {  # with a status subresource: upstream's name of each field
    "description": "Description", "type": "Type", "format": "Format", "title": "Title",
    "maximum": "Maximum", "exclusiveMaximum": "ExclusiveMaximum", "minimum": "Minimum",
    "exclusiveMinimum": "ExclusiveMinimum", "maxLength": "MaxLength", "minLength": "MinLength",
    "pattern": "Pattern", "maxItems": "MaxItems", "minItems": "MinItems",
    "uniqueItems": "UniqueItems", "multipleOf": "MultipleOf", "required": "Required",
    "items": "Items", "properties": "Properties", "externalDocs": "ExternalDocs",
    "example": "Example", "x-kubernetes-preserve-unknown-fields": "XPreserveUnknownFields",
    "x-kubernetes-validations": "XValidations",
}  # fmt: skip
UNSUPPORTED = ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref")
QUADRATIC = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
NULL = "type cannot be set to null, use nullable as an alternative"
ONLY_OBJECT = (
    'only "object" is allowed as the type at the root of the schema if the status subresource is '
    "enabled"
)


@dataclass(frozen=True)
class Place:
    """Where a schema is: ``no_defaults`` says why none may be set there; ``old`` is the place
    above which makes ``oldSelf`` impossible, if one does."""

    path: str
    root: bool = False
    meta: bool = False
    no_defaults: str | None = None
    old: str | None = None

    def under(self, path: str, **changes: Any) -> "Place":
        return replace(self, path=f"{self.path}.{path}", root=False, **changes)


def check(schema: View, path: str, has_status: bool) -> Iterator[FieldError]:
    found = list(check_root(schema, path)) if has_status else []
    if schema.get("nullable"):
        found.append(forbidden(f"{path}.nullable", "nullable cannot be true at the root"))
    wrong = [*check_schema(schema, Place(path, root=True))]
    structure = structural_rules.check(schema, path)
    if not structure:
        structure = list(defaults_rules.check(schema, path))
    yield from found
    yield from structure
    yield from wrong
    if not (structure or wrong or found) and RULES in json_text(schema):
        from onggi.kinds.apiextensions.crd import expressions  # a language of its own

        yield from expressions.check(schema, path)


def check_root(schema: View, path: str) -> Iterator[FieldError]:
    for field in schema:
        if field == "type":
            if schema["type"] != "object":
                yield invalid(f"{path}.type", schema["type"], ONLY_OBJECT)
                return
        elif field not in AT_ROOT:
            allowed = f"[{' '.join(AT_ROOT.values())}]"
            why = (
                f"only {allowed} fields are allowed at the root of the schema if the status "
                "subresource is enabled"
            )
            yield invalid(path, dict(schema), why)
            return


def check_schema(schema: View, place: Place) -> Iterator[FieldError]:
    yield from check_words(schema, place)
    if schema.get("uniqueItems"):
        yield forbidden(f"{place.path}.uniqueItems", QUADRATIC)
    yield from check_others(schema, place)
    for name, inner in (schema.get("properties") or {}).items():
        yield from check_schema(inner or {}, property_place(schema, name, place))
    for junctor in ("allOf", "oneOf", "anyOf"):
        for index, inner in enumerate(schema.get(junctor) or ()):
            yield from check_schema(inner or {}, place.under(f"{junctor}[{index}]"))
    if isinstance(schema.get("not"), Mapping):
        yield from check_schema(schema["not"], place.under("not"))
    if isinstance(schema.get("items"), Mapping):
        old = None if schema.get("x-kubernetes-list-type") == "map" else place.path
        yield from check_schema(schema["items"], place.under("items", old=place.old or old))
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        path = f"{place.path}.x-kubernetes-preserve-unknown-fields"
        yield invalid(path, False, "must be true or undefined")
    yield from list_rules.check(schema, place.path)
    yield from validations.check_texts(schema, place.path)


def check_others(schema: View, place: Place) -> Iterator[FieldError]:
    others = schema.get("additionalProperties")
    if others is None:
        return
    if schema.get("properties") and others is not True:
        why = "additionalProperties and properties are mutual exclusive"
        yield forbidden(f"{place.path}.additionalProperties", why)
    if isinstance(others, Mapping):
        why = "inside additionalProperties applying to object metadata"
        changes = {"no_defaults": why} if place.meta else {}
        yield from check_schema(others, place.under("additionalProperties", **changes))


def property_place(schema: View, name: str, place: Place) -> Place:
    changes: dict[str, Any] = {}
    if schema.get("x-kubernetes-map-type") == "atomic":
        changes["old"] = place.old or place.path
    if (place.root or schema.get("x-kubernetes-embedded-resource")) and name in META:
        changes["meta"] = True
        if place.root:
            changes["no_defaults"] = f"in top-level {name}"
    return place.under(f"properties[{name}]", **changes)


def check_words(schema: View, place: Place) -> Iterator[FieldError]:
    kind, path = schema.get("type"), place.path
    if kind and kind not in TYPES:
        yield not_supported(f"{path}.type", kind, TYPES)
    if schema.get("default") is not None and place.no_defaults is not None:
        yield forbidden(f"{path}.default", f"must not be set {place.no_defaults}".strip())
    for field in UNSUPPORTED:
        if schema.get(field):
            yield forbidden(f"{path}.{field}", f"{field} is not supported")
    if kind == "null":
        yield forbidden(
            f"{path}.type", "type cannot be set to null, use nullable as an alternative"
        )
    if isinstance(schema.get("items"), list):
        yield forbidden(f"{path}.items", "items must be a schema object and not an array")
    if place.meta and schema.get("x-kubernetes-embedded-resource"):
        where = f"{path}.x-kubernetes-embedded-resource"
        yield forbidden(where, "must not be used inside of resource meta")
