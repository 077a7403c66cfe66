"""Calls: logic that short-circuits and forgives, the conditional, and functions.

Source: ``cel-go/interpreter`` (interpretable.go), ``cel-go/cel/library.go`` (or, orValue).
"""

from collections.abc import Callable, Sequence
from typing import Any

from onggi.api.cel.attributes import INDEXING, index, is_attribute
from onggi.api.cel.costs import AFTERWARDS, Cost, cost_of
from onggi.api.cel.equality import equal, frozen
from onggi.api.cel.errors import CelError
from onggi.api.cel.frame import Frame, Plan
from onggi.api.cel.library.patterns import check_pattern
from onggi.api.cel.overloads import Overload
from onggi.api.cel.plan import CONVERSIONS, NO_FRAME, Planner, is_constant
from onggi.api.cel.syntax import Call, ListNode, Literal, Node
from onggi.api.cel.types import Type
from onggi.api.cel.values import Optional, kind_of, misfit, no_overload

Run = Callable[..., Any]


def call(planner: Planner, node: Call) -> Plan:
    special = SPECIAL.get(node.function)
    if special is not None:
        return special(planner, node)
    nodes = ([node.target] if node.target else []) + node.args
    plans = [planner.plan(each) for each in nodes]
    run = chosen(planner, node, nodes)
    if node.function in PATTERNS and isinstance(node.args[0], Literal):
        check_pattern(str(node.args[0].value))
    if node.function in CONVERSIONS and is_constant(node):
        return folded(run, plans[0])
    cost = cost_of(node.function, node.overloads)
    if cost is None and len(plans) <= 2:
        return plain(run, plans)
    return sized(run, plans, cost or (lambda args, result: 1), node.function in AFTERWARDS)


def plain(run: Run, plans: Sequence[Plan]) -> Plan:
    """Of cost 1, with at most two arguments: nearly every call."""
    if not plans:

        def nothing(f: Frame) -> Any:
            f.cost += 1
            return run()

        return nothing
    if len(plans) == 1:
        (only,) = plans

        def unary(f: Frame) -> Any:
            f.cost += 1
            return run(only(f))

        return unary
    left, right = plans

    def binary(f: Frame) -> Any:
        f.cost += 1
        return run(left(f), right(f))

    return binary


def sized(run: Run, plans: Sequence[Plan], cost: Cost, afterwards: bool) -> Plan:
    """Charged before the work is done, unless only the result tells."""
    unsure = run if isinstance(run, Dispatcher) else None

    def charged(f: Frame) -> Any:
        f.cost += 1  # also where an argument fails
        args = [plan(f) for plan in plans]
        if unsure is not None:
            unsure.find(args)  # or there is no cost
        if not afterwards:
            f.charge(cost(args, None) - 1)
            return run(*args)
        result = run(*args)
        f.charge(cost(args, result) - 1)
        return result

    return charged


def folded(run: Run, plan: Plan) -> Plan:
    """A conversion of a constant is made once, for nothing."""
    value = run(plan(NO_FRAME))
    return lambda f: value


def chosen(planner: Planner, node: Call, nodes: Sequence[Node]) -> Run:
    """The function to run: known now, or found by the values."""
    known = {each.id: each for each in planner.names.overloads(node.function)}
    candidates = [known[id] for id in node.overloads]
    sure = not planner.names.nulls and all(
        each.type is not None and each.type.kind not in UNSURE for each in nodes
    )
    if len(candidates) == 1 and (sure or not candidates[0].args):
        return candidates[0].run
    return Dispatcher(node.function, candidates)


class Dispatcher:
    """The overload whose kinds are those of the values; found once for each combination."""

    __slots__ = ("_candidates", "_function", "_known")

    def __init__(self, function: str, candidates: Sequence[Overload]) -> None:
        self._function, self._candidates = function, candidates
        self._known: dict[tuple[type, ...], Run] = {}

    def __call__(self, *args: Any) -> Any:
        found = self._known.get(tuple(map(type, args)))
        return (found or self.find(args))(*args)

    def find(self, args: Sequence[Any]) -> Run:
        """Raises CelError."""
        kinds = tuple(map(type, args))
        found = self._known.get(kinds)
        if found is None:
            fits = (o for o in self._candidates if all(map(accepts, o.args, args)))
            first = next(fits, None)
            if first is None:
                raise misfit(self._function, args)
            found = self._known[kinds] = first.run
        return found


def accepts(wanted: Type, value: Any) -> bool:
    if wanted.kind in ("dyn", "param"):
        return True
    kind = kind_of(value)
    if wanted.kind == "map":
        return kind in ("map", "struct")
    return kind == (wanted.name if wanted.kind == "opaque" else wanted.kind)


def conjunction(planner: Planner, node: Call) -> Plan:
    return logic([planner.plan(arg) for arg in node.args], decisive=False)


def disjunction(planner: Planner, node: Call) -> Plan:
    return logic([planner.plan(arg) for arg in node.args], decisive=True)


def logic(plans: Sequence[Plan], decisive: bool) -> Plan:
    """A decisive term forgives the errors of the others; else the first error counts."""

    def decided(f: Frame) -> bool:
        failed: CelError | None = None
        for plan in plans:
            try:
                value = plan(f)
            except CelError as error:
                failed = failed or error
                continue
            if value is decisive:
                return decisive
            if type(value) is not bool:
                failed = failed or no_overload()
        if failed is not None:
            raise failed
        return not decisive

    return decided


def conditional(planner: Planner, node: Call) -> Plan:
    test, chosen, other = (planner.plan(arg) for arg in node.args)
    cheaper = [1 if is_attribute(arg) and not is_conditional(arg) else 0 for arg in node.args]

    def decided(f: Frame) -> Any:
        value = test(f)
        if value is True:
            f.cost -= cheaper[1]
            return chosen(f)
        if value is False:
            f.cost -= cheaper[2]
            return other(f)
        raise no_overload()

    return decided


def is_conditional(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "_?_:_"


def alternative(planner: Planner, node: Call) -> Plan:
    """``a.or(b)``, ``a.orValue(b)``: the second only where it is needed."""
    if node.target is None:
        raise AssertionError(node.function)
    first, second = planner.plan(node.target), planner.plan(node.args[0])
    unwrap = node.function == "orValue"

    def decided(f: Frame) -> Any:
        value = first(f)
        if type(value) is not Optional:
            raise no_overload()
        if value.present:
            return value.value if unwrap else value
        return second(f)

    return decided


def membership(planner: Planner, node: Call) -> Plan:
    """``x in ['a', 'b']`` of constants is a set, and costs nothing."""
    item, container = node.args
    if not isinstance(container, ListNode) or not constants(container):
        return ordinary(planner, node)
    plan = planner.plan(item)
    members = {frozen(each.value) for each in container.elements if isinstance(each, Literal)}
    return lambda f: frozen(plan(f)) in members


def constants(node: ListNode) -> bool:
    return not node.optional and all(
        isinstance(each, Literal) and type(each.value) is not bytes for each in node.elements
    )


def ordinary(planner: Planner, node: Call) -> Plan:
    plans = [planner.plan(arg) for arg in node.args]
    cost = cost_of(node.function, node.overloads)
    run = chosen(planner, node, node.args)
    return sized(run, plans, cost, False) if cost else plain(run, plans)


def comparison(negated: bool) -> Callable[[Planner, Call], Plan]:
    def planned(planner: Planner, node: Call) -> Plan:
        left, right = (planner.plan(arg) for arg in node.args)
        cost = cost_of("_==_", ("equals",)) if not negated else cost_of("_!=_", ("not_equals",))
        assert cost is not None

        def compared(f: Frame) -> bool:
            f.cost += 1  # also where a side fails
            one, other = left(f), right(f)
            kind = type(one)
            if kind is type(other) and kind in QUICK:
                return (one == other) is not negated
            f.charge(cost((one, other), None) - 1)
            return equal(one, other) is not negated

        return compared

    return planned


PATTERNS = ("find", "findAll")
UNSURE = ("dyn", "null")  # null fits many types, and has nothing of them
QUICK = frozenset((int, bool, float, type(None)))
SPECIAL: dict[str, Callable[[Planner, Call], Plan]] = {
    "_&&_": conjunction,
    "_||_": disjunction,
    "_?_:_": conditional,
    "_==_": comparison(negated=False),
    "_!=_": comparison(negated=True),
    "@in": membership,
    "or": alternative,
    "orValue": alternative,
} | dict.fromkeys(INDEXING, index)
