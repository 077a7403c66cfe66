"""Whether a schema is structural: one skeleton that says which fields there are, and value
checks that say nothing of it.

    check(schema, path) -> errors, sorted

Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema`` (validation.go, complete.go,
convert.go).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api import regex
from onggi.api.field_error import FieldError, forbidden, invalid, required
from onggi.api.objects import View
from onggi.kinds.apiextensions.crd import complete_rules

EITHER = [{"type": "integer"}, {"type": "string"}]
EMBEDDED = "x-kubernetes-embedded-resource"
PRESERVES = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"
META_ONLY = (
    "must not specify anything other than name and generateName, but metadata is implicitly "
    "specified"
)
NO_TYPE = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
NESTED: Mapping[str, str] = {  # field → what it must be in allOf, anyOf, oneOf and not
    "type": "empty", "additionalProperties": "undefined", "default": "undefined",
    "title": "empty", "description": "empty", "nullable": "false", PRESERVES: "false",
    EMBEDDED: "false", INT_OR_STRING: "false", "x-kubernetes-list-map-keys": "empty",
    "x-kubernetes-list-type": "undefined", "x-kubernetes-map-type": "undefined",
    "x-kubernetes-validations": "empty",
}  # fmt: skip
NO_STRUCTURE = ("$schema", "$ref", "id", "patternProperties", "dependencies", "additionalItems",
                "definitions")  # fmt: skip


def check(schema: View, path: str) -> list[FieldError]:
    if "$schema" in schema:
        return [invalid(path, "", "OpenAPIV3Schema 'schema' is not supported")]
    if is_beyond(schema):
        return []  # refused already
    found = [*check_place(schema, "root", path), *complete_rules.check(schema, path)]
    return sorted(found, key=str)


def is_beyond(schema: View) -> bool:
    """Whether it says, anywhere, what no structure can."""
    if any(schema.get(field) for field in NO_STRUCTURE) or isinstance(schema.get("items"), list):
        return True
    below = [schema.get("items"), schema.get("additionalProperties"), schema.get("not")]
    below += (schema.get("properties") or {}).values()
    for junctor in ("allOf", "anyOf", "oneOf"):
        below += schema.get(junctor) or ()
    return any(isinstance(inner, Mapping) and is_beyond(inner) for inner in below)


def check_place(schema: View, level: str, path: str) -> Iterator[FieldError]:
    items, others = schema.get("items"), schema.get("additionalProperties")
    if schema.get("type") == "array" and items is None:
        yield required(f"{path}.items", "must be specified")
    if isinstance(items, Mapping):
        yield from check_place(items, "item", f"{path}.items")
    for name, inner in (schema.get("properties") or {}).items():
        yield from check_place(inner or {}, "field", f"{path}.properties[{name}]")
    if others is not None and level == "root":
        yield forbidden(f"{path}.additionalProperties", "must not be used at the root")
    if isinstance(others, Mapping):
        yield from check_place(others, "field", f"{path}.additionalProperties")
    yield from check_extensions(schema, path)
    yield from check_values(schema, path, is_either(schema))
    yield from check_type(schema, level, path)
    yield from check_meta(schema, level, path)


def check_extensions(schema: View, path: str) -> Iterator[FieldError]:
    if not schema.get(INT_OR_STRING):
        return
    for extension in (PRESERVES, EMBEDDED):
        if schema.get(extension):
            why = f"must be false if {INT_OR_STRING} is true"
            yield invalid(f"{path}.{extension}", True, why)


def check_type(schema: View, level: str, path: str) -> Iterator[FieldError]:
    kind, embedded = schema.get("type") or "", schema.get(EMBEDDED)
    if embedded and kind != "object":
        why = f"must be object if {EMBEDDED} is true"
        yield invalid(f"{path}.type", kind, why) if kind else required(f"{path}.type", why)
    elif not kind and not schema.get(INT_OR_STRING) and not schema.get(PRESERVES):
        yield required(f"{path}.type", NO_TYPE[level])
    if embedded and schema.get("additionalProperties") is not None:
        why = f"must not be used if {EMBEDDED} is set"
        yield forbidden(f"{path}.additionalProperties", why)
    if level == "root" and kind and kind != "object":
        yield invalid(f"{path}.type", kind, "must be object at the root")


def check_meta(schema: View, level: str, path: str) -> Iterator[FieldError]:
    properties = schema.get("properties") or {}
    has_meta = level == "root" or schema.get(EMBEDDED)
    for name in ("kind", "apiVersion"):
        kind = (properties.get(name) or {}).get("type") or ""
        if has_meta and name in properties and kind != "string":
            yield invalid(f"{path}.properties[{name}].type", kind, "must be string")
    if "metadata" in properties:
        at, meta = f"{path}.properties[metadata]", properties["metadata"] or {}
        if has_meta and meta.get("type") != "object":
            yield invalid(f"{at}.type", meta.get("type") or "", "must be object")
        if level == "root" and not is_about_names(meta):
            yield forbidden(at, META_ONLY)
    if schema.get(EMBEDDED) and not schema.get(PRESERVES) and not properties:
        why = f"must not be empty if {EMBEDDED} is true without {PRESERVES}"
        yield required(f"{path}.properties", why)


def is_about_names(meta: View) -> bool:
    more = {field for field, value in meta.items() if value} - {"type", "default"}
    named = set(meta.get("properties") or ())
    return more <= {"properties"} and named <= {"name", "generateName"}


def is_either(schema: View) -> str:
    """Which part of it, if any, is the pattern for integers or strings."""
    if schema.get("anyOf") == EITHER:
        return "anyOf"
    first: Any = next(iter(schema.get("allOf") or ()), None) or {}
    return "allOf" if first.get("anyOf") == EITHER else ""


def check_values(schema: View, path: str, either: str) -> Iterator[FieldError]:
    """``either`` is the part that may name types: see ``is_either``."""
    if either != "anyOf":
        yield from check_each(schema.get("anyOf") or (), f"{path}.anyOf")
    for index, inner in enumerate(schema.get("allOf") or ()):
        skip = "anyOf" if either == "allOf" and index == 0 else ""
        yield from check_nested(inner or {}, f"{path}.allOf[{index}]", skip)
    yield from check_each(schema.get("oneOf") or (), f"{path}.oneOf")
    if isinstance(schema.get("not"), Mapping):
        yield from check_nested(schema["not"], f"{path}.not")
    if (pattern := schema.get("pattern")) and (problem := regex.problem(pattern)):
        why = f"must be a valid regular expression, but isn't: {problem}"
        yield invalid(f"{path}.pattern", pattern, why)


def check_each(schemas: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, inner in enumerate(schemas):
        yield from check_nested(inner or {}, f"{path}[{index}]")


def check_nested(schema: View, path: str, either: str = "") -> Iterator[FieldError]:
    yield from check_values(schema, path, either)
    if isinstance(schema.get("items"), Mapping):
        yield from check_nested(schema["items"], f"{path}.items")
    properties = schema.get("properties") or {}
    for name, inner in properties.items():
        yield from check_nested(inner or {}, f"{path}.properties[{name}]")
    for field, wanted in NESTED.items():
        value = schema.get(field)
        if value or (value is not None and wanted == "undefined"):
            yield forbidden(f"{path}.{field}", f"must be {wanted} to be structural")
    if "metadata" in properties:
        why = "must not be specified in a nested context"
        yield forbidden(f"{path}.properties[metadata]", why)
