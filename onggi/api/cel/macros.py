"""Macros: ``has``, ``all``, ``exists``, ``map``, ``filter``, ``transformMap``, ``optMap``, …

Each becomes a fold, exactly as upstream expands it, because types and costs are defined on the
expansion; the evaluator goes by ``Comprehension.macro`` and ``body`` instead.

Source: ``cel-go/parser/macro.go``, ``cel-go/ext/comprehensions.go``, ``cel-go/cel/library.go``.
"""

from collections.abc import Callable

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
)

UNUSED = "#unused"


class BadMacro(ValueError):
    """The arguments are no macro's."""

    def __init__(self, node: Node, text: str) -> None:
        super().__init__(text)
        self.offset = node.offset


Macro = Callable[[int, Node | None, list[Node]], Node]


def has(at: int, target: Node | None, args: list[Node]) -> Node:
    field = args[0]
    if not isinstance(field, Select):
        raise BadMacro(field, "invalid argument to has() macro")
    return Select(field.operand, field.field, True, offset=at, depth=field.depth)


def quantifier(name: str) -> Macro:
    def expand(at: int, target: Node | None, args: list[Node]) -> Node:
        *names, predicate = args
        step, condition, result = QUANTIFIERS[name](at, predicate)
        init = Literal({"all": True, "exists": False}.get(name, 0), offset=at)
        variables = iteration_variables(names, "argument must be a simple name")
        fold = Fold(at, target, variables, name, [predicate])
        return fold.over(init, condition, step, result)

    return expand


def every(at: int, predicate: Node) -> tuple[Node, Node, Node]:
    condition = called(at, "@not_strictly_false", accumulator(at))
    return called(at, "_&&_", accumulator(at), predicate), condition, accumulator(at)


def some(at: int, predicate: Node) -> tuple[Node, Node, Node]:
    condition = called(at, "@not_strictly_false", called(at, "!_", accumulator(at)))
    return called(at, "_||_", accumulator(at), predicate), condition, accumulator(at)


def one(at: int, predicate: Node) -> tuple[Node, Node, Node]:
    more = called(at, "_+_", accumulator(at), Literal(1, offset=at))
    step = called(at, "_?_:_", predicate, more, accumulator(at))
    result = called(at, "_==_", accumulator(at), Literal(1, offset=at))
    return step, Literal(True, offset=at), result


QUANTIFIERS = {"all": every, "exists": some, "exists_one": one}


def mapped(at: int, target: Node | None, args: list[Node]) -> Node:
    """``map(x, t)``, ``map(x, p, t)``, and with two variables ``transformList``."""
    variables = iteration_variables(args[:1], "argument is not an identifier")
    return Fold(at, target, variables, "map", args[1:]).gathering(args[1:])


def transform_list(at: int, target: Node | None, args: list[Node]) -> Node:
    variables = iteration_variables(args[:2], "argument must be a simple name")
    return Fold(at, target, variables, "map", args[2:]).gathering(args[2:])


def filtered(at: int, target: Node | None, args: list[Node]) -> Node:
    variables = iteration_variables(args[:1], "argument is not an identifier")
    fold = Fold(at, target, variables, "filter", args[1:])
    return fold.gathering([args[1], args[0]])


def transform_map(entry: bool) -> Macro:
    def expand(at: int, target: Node | None, args: list[Node]) -> Node:
        variables = iteration_variables(args[:2], "argument must be a simple name")
        key = [] if entry else [Ident(variables[0], offset=at)]
        step = called(at, "cel.@mapInsert", accumulator(at), *key, args[-1])
        name = "transformMapEntry" if entry else "transformMap"
        fold = Fold(at, target, variables, name, args[2:])
        return fold.over(MapNode([], offset=at), Literal(True, offset=at), fold.where(step))

    return expand


def opt_map(flat: bool) -> Macro:
    def expand(at: int, target: Node | None, args: list[Node]) -> Node:
        assert target is not None
        name = "optFlatMap" if flat else "optMap"
        if not isinstance(args[0], Ident):
            raise BadMacro(args[0], f"{name}() variable name must be a simple identifier")
        bound = bind(at, args[0].name, method(at, "value", target), args[1])
        some = bound if flat else called(at, "optional.of", bound)
        none = called(at, "optional.none")
        return called(at, "_?_:_", method(at, "hasValue", target), some, none)

    return expand


def sort_by(at: int, target: Node | None, args: list[Node]) -> Node:
    assert target is not None
    if isinstance(target, Literal | MapNode):
        text = "sortBy can only be applied to a list, identifier, comprehension, call or select"
        raise BadMacro(target, f"{text} expression")
    source = Ident("@__sortBy_input__", offset=at)
    keys = mapped(at, source, args)
    call = method(at, "@sortByAssociatedKeys", source, keys)
    return bind(at, source.name, target, call)


def bind(at: int, name: str, value: Node, body: Node) -> Comprehension:
    """``value`` under a name within ``body``: a fold over nothing."""
    depth = 1 + max(value.depth, body.depth)
    return Comprehension(
        ListNode([], offset=at), UNUSED, "", name, value, Literal(False, offset=at),
        Ident(name, offset=at), body, "bind", [body], offset=at, depth=depth,
    )  # fmt: skip


class Fold:
    """What the expansions have in common."""

    def __init__(
        self, at: int, target: Node | None, names: tuple[str, str], macro: str, body: list[Node]
    ) -> None:
        assert target is not None
        self.at, self.target, self.names, self.macro, self.body = at, target, names, macro, body

    def over(
        self, init: Node, condition: Node, step: Node, result: Node | None = None
    ) -> Comprehension:
        result = result or accumulator(self.at)
        depth = 1 + max(node.depth for node in (self.target, step, condition))
        return Comprehension(
            self.target, *self.names, ACCUMULATOR, init, condition, step, result,
            self.macro, self.body, offset=self.at, depth=depth,
        )  # fmt: skip

    def gathering(self, body: list[Node]) -> Comprehension:
        """A list of the last of ``body``, where the one before it holds."""
        item = ListNode([body[-1]], offset=self.at, depth=body[-1].depth + 1)
        step = called(self.at, "_+_", accumulator(self.at), item)
        if len(body) == 2:
            step = called(self.at, "_?_:_", body[0], step, accumulator(self.at))
        return self.over(ListNode([], offset=self.at), Literal(True, offset=self.at), step)

    def where(self, step: Node) -> Node:
        if len(self.body) == 1:
            return step
        return called(self.at, "_?_:_", self.body[0], step, accumulator(self.at))


def iteration_variables(nodes: list[Node], otherwise: str) -> tuple[str, str]:
    names: list[str] = []
    for node in nodes:
        if not isinstance(node, Ident):
            raise BadMacro(node, otherwise)
        if node.name in names:
            raise BadMacro(node, f"duplicate variable name: {node.name}")
        if node.name in ("__result__", ACCUMULATOR):
            raise BadMacro(node, "iteration variable overwrites accumulator variable")
        names.append(node.name)
    return names[0], names[1] if len(names) > 1 else ""


def accumulator(at: int) -> Ident:
    return Ident(ACCUMULATOR, offset=at)


def called(at: int, function: str, *args: Node) -> Call:
    depth = 1 + max((arg.depth for arg in args), default=0)
    return Call(function, None, list(args), offset=at, depth=depth)


def method(at: int, function: str, target: Node, *args: Node) -> Call:
    depth = 1 + max(target.depth, *(arg.depth for arg in args), 0)
    return Call(function, target, list(args), offset=at, depth=depth)


MACROS: dict[tuple[str, int, bool], Macro] = {  # (name, arguments, with a target)
    ("has", 1, False): has,
    ("all", 2, True): quantifier("all"), ("all", 3, True): quantifier("all"),
    ("exists", 2, True): quantifier("exists"), ("exists", 3, True): quantifier("exists"),
    ("exists_one", 2, True): quantifier("exists_one"),
    ("exists_one", 3, True): quantifier("exists_one"),
    ("existsOne", 2, True): quantifier("exists_one"),
    ("existsOne", 3, True): quantifier("exists_one"),
    ("map", 2, True): mapped, ("map", 3, True): mapped, ("filter", 2, True): filtered,
    ("transformList", 3, True): transform_list, ("transformList", 4, True): transform_list,
    ("transformMap", 3, True): transform_map(entry=False),
    ("transformMap", 4, True): transform_map(entry=False),
    ("transformMapEntry", 3, True): transform_map(entry=True),
    ("transformMapEntry", 4, True): transform_map(entry=True),
    ("sortBy", 2, True): sort_by,
    ("optMap", 2, True): opt_map(flat=False), ("optFlatMap", 2, True): opt_map(flat=True),
}  # fmt: skip
