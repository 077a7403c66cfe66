"""What the x-kubernetes-list and -map extensions ask of the schemas that have them.

Source: ``…/apis/apiextensions/validation/validation.go``.
"""

from collections.abc import Iterator, Mapping

from onggi.api.field_error import FieldError, forbidden, invalid, not_supported, required
from onggi.api.objects import View

LIST, KEYS, MAP = "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"
ATOMIC_ITEM = "must be atomic as item of a list with x-kubernetes-list-type=set"
NO_PROPERTY = "entries must all be names of item properties"
IS_KEY = "this property is in x-kubernetes-list-map-keys, so it"


def check(schema: View, path: str) -> Iterator[FieldError]:
    yield from check_type(schema, path, MAP, "object")
    if (given := schema.get(MAP)) is not None and given not in ("atomic", "granular"):
        yield not_supported(f"{path}.{MAP}", given, ("atomic", "granular"))
    wrong = list(check_type(schema, path, LIST, "array"))
    yield from wrong
    kind, items = schema.get(LIST), schema.get("items")
    if not wrong and kind == "set" and isinstance(items, Mapping):
        yield from check_set(items, f"{path}.items")
    if kind is not None and kind not in ("atomic", "set", "map"):
        yield not_supported(f"{path}.{LIST}", kind, ("atomic", "set", "map"))
    if schema.get(KEYS) and kind != "map":
        why = f"must be map if {KEYS} is non-empty"
        at = f"{path}.{LIST}"
        yield required(at, why) if kind is None else invalid(at, kind, why)
    if kind == "map":
        yield from check_map(schema, path)
    if kind in ("set", "map") and isinstance(items, Mapping):
        yield from check_nullable(schema, items, path)


def check_type(schema: View, path: str, extension: str, wanted: str) -> Iterator[FieldError]:
    kind = schema.get("type") or ""
    if schema.get(extension) is not None and kind != wanted:
        why = f"must be {wanted} if {extension} is specified"
        yield invalid(f"{path}.type", kind, why) if kind else required(f"{path}.type", why)


def check_set(items: View, path: str) -> Iterator[FieldError]:
    kind = items.get("type")
    if kind == "array" and items.get(LIST) not in (None, "atomic"):
        yield invalid(f"{path}.{LIST}", items[LIST], ATOMIC_ITEM)
    elif kind == "object" and items.get(MAP) != "atomic":
        yield invalid(f"{path}.{MAP}", items.get(LIST) or "null", ATOMIC_ITEM)


def check_map(schema: View, path: str) -> Iterator[FieldError]:
    keys, items = schema.get(KEYS) or (), schema.get("items")
    if not keys:
        yield required(f"{path}.{KEYS}", f"must not be empty if {LIST} is map")
    if items is None:
        yield required(f"{path}.items", f"must have a schema if {LIST} is map")
        return
    if not isinstance(items, Mapping):
        why = f"must only have a single schema if {LIST} is map"
        yield invalid(f"{path}.items", items, why)
        return
    if items.get("type") != "object":
        why = f"must be object if parent array's {LIST} is map"
        yield invalid(f"{path}.items.type", items.get("type") or "", why)
        return
    properties = items.get("properties") or {}
    for index, key in enumerate(keys):
        if key not in properties:
            yield invalid(f"{path}.{KEYS}", list(keys), NO_PROPERTY)
        elif properties[key].get("type") in ("array", "object"):
            why = f"must be a scalar type if parent array's {LIST} is map"
            yield invalid(f"{path}.items.properties[{key}].type", items["type"], why)
        if key in keys[:index]:
            yield invalid(f"{path}.{KEYS}", list(keys), "must not contain duplicate entries")


def check_nullable(schema: View, items: View, path: str) -> Iterator[FieldError]:
    kind = schema[LIST]
    if items.get("nullable"):
        yield forbidden(f"{path}.items.nullable", f"cannot be nullable when {LIST} is {kind}")
    if kind != "map":
        return
    needed, properties = items.get("required") or (), items.get("properties") or {}
    for key in schema.get(KEYS) or ():
        found = properties.get(key)
        if found is None:
            continue
        at = f"{path}.items.properties[{key}]"
        if key not in needed and found.get("default") is None:
            yield required(
                f"{at}.default", f"{IS_KEY} must have a default or be a required property"
            )
        if found.get("nullable"):
            yield forbidden(f"{at}.nullable", f"{IS_KEY} cannot be nullable")
