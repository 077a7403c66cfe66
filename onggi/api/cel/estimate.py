"""What an expression may cost at most, before it runs: the limit that a CRD's rules must keep.

Sizes come from literals, and from ``maxLength``, ``maxItems`` and ``maxProperties`` of the
schemas, found by the path from a variable. Changes here would break CRDs that upstream takes.

Source: ``cel-go/checker/cost.go``; the table for calls is ``estimate_calls.py``.
"""

from collections.abc import Callable
from typing import Any

from onggi.api.cel import costs
from onggi.api.cel.arguments import Argument, Estimated
from onggi.api.cel.estimate_calls import call_cost
from onggi.api.cel.estimate_nodes import (
    Local,
    Path,
    Sized,
    is_scalar,
    literal_size,
    summed,
    type_of,
)
from onggi.api.cel.sizes import MOST, NOTHING, ONE, UNKNOWN, Entry, Range, fixed
from onggi.api.cel.syntax import (
    ACCUMULATOR,
    Call,
    Comprehension,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Node,
    Select,
    Struct,
)


def estimate(root: Node, names: Sized) -> Range:
    """The cost of the checked tree."""
    return Estimator(names).cost(root)


class Estimator:
    """One pass over one tree; notes are kept by node."""

    def __init__(self, names: Sized) -> None:
        self.names = names
        self.costs: dict[int, Range] = {}
        self.paths: dict[int, Path] = {}
        self.sizes: dict[int, Range] = {}
        self.entries: dict[int, Entry] = {}
        self.locals: dict[str, list[Local]] = {}

    def cost(self, node: Node) -> Range:
        """Nodes may be shared: each is priced once."""
        found = self.costs.get(id(node))
        if found is None:
            found = self.costs[id(node)] = COSTS[type(node)](self, node)
        return found

    def literal(self, node: Literal) -> Range:
        return NOTHING

    def ident(self, node: Ident) -> Range:
        local = self.local(node.name)
        self.paths[id(node)] = local.path if local else (node.name.removeprefix("."),)
        return ONE

    def select(self, node: Select) -> Range:
        if node.test:
            return self.cost(node.operand)
        if node.qualified or node.constant:
            self.paths[id(node)] = (node.qualified,)
            return ONE
        total = self.cost(node.operand)
        if type_of(node.operand).kind in ("map", "struct", "param"):
            total = total.plus(ONE)
        path = self.path(node.operand)
        self.paths[id(node)] = (*path, node.field)
        return total

    def call(self, node: Call) -> Range:
        if node.function == "dyn" and len(node.args) == 1:
            total = self.cost(node.args[0]).plus(ONE)
            self.copy(node, node.args[0])
            return total
        prices = [self.cost(arg) for arg in node.args]
        args = [self.argument(arg) for arg in node.args]
        if not node.overloads:
            return NOTHING
        total, target = NOTHING, None
        if node.target is not None:
            total = self.cost(node.target)
            target = self.argument(node.target)
        return total.plus(self.overloads(node, target, args, prices))

    def overloads(
        self, node: Call, target: Argument | None, args: list[Argument], prices: list[Range]
    ) -> Range:
        """A range over all overloads that may apply."""
        price, size = Range(MOST, 0), None
        for overload in node.overloads:
            found = self.special(node, overload, args, prices)
            if found is None:
                found = call_cost(node.function, overload, target, args)
                found = Estimated(found.cost.plus(summed(prices)), found.size)
            price = price.union(found.cost)
            if found.size is not None:
                size = found.size.union(size) if size is not None else found.size
            if overload in ("index_list", "index_map"):
                entry = self.entry(node.args[0])
                size = entry.value if entry else None
                step = "@items" if overload == "index_list" else "@values"
                self.paths[id(node)] = (*self.path(node.args[0]), step)
            if size is None:
                size = self.size(node)
        if size is not None:
            self.sizes[id(node)] = size
        return price

    def special(
        self, node: Call, overload: str, args: list[Argument], prices: list[Range]
    ) -> Estimated | None:
        """Calls whose price depends on how they are evaluated."""
        if overload in ("logical_and", "logical_or"):
            return Estimated(Range(prices[0].min, summed(prices).max))
        if overload == "conditional":
            entry, other = self.entry(node.args[1]), self.entry(node.args[2])
            self.note_entry(node, entry.union(other) if entry else None)
            price = prices[0].plus(prices[1].union(prices[2]))
            return Estimated(price, args[1].known.union(args[2].known))
        if overload in ("add_string", "add_bytes", "add_list"):
            entry, other = self.entry(node.args[0]), self.entry(node.args[1])
            self.note_entry(node, entry.union(other) if entry else None)
        return None

    def list_literal(self, node: ListNode) -> Range:
        size = Range(MOST if node.elements else 0, 0)
        total = NOTHING
        for element in node.elements:
            total = total.plus(self.cost(element))
            size = size.union(self.known(element))
        self.entries[id(node)] = Entry("list", ONE, size)
        return total.plus(fixed(costs.LIST))

    def map_literal(self, node: MapNode) -> Range:
        key = value = Range(MOST if node.entries else 0, 0)
        total = NOTHING
        for entry in node.entries:
            total = total.plus(self.cost(entry.key)).plus(self.cost(entry.value))
            key = key.union(self.known(entry.key))
            value = value.union(self.known(entry.value))
        self.entries[id(node)] = Entry("map", key, value)
        return total.plus(fixed(costs.MAP))

    def struct(self, node: Struct) -> Range:
        total = summed([self.cost(entry.value) for entry in node.fields])
        return total.plus(fixed(costs.STRUCT))

    def comprehension(self, node: Comprehension) -> Range:
        if node.macro == "bind":
            return self.binding(node)
        total = self.cost(node.range).plus(self.cost(node.init))
        self.push(node.accumulator, self.bound(node.init))
        for name, local in self.iterated(node):
            self.push(name, local)
        loop, step = self.cost(node.condition), self.cost(node.step)
        for name in filter(None, (node.var, node.var2)):
            self.locals[name].pop()
        total = total.plus(self.cost(node.result))
        self.locals[node.accumulator].pop()
        count = self.known(node.range)
        self.result_size(node, count)
        return total.plus(count.times(step.plus(loop)))

    def iterated(self, node: Comprehension) -> list[tuple[str, Local]]:
        """The variables of a fold, with sizes and paths of keys and values."""
        entry, path = self.entry(node.range), self.path(node.range)
        kind = entry.kind if entry else type_of(node.range).kind
        key_size, value_size = (entry.key, entry.value) if entry else (None, None)
        index, item = ("@indices", "@items") if kind == "list" else ("@keys", "@values")
        key, value = Local((*path, index), key_size), Local((*path, item), value_size)
        if node.var2:
            return [(node.var, key), (node.var2, value)]
        return [(node.var, value if kind == "list" else key)]

    def result_size(self, node: Comprehension, count: Range) -> None:
        if isinstance(node.init, Literal):
            size = self.size(node.init)
            if size is not None:
                self.sizes[id(node)] = size
        else:
            self.sizes[id(node)] = count
            self.note_entry(node, self.entry(node.step))

    def binding(self, node: Comprehension) -> Range:
        total = self.cost(node.range).plus(self.cost(node.init))
        self.push(node.accumulator, self.bound(node.init))
        total = total.plus(self.cost(node.result))
        self.locals[node.accumulator].pop()
        self.copy(node, node.result)
        return total

    def bound(self, node: Node) -> Local:
        return Local(self.path(node), self.size(node), self.entry(node))

    def push(self, name: str, local: Local) -> None:
        self.locals.setdefault(name, []).append(local)

    def local(self, name: str) -> Local | None:
        stack = self.locals.get(name)
        return stack[-1] if stack else None

    def path(self, node: Node) -> Path:
        if isinstance(node, Ident) and (local := self.local(node.name)):
            return local.path
        return self.paths.get(id(node), ())

    def entry(self, node: Node) -> Entry | None:
        found = self.entries.get(id(node))
        if found is None and isinstance(node, Ident) and (local := self.local(node.name)):
            return local.entry
        return found

    def note_entry(self, node: Node, entry: Entry | None) -> None:
        if entry is not None:
            self.entries[id(node)] = entry

    def copy(self, node: Node, source: Node) -> None:
        size = self.size(source)
        if size is not None:
            self.sizes[id(node)] = size
        self.note_entry(node, self.entry(source))

    def known(self, node: Node) -> Range:
        size = self.size(node)
        return UNKNOWN if size is None else size

    def size(self, node: Node) -> Range | None:
        """By what was noted, the text, the schema, the type, the macro: the first that says."""
        found = self.sizes.get(id(node))
        if found is None:
            found = literal_size(node)
        if found is None and (found := self.schema_size(self.path(node))) is not None:
            self.sizes[id(node)] = found
        if found is None and is_scalar(type_of(node)):
            found = ONE
        if found is None and isinstance(node, Ident) and (local := self.local(node.name)):
            found = local.size
        return found

    def schema_size(self, path: Path) -> Range | None:
        """What the schema allows at a path."""
        at = self.names.root if path else None
        for step in path[1:]:
            if at is None:
                return None
            if step in ("@items", "@values"):
                at = at.item
            elif step == "@keys":
                at = at.key
            else:
                at = at.fields.get(step)
        return None if at is None else Range(0, at.max_elements)

    def argument(self, node: Node) -> Argument:
        path = self.path(node)
        path = () if path and path[0] == ACCUMULATOR else path
        constant = node.value if isinstance(node, Literal) else None
        return Argument(type_of(node), path, self.size(node), self.schema_size, constant)


COSTS: dict[type, Callable[[Estimator, Any], Range]] = {
    Literal: Estimator.literal, Ident: Estimator.ident, Select: Estimator.select,
    Call: Estimator.call, ListNode: Estimator.list_literal, MapNode: Estimator.map_literal,
    Struct: Estimator.struct, Comprehension: Estimator.comprehension,
}  # fmt: skip
