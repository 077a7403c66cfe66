"""Values while an expression runs.

JSON's own are Python's: ``bool int float str None list dict`` (and ``bytes``); what else there
is has a class here, so that ``type(value)`` always says which CEL type it is.
Source: ``cel-go/common/types``, ``k8s.io/apiserver/pkg/cel``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from onggi.api.cel.errors import CelError
from onggi.api.cel.types import Type
from onggi.api.cel.uint import Uint


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """Nanoseconds, 64 bits."""

    ns: int


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """Nanoseconds since 1970, from the year 1 to 9999; written with the offset it came with."""

    ns: int
    offset: int = field(default=0, compare=False)  # seconds east of UTC


@dataclass(frozen=True, slots=True)
class TypeValue:
    """What ``type(x)`` gives, and ``int`` as a value."""

    name: str


class Optional:
    """``optional.of(x)``; ``NONE`` is the one without."""

    __slots__ = ("present", "value")

    def __init__(self, value: Any = None, present: bool = True) -> None:
        self.value, self.present = value, present

    def get(self) -> Any:
        if not self.present:
            raise CelError("optional.none() dereference")
        return self.value


NONE = Optional(present=False)


class ListValue(list[Any]):
    """A list of declared type. ``keys`` for ``x-kubernetes-list-type: map``; ``set`` likewise."""

    __slots__ = ("keys", "set")

    def __init__(self, items: list[Any], keys: tuple[str, ...] = (), is_set: bool = False) -> None:
        super().__init__(items)
        self.keys, self.set = keys, is_set

    def key(self, item: Any) -> Any:
        """What tells an item of a map list from its siblings."""
        return tuple(item.find(name) for name in self.keys)


class MapValue(dict[Any, Any]):
    """A map of declared type: its values are converted already."""

    __slots__ = ()


class Unset:
    """Stands for "no such field" where ``None`` is null."""


UNSET = Unset()


class ObjectValue:
    """An object of declared fields; each is converted when it is first asked for.

    ``fields`` leads from the name in expressions to the name in the object and the conversion.
    A field that is null is none. Source: ``unstructuredMap`` in upstream's ``common``.
    """

    __slots__ = ("_known", "fields", "raw", "type")

    def __init__(
        self, raw: Any, type: Type, fields: dict[str, tuple[str, Callable[[Any], Any]]]
    ) -> None:
        self.raw, self.type, self.fields = raw, type, fields
        self._known: dict[str, Any] = {}

    def find(self, name: str) -> Any:
        """The field's value, or ``UNSET``."""
        if name in self._known:
            return self._known[name]
        field = self.fields.get(name)
        if field is None or (raw := self.raw.get(field[0])) is None:
            return UNSET
        value = self._known[name] = field[1](raw)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, field in self.fields.items() if field[0] in self.raw])

    def __len__(self) -> int:
        return len(self.raw)


KINDS: dict[type, str] = {
    bool: "bool", int: "int", Uint: "uint", float: "double", str: "string", bytes: "bytes",
    type(None): "null", list: "list", ListValue: "list", tuple: "list", dict: "map",
    MapValue: "map", ObjectValue: "struct", Duration: "duration", Timestamp: "timestamp",
    TypeValue: "type", Optional: "optional_type",
}  # fmt: skip
NAMES = {
    "null": "null_type",
    "duration": "google.protobuf.Duration",
    "timestamp": "google.protobuf.Timestamp",
}


def kind_of(value: Any) -> str:
    """The family of a type, or an opaque type's name."""
    kind = KINDS.get(type(value))
    return kind if kind is not None else str(getattr(value, "TYPE", "dyn"))


def type_name(value: Any) -> str:
    """As ``type(x)`` and complaints name it."""
    kind = "map" if isinstance(value, ObjectValue) else kind_of(value)
    return NAMES.get(kind, kind)


def conversion_error(value: Any, target: str) -> CelError:
    name = NAMES.get(target, target)
    return CelError(f"type conversion error from '{type_name(value)}' to '{name}'")


NUMBERS = frozenset(("int", "uint", "double"))
TIMES = frozenset(("duration", "timestamp"))
ORDERED = NUMBERS | TIMES | {"bool", "string", "bytes"}
# What can be the first operand: only of the second there is nothing more to say.
FIRST: dict[str, frozenset[str]] = {
    "_+_": NUMBERS | TIMES | {"string", "bytes", "list"},
    "_-_": NUMBERS | TIMES,
    "_*_": NUMBERS, "_/_": NUMBERS, "_%_": frozenset(("int", "uint")),
    "-_": frozenset(("int", "double")), "!_": frozenset(KINDS.values()),
    "_<_": ORDERED, "_<=_": ORDERED, "_>_": ORDERED, "_>=_": ORDERED,
    "@in": frozenset(KINDS.values()), "size": frozenset(), "matches": frozenset(("string",)),
}  # fmt: skip


def misfit(function: str, args: Sequence[Any]) -> CelError:
    """No overload takes these values. Source: ``cel-go/common/decls`` (MaybeNoSuchOverload)."""
    first = FIRST.get(function)
    if first is not None:
        return no_overload("" if kind_of(args[0]) in first else function)
    return no_overload(f"{function}({', '.join(map(type_name, args))})")


def no_overload(function: str = "") -> CelError:
    return CelError(f"no such overload: {function}" if function else "no such overload")
