"""Types as the checker sees them, and how upstream writes them in its complaints.

Source: ``cel-go/common/types/types.go``, ``cel-go/checker/format.go``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """``kind`` is the family; ``name`` tells structs, opaque types and parameters apart."""

    kind: str
    name: str = ""
    params: tuple["Type", ...] = ()

    def __str__(self) -> str:
        shown = self.name or self.kind
        if self.kind == "type" and not self.params:
            return "type"
        if self.params:
            return f"{shown}({', '.join(map(str, self.params))})"
        return shown


DYN = Type("dyn")
ERROR = Type("error", "!error!")
BOOL = Type("bool")
INT = Type("int")
UINT = Type("uint")
DOUBLE = Type("double")
STRING = Type("string")
BYTES = Type("bytes")
NULL = Type("null")
TIMESTAMP = Type("timestamp")
DURATION = Type("duration")
TYPE = Type("type")


def list_of(item: Type) -> Type:
    return Type("list", "", (item,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", "", (key, value))


def optional_of(item: Type) -> Type:
    return Type("opaque", "optional_type", (item,))


def struct(name: str) -> Type:
    return Type("struct", name)


def opaque(name: str) -> Type:
    return Type("opaque", name)


def param(name: str) -> Type:
    return Type("param", name)


def type_of(item: Type) -> Type:
    return Type("type", "", (item,))


def is_dyn(t: Type) -> bool:
    return t.kind == "dyn"


def is_optional(t: Type) -> bool:
    return t.name == "optional_type" and t.kind == "opaque"


def unwrapped(t: Type) -> tuple[Type, bool]:
    """The type within an optional, and whether there was one."""
    return (t.params[0], True) if is_optional(t) else (t, False)


def has_params(t: Type) -> bool:
    """Whether the type mentions a parameter anywhere."""
    return t.kind == "param" or any(has_params(inner) for inner in t.params)


NAMES: dict[str, Type] = {
    "bool": BOOL, "bytes": BYTES, "double": DOUBLE, "int": INT, "uint": UINT, "string": STRING,
    "list": list_of(DYN), "map": map_of(DYN, DYN), "null_type": NULL, "type": TYPE,
    "google.protobuf.Duration": DURATION, "google.protobuf.Timestamp": TIMESTAMP,
    "optional_type": optional_of(DYN), "net.IP": opaque("net.IP"), "net.CIDR": opaque("net.CIDR"),
}  # fmt: skip
