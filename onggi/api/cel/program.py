"""Compiled expressions: checked, priced, and ready to run many times.

    env = Environment({"self": declared(schema), "now": TIMESTAMP})
    program = compile("self.replicas <= 5", env)        raises CelErrors
    program.evaluate({"self": {...}})                   the value; raises CelError, BudgetExceeded
    program.measure({"self": {...}}, limit)             the value and what it cost
    program.estimate()                                  what it may cost, by the schemas' sizes

A program never changes; ``compile`` remembers the latest ones of each environment.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from onggi.api.cel.attributes import select
from onggi.api.cel.calls import call
from onggi.api.cel.checker import check
from onggi.api.cel.environment import Environment
from onggi.api.cel.errors import BudgetExceeded, CelError, CelErrors, Issue, NotInstantiated
from onggi.api.cel.estimate import estimate
from onggi.api.cel.folds import comprehension
from onggi.api.cel.frame import Frame
from onggi.api.cel.parser import parse
from onggi.api.cel.plan import Planner, ident, list_literal, literal, map_literal, struct
from onggi.api.cel.sizes import UNKNOWN, Range
from onggi.api.cel.syntax import (
    Call,
    Comprehension,
    Ident,
    ListNode,
    Literal,
    MapNode,
    Select,
    Struct,
    walk,
)
from onggi.api.cel.types import Type
from onggi.api.cel.validators import validate

PER_CALL = 1_000_000
HANDLERS: Mapping[type, Any] = {
    Literal: literal, Ident: ident, Select: select, Call: call, ListNode: list_literal,
    MapNode: map_literal, Struct: struct, Comprehension: comprehension,
}  # fmt: skip


class Measured(NamedTuple):
    value: Any
    cost: int


class Program:
    """One expression in one environment. ``type`` is that of its value."""

    def __init__(self, source: str, environment: Environment) -> None:
        self.source = source
        self.environment = environment
        self._root = parse(source)
        self.type: Type = check(self._root, environment, source)
        validate(self._root, source)
        planner = Planner(environment, HANDLERS)
        try:
            self._plan = planner.plan(self._root)
        except CelError as error:
            raise NotInstantiated(str(error), source) from None
        self._slots = planner.slots

    def evaluate(self, values: Mapping[str, Any], limit: int = PER_CALL) -> Any:
        """The value; CelError or BudgetExceeded, which say what it had cost."""
        return self.measure(values, limit).value

    def measure(self, values: Mapping[str, Any], limit: int = PER_CALL) -> Measured:
        frame = Frame(values, self._slots, limit)
        try:
            value = self._plan(frame)
        except CelError as error:
            if frame.cost > limit:
                raise BudgetExceeded(frame.cost) from None
            error.cost = frame.cost
            raise
        except RecursionError:
            raise CelError("expression recursion limit exceeded") from None
        if frame.cost > limit:
            raise BudgetExceeded(frame.cost)
        return Measured(value, frame.cost)

    def estimate(self) -> Range:
        """The least and the most that it may cost, by the sizes that schemas allow."""
        try:
            return estimate(self._root, self.environment)
        except RecursionError:
            return UNKNOWN

    def uses(self, variable: str) -> bool:
        """Whether the expression names an outer variable."""
        return any(
            isinstance(node, Ident) and node.name.removeprefix(".") == variable
            for node in walk(self._root)
        )


@lru_cache(maxsize=2048)
def compile(source: str, environment: Environment) -> Program:
    """Raises ``CelErrors``. The same program for the same text in the same environment."""
    try:
        return Program(source, environment)
    except RecursionError:
        raise CelErrors([Issue(-1, "expression recursion limit exceeded")], source) from None
