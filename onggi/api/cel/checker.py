"""Static types: every node gets one, every call its overloads, or there are complaints.

Source: ``cel-go/checker/checker.go``; the wording is ``cel-go/checker/errors.go``.
"""

from collections.abc import Callable, Mapping
from typing import Any

from onggi.api.cel.complaints import Complaints, qualified
from onggi.api.cel.declarations import Declarations
from onggi.api.cel.errors import CelErrors
from onggi.api.cel.overloads import Overload
from onggi.api.cel.syntax import (
    Call,
    Comprehension,
    Entry,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Node,
    Select,
    Struct,
)
from onggi.api.cel.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    STRING,
    UINT,
    Type,
    is_dyn,
    list_of,
    map_of,
    optional_of,
    type_of,
    unwrapped,
)  # fmt: skip
from onggi.api.cel.uint import Uint
from onggi.api.cel.unify import most_general

LITERALS: dict[type, Type] = {
    bool: BOOL, int: INT, Uint: UINT, float: DOUBLE, str: STRING, bytes: BYTES, type(None): NULL,
}  # fmt: skip


def check(root: Node, names: Declarations, source: str) -> Type:
    """The type of the whole, every node annotated. Raises ``CelErrors``."""
    checker = Checker(names)
    result = checker.check(root)
    if checker.issues:
        raise CelErrors(checker.issues, source)
    checker.settle()
    return checker.bindings.resolve(result, dyn=True)


class Checker(Complaints):
    """One pass over one tree; complaints gather in ``issues``."""

    def __init__(self, names: Declarations) -> None:
        super().__init__()
        self.names = names
        self.scopes: list[dict[str, Type]] = []
        self.seen: list[Node] = []

    def settle(self) -> None:
        """What is known in the end about types that were open when they were noted."""
        for node in self.seen:
            if node.type is not None:
                node.type = self.bindings.resolve(node.type, dyn=True)

    def check(self, node: Node) -> Type:
        """Nodes may be shared: each is looked at once."""
        if node.type is None:
            node.type = CHECKS[type(node)](self, node)
            self.seen.append(node)
        return node.type

    def literal(self, node: Literal) -> Type:
        return LITERALS[type(node.value)]

    def ident(self, node: Ident) -> Type:
        found = self.variable(node.name)
        if found is not None:
            return found
        constant = self.names.type_named(node.name.removeprefix("."))
        if constant is None:
            return self.undeclared(node, node.name)
        node.constant = constant
        return type_of(constant)

    def variable(self, name: str) -> Type | None:
        if name.startswith("."):
            return self.names.variable(name[1:])
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return self.names.variable(name)

    def select(self, node: Select) -> Type:
        path = qualified(node)
        if path and not any(path.partition(".")[0] in scope for scope in self.scopes):
            if (found := self.names.variable(path)) is not None:
                node.qualified = path
                return found
            if (constant := self.names.type_named(path)) is not None:
                node.constant = constant
                return type_of(constant)
        found = self.field(node, node.operand, node.field)
        return BOOL if node.test else self.bindings.resolve(found)

    def field(self, node: Node, operand: Node, name: str, optional: bool = False) -> Type:
        """The type of ``operand.name``; ``optional`` for ``operand.?name``."""
        given = self.bindings.resolve(self.check(operand))
        target, was_optional = unwrapped(given)
        result = DYN
        if target.kind == "map":
            result = target.params[1]
        elif target.kind == "struct":
            found = self.names.field(target.name, name)
            result = self.complain(node, f"undefined field '{name}'") if found is None else found
        elif target.kind == "param":
            self.bindings.assignable(DYN, target)
        elif target.kind not in ("dyn", "error"):
            self.complain(node, f"type '{target}' does not support field selection")
        return optional_of(result) if optional or was_optional else result

    def call(self, node: Call) -> Type:
        if node.function == "_?._":
            return self.optional_field(node)
        for arg in node.args:
            self.check(arg)
        if node.target is None:
            overloads = self.names.overloads(node.function.removeprefix("."))
            return self.resolved(node, overloads) if overloads else self.unknown(node)
        if (path := qualified(node.target)) and (
            found := self.names.overloads(f"{path}.{node.function}")
        ):
            node.function, node.target = f"{path}.{node.function}", None
            return self.resolved(node, found)
        self.check(node.target)
        overloads = self.names.overloads(node.function)
        return self.resolved(node, overloads) if overloads else self.unknown(node)

    def unknown(self, node: Call) -> Type:
        return self.undeclared(node, node.function)

    def optional_field(self, node: Call) -> Type:
        operand, name = node.args
        assert isinstance(name, Literal)
        self.check(name)
        node.overloads = ("select_optional_field",)
        return self.bindings.resolve(self.field(node, operand, name.value, optional=True))

    def resolved(self, node: Call, overloads: tuple[Overload, ...]) -> Type:
        """The overloads that fit; where several do, their common type."""
        if node.function in ("_&&_", "_||_"):
            return self.logical(node, overloads[0])
        given = [self.typed(n) for n in ([node.target] if node.target else []) + node.args]
        result: Type | None = None
        found: list[str] = []
        for overload in overloads:
            if overload.member != (node.target is not None):
                continue
            wanted, *args = self.bindings.instance((overload.result, *overload.args))
            if self.bindings.all_assignable(given, args):
                found.append(overload.id)
                mine = self.bindings.resolve(wanted)
                if result is None:
                    result = mine
                elif not is_dyn(result) and mine != result:
                    result = DYN
        if result is None:
            return self.no_overload(node, given)
        node.overloads = tuple(found)
        return result

    def logical(self, node: Call, overload: Overload) -> Type:
        node.overloads = (overload.id,)
        wrong = [n for n in node.args if not self.bindings.assignable(self.typed(n), BOOL)]
        for arg in wrong:
            self.mismatch(arg, BOOL, self.bindings.resolve(self.typed(arg)))
        return ERROR if wrong else BOOL

    def typed(self, node: Node) -> Type:
        assert node.type is not None
        return node.type

    def list_literal(self, node: ListNode) -> Type:
        item: Type | None = None
        for index, element in enumerate(node.elements):
            given = self.check(element)
            if index in node.optional:
                given = self.optional(element, given)
            item = self.joined(item, given)
        return list_of(item or self.bindings.parameter())

    def map_literal(self, node: MapNode) -> Type:
        key: Type | None = None
        value: Type | None = None
        for entry in node.entries:
            key = self.joined(key, self.check(entry.key))
            given = self.check(entry.value)
            if entry.optional:
                given = self.optional(entry.value, given)
            value = self.joined(value, given)
        if key is None or value is None:
            return map_of(self.bindings.parameter(), self.bindings.parameter())
        return map_of(key, value)

    def optional(self, node: Node, given: Type) -> Type:
        """What is within an optional element."""
        inner, was = unwrapped(self.bindings.resolve(given))
        if not was and not is_dyn(inner):
            self.mismatch(node, optional_of(inner), inner)
        return inner

    def joined(self, before: Type | None, given: Type) -> Type:
        """The type of elements so far; what does not fit makes it ``dyn`` (see validators)."""
        if before is None:
            return given
        if self.bindings.assignable(before, given):
            return most_general(before, given)
        return DYN

    def struct(self, node: Struct) -> Type:
        found = self.names.type_named(node.name.removeprefix("."))
        if found is None:
            for entry in node.fields:
                self.check(entry.value)
            return self.undeclared(node, node.name)
        if found.kind != "struct":
            return self.complain(node, f"'{found}' is not a message type")
        for entry in node.fields:
            self.initializer(found, entry)
        return found

    def initializer(self, owner: Type, entry: Entry) -> None:
        given = self.check(entry.value)
        wanted = self.names.field(owner.name, entry.key)
        if wanted is None:
            self.complain(entry, f"undefined field '{entry.key}'")
            return
        if entry.optional:
            given = self.optional(entry.value, given)
        if not self.bindings.assignable(wanted, given):
            given = self.bindings.resolve(given)
            text = (
                f"expected type of field '{entry.key}' is '{wanted}' but provided type is '{given}'"
            )
            self.complain(entry, text)

    def comprehension(self, node: Comprehension) -> Type:
        ranged = self.bindings.resolve(self.check(node.range))
        accumulated = self.check(node.init)
        first, second = self.iterated(node, ranged)
        self.scopes.append({node.accumulator: accumulated})
        inner = {node.var: second if ranged.kind == "list" and not node.var2 else first}
        if node.var2:
            inner[node.var2] = second
        self.scopes.append(inner)
        self.wanted(node.condition, BOOL)
        self.wanted(node.step, accumulated)
        self.scopes.pop()
        result = self.check(node.result)
        self.scopes.pop()
        return self.bindings.resolve(result)

    def iterated(self, node: Comprehension, ranged: Type) -> tuple[Type, Type]:
        """Types of key or index, and of value."""
        if ranged.kind == "list":
            return INT, ranged.params[0]
        if ranged.kind == "map":
            return ranged.params[0], ranged.params[1]
        if ranged.kind in ("dyn", "error", "param"):
            self.bindings.assignable(DYN, ranged)
            return DYN, DYN
        text = (
            f"expression of type '{ranged}' cannot be range of a comprehension "
            "(must be list, map, or dynamic)"
        )
        return self.complain(node.range, text), ERROR

    def wanted(self, node: Node, wanted: Type) -> None:
        given = self.check(node)
        if not self.bindings.assignable(wanted, given):
            self.mismatch(node, *map(self.bindings.resolve, (wanted, given)))


CHECKS: Mapping[type, Callable[[Checker, Any], Type]] = {
    Literal: Checker.literal, Ident: Checker.ident, Select: Checker.select, Call: Checker.call,
    ListNode: Checker.list_literal, MapNode: Checker.map_literal, Struct: Checker.struct,
    Comprehension: Checker.comprehension,
}  # fmt: skip
