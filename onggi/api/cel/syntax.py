"""The tree of an expression. The checker notes types and overloads on the nodes.

A node belongs to one ``Program``; after compilation nobody writes to it. ``optMap`` uses its
target twice, so the tree may share nodes: whoever walks it remembers what it has seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from onggi.api.cel.types import Type

ACCUMULATOR = "@result"


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """``offset`` is where the node is complained about; ``depth`` that of the tree below it."""

    offset: int
    depth: int = 1
    type: Type | None = None


@dataclass(slots=True, eq=False)
class Literal(Node):
    value: Any


@dataclass(slots=True, eq=False)
class Ident(Node):
    name: str
    constant: Type | None = None  # the checker: the name is a type's


@dataclass(slots=True, eq=False)
class Select(Node):
    operand: Node
    field: str
    test: bool = False  # has()
    qualified: str = ""  # the checker: the whole chain is the name of one variable
    constant: Type | None = None


@dataclass(slots=True, eq=False)
class Call(Node):
    """``&&`` and ``||`` have as many arguments as are chained."""

    function: str
    target: Node | None
    args: list[Node]
    overloads: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class ListNode(Node):
    elements: list[Node]
    optional: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Entry:
    """A pair of a map literal, or a field of an object literal (``key`` is its name)."""

    key: Any
    value: Node
    optional: bool
    offset: int


@dataclass(slots=True, eq=False)
class MapNode(Node):
    entries: list[Entry]


@dataclass(slots=True, eq=False)
class Struct(Node):
    name: str
    fields: list[Entry]


@dataclass(slots=True, eq=False)
class Comprehension(Node):
    """A fold, as every macro becomes one. ``macro`` and ``body`` say which, for the evaluator."""

    range: Node
    var: str
    var2: str
    accumulator: str
    init: Node
    condition: Node
    step: Node
    result: Node
    macro: str = ""
    body: list[Node] = field(default_factory=list)


def children(node: Node) -> list[Node]:
    """The nodes right below."""
    if isinstance(node, Select):
        return [node.operand]
    if isinstance(node, Call):
        return [*([node.target] if node.target else []), *node.args]
    if isinstance(node, ListNode):
        return node.elements
    if isinstance(node, MapNode):
        return [inner for entry in node.entries for inner in (entry.key, entry.value)]
    if isinstance(node, Struct):
        return [entry.value for entry in node.fields]
    if isinstance(node, Comprehension):
        return [node.range, node.init, node.condition, node.step, node.result]
    return []


def walk(root: Node) -> Iterator[Node]:
    """Every node once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += children(node)
