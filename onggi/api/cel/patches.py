"""What mutations make: ``Object{spec: Object.spec{…}}`` and ``JSONPatch{op: "add", …}``.

Types of objects are free: any name that begins with ``Object``, any field; that the names are
those of the fields' paths is checked when the value is there.

Source: ``k8s.io/apiserver/pkg/cel/mutation``.
"""

from collections.abc import Callable
from typing import Any

from onggi.api.cel.environment import Environment
from onggi.api.cel.errors import CelError
from onggi.api.cel.overloads import Overload, function
from onggi.api.cel.types import DYN, STRING, Type, struct
from onggi.api.cel.values import ObjectValue, type_name

OBJECT, JSON_PATCH = "Object", "JSONPatch"
PATCH_FIELDS = {"op": STRING, "path": STRING, "from": STRING, "value": DYN}
ESCAPE = function(
    "jsonpatch.escapeKey",
    "string_jsonpatch_escapeKey_string",
    "string -> string",
    lambda key: key.replace("~", "~0").replace("/", "~1"),
)


def as_it_is(value: Any) -> Any:
    return value


class Made(ObjectValue):
    """A value of an object literal: its fields are values already."""

    __slots__ = ()

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        table: dict[str, tuple[str, Callable[[Any], Any]]] = {
            key: (key, as_it_is) for key in fields
        }
        super().__init__(fields, struct(name), table)


class PatchEnvironment(Environment):
    """With the types of patches, and ``jsonpatch.escapeKey``."""

    def type_named(self, name: str) -> Type | None:
        if name in (JSON_PATCH, OBJECT) or name.startswith(f"{OBJECT}."):
            return struct(name)
        return super().type_named(name)

    def field(self, struct: str, name: str) -> Type | None:
        if struct == JSON_PATCH:
            return PATCH_FIELDS.get(name)
        if struct == OBJECT or struct.startswith(f"{OBJECT}."):
            return DYN
        return super().field(struct, name)

    def overloads(self, function: str) -> tuple[Overload, ...]:
        return (ESCAPE,) if function == ESCAPE.function else super().overloads(function)

    def new(self, struct: str, fields: dict[str, Any]) -> Any:
        for name, value in fields.items() if struct == JSON_PATCH else ():
            if name != "value" and type(value) is not str:
                kind = type_name(value)
                raise CelError(f"unexpected type {kind} for JSONPatchType '{name}' field")
        return Made(struct, fields)


def native(value: Any, path: str = "") -> Any:
    """JSON of a value; ``path`` is the type's name that an object literal must have there.
    Raises ``CelError``."""
    if isinstance(value, Made):
        check_name(value, path)
        below = path or value.type.name
        return {key: native(item, f"{below}.{key}") for key, item in value.raw.items()}
    if isinstance(value, ObjectValue):
        return value.raw
    if isinstance(value, list | tuple):
        return [native(item, path) for item in value]
    if isinstance(value, dict):
        return {text_key(key): native(item, path) for key, item in value.items()}
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        return int(value)
    raise CelError(f"type conversion error from '{type_name(value)}' to JSON")


def check_name(value: Made, path: str) -> None:
    name = value.type.name
    if path and name != path:
        raise CelError(
            f'unexpected type name "{name}", expected "{path}", which matches field name path '
            "from root Object type"
        )


def text_key(key: Any) -> str:
    if type(key) is not str:
        raise CelError(f"map key {key} is of type {type_name(key)}, not string")
    return key


def operation(value: Any) -> dict[str, Any]:
    """One step of a JSON patch. Raises ``CelError``."""
    if not isinstance(value, Made) or value.type.name != JSON_PATCH:
        raise CelError("type mismatch: JSONPatchType.expression should evaluate to array of "
                       f"JSONPatch, got element of {type_name(value)}")  # fmt: skip
    found = {"op": "", "path": "", **value.raw}
    if not found.get("from"):
        found.pop("from", None)
    if "value" in found:
        found["value"] = native(found["value"])
    return found
