"""From a checked tree to closures: one Python call for a node, costs counted on the way.

A plan is called with a ``Frame``. Costs are those of upstream's tracker: one for an identifier
or a selection, what ``costs.py`` says for a call, nothing for constants and logic.

Source: ``cel-go/interpreter`` (planner.go, interpretable.go, runtimecost.go).
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from onggi.api.cel import costs
from onggi.api.cel.errors import CelError
from onggi.api.cel.frame import Frame, Plan
from onggi.api.cel.overloads import Overload
from onggi.api.cel.syntax import (
    Call,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Node,
    Struct,
)
from onggi.api.cel.values import UNSET, Optional, TypeValue, kind_of

Handler = Callable[["Planner", Any], Plan]


class Surroundings(Protocol):
    """What plans need of the environment."""

    nulls: bool

    def overloads(self, function: str) -> tuple[Overload, ...]: ...
    def adapter(self, variable: str) -> Callable[[Any], Any]: ...
    def new(self, struct: str, fields: dict[str, Any]) -> Any: ...


class Planner:
    """One pass over one tree. ``slots`` counts the variables of its macros."""

    def __init__(self, names: Surroundings, handlers: Mapping[type, Handler]) -> None:
        self.names = names
        self.handlers = handlers
        self.slots = 0
        self.scopes: list[dict[str, int]] = []
        self.done: dict[int, Plan] = {}

    def plan(self, node: Node) -> Plan:
        """Nodes may be shared, and always within one scope."""
        found = self.done.get(id(node))
        if found is None:
            found = self.done[id(node)] = self.handlers[type(node)](self, node)
        return found

    def bind(self, *names: str) -> list[int]:
        """New variables, for as long as the scope lasts; ``unbind`` ends it."""
        first = self.slots
        self.slots += len(names)
        found = list(range(first, self.slots))
        self.scopes.append(dict(zip(names, found, strict=True)))
        return found

    def unbind(self) -> None:
        self.scopes.pop()

    def slot(self, name: str) -> int | None:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return None


def literal(planner: Planner, node: Literal) -> Plan:
    value = node.value
    return lambda f: value


def ident(planner: Planner, node: Ident) -> Plan:
    if node.constant is not None:
        return constant_type(node.constant)
    slot = planner.slot(node.name)
    if slot is None:
        return variable(planner, node.name.removeprefix("."))

    def local(f: Frame) -> Any:
        f.cost += 1
        return f.slots[slot]

    return local


def constant_type(named: Any) -> Plan:
    value = TypeValue(TYPE_NAMES.get(named.kind, named.name or named.kind))
    return lambda f: value


TYPE_NAMES = {
    "null": "null_type",
    "duration": "google.protobuf.Duration",
    "timestamp": "google.protobuf.Timestamp",
}


def variable(planner: Planner, name: str) -> Plan:
    adapt = planner.names.adapter(name)

    def outer(f: Frame) -> Any:
        f.cost += 1
        known = f.known
        return known[name] if name in known else f.variable(name, adapt)

    return outer


def list_literal(planner: Planner, node: ListNode) -> Plan:
    plans = [planner.plan(element) for element in node.elements]
    optional = node.optional
    if all(is_constant(element) for element in node.elements) and not optional:
        fixed = [plan(NO_FRAME) for plan in plans]
        return lambda f: fixed

    def gathered(f: Frame) -> Any:
        f.charge(costs.LIST)
        if not optional:
            return [plan(f) for plan in plans]
        found = []
        for index, plan in enumerate(plans):
            value = plan(f)
            if index in optional:
                if type(value) is not Optional:
                    text = "cannot initialize optional list element from non-optional value"
                    raise CelError(f"{text} {value}")
                if not value.present:
                    continue
                value = value.value
            found.append(value)
        return found

    return gathered


def map_literal(planner: Planner, node: MapNode) -> Plan:
    plans = [(planner.plan(e.key), planner.plan(e.value), e.optional) for e in node.entries]
    constant = all(
        is_constant(e.key) and is_constant(e.value) and not e.optional for e in node.entries
    )

    def gathered(f: Frame) -> Any:
        if not constant:
            f.charge(costs.MAP)
        found: dict[Any, Any] = {}
        for key_of, value_of, optional in plans:
            key, value = key_of(f), value_of(f)
            if kind_of(key) not in ("string", "int", "uint", "bool", "double"):
                raise CelError(f"unsupported key type: {kind_of(key)}")
            if optional:
                value = unwrapped(key, value)
            if value is not UNSET:
                found[key] = value
        return found

    return gathered


def unwrapped(key: Any, value: Any) -> Any:
    if type(value) is not Optional:
        text = f"cannot initialize optional entry '{key}' from non-optional value {value}"
        raise CelError(text)
    return value.value if value.present else UNSET


def struct(planner: Planner, node: Struct) -> Plan:
    plans = [(e.key, planner.plan(e.value), e.optional) for e in node.fields]
    name, new = node.name.removeprefix("."), planner.names.new

    def made(f: Frame) -> Any:
        f.charge(costs.STRUCT)
        fields: dict[str, Any] = {}
        for key, plan, optional in plans:
            value = plan(f)
            if optional:
                value = unwrapped(key, value)
            if value is not UNSET:
                fields[key] = value
        return new(name, fields)

    return made


def is_constant(node: Node) -> bool:
    """Folded when the program is made, and hence for nothing when it runs."""
    if isinstance(node, ListNode):
        return not node.optional and all(map(is_constant, node.elements))
    if isinstance(node, MapNode):
        return all(
            is_constant(e.key) and is_constant(e.value) and not e.optional for e in node.entries
        )
    if isinstance(node, Call):
        return node.function in CONVERSIONS and len(node.args) == 1 and is_constant(node.args[0])
    return isinstance(node, Literal)


CONVERSIONS = frozenset(
    ("bool", "bytes", "double", "duration", "dyn", "int", "string", "timestamp", "uint")
)
NO_FRAME = Frame({}, 0, 2**63)
