"""A schema's node, as the walks of this package want it: what is below a name, at once.

    plan(node).below("spec") -> ("f:spec", plan of what stands there)

A plan hangs on its node and grows as values are seen. What no schema tells is deduced from
the value: maps are divided, everything else is one leaf.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from onggi.api.fields.elements import of_item, of_value
from onggi.api.schema_nodes import ATOMIC, DEDUCED, FIELDS, KEYED, SET, Field, Free, Node, Shape

REMEMBERED = 64  # keys of a map: most maps have the same few


class Below(NamedTuple):
    """What stands below a name. ``field`` is None for a name that no struct declares;
    ``known`` says whether it may be there at all."""

    element: str
    plan: "Plan"
    field: Field | None = None
    known: bool = True


class Plan:
    """See the module. ``always`` are the structs that are there even if nobody set them."""

    __slots__ = ("_items", "_keys", "always", "fields", "node", "shape")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.shape: Shape = node.shape
        self.fields: dict[str, Below] = {}
        self.always = frozenset(name for name, _ in node.always)
        self._items: Plan | None = None
        self._keys: tuple[tuple[str, Any], ...] | None = None

    @property
    def items(self) -> "Plan":
        if self._items is None:
            self._items = plan(self.node.items or FREE)
        return self._items

    @property
    def keys(self) -> tuple[tuple[str, Any], ...]:
        """Of a list: each key's name and default, in order of names."""
        if self._keys is None:
            items = self.items.node
            fields = [(name, items.field(name)) for name in sorted(self.node.keys)]
            self._keys = tuple((name, field and field.default) for name, field in fields)
        return self._keys

    def below(self, name: str) -> Below:
        found = self.fields.get(name)
        if found is not None:
            return found
        field = self.node.field(name)
        if field is None:
            found = Below(f"f:{name}", self.items, None, self.node.items is not None)
        else:
            found = Below(f"f:{name}", plan(field.node), field)
        if field is not None or len(self.fields) < REMEMBERED:
            self.fields[name] = found
        return found

    def element(self, item: Any) -> str:
        """The element of an item of a set or a list with keys. Raises Misshapen."""
        return of_value(item) if self.shape == SET else of_item(item, self.keys)

    def within(self, element: str) -> "Plan":
        """The plan of what stands at an element of a set of fields."""
        return self.below(element[2:]).plan if element[0] == "f" else self.items


FREE = Free()


def plan(node: Node) -> Plan:
    try:
        found: Plan = node.plan
    except AttributeError:
        found = node.plan = Plan(node)
    return found


def divided(shape: Shape, value: Any) -> Shape:
    """How this very value is divided: ATOMIC, FIELDS, SET or KEYED."""
    if isinstance(value, Mapping):
        return FIELDS if shape in (FIELDS, DEDUCED) else ATOMIC
    if isinstance(value, list):
        return shape if shape in (SET, KEYED) else ATOMIC
    return ATOMIC
