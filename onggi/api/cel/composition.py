"""The expressions of one admission policy: compiled together, since they share variables, and run
together, since they share a budget.

    composed = Composition(variables, params=True)
    rule = composed.expression("variables.x > 3", (BOOL,))       an Expression; never raises
    run = composed.run(values, BUDGET)
    run.evaluate(rule)                              the value; raises Failed, OutOfBudget

Source: ``k8s.io/apiserver/pkg/admission/plugin/cel`` (compile.go, composition.go, activation.go).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onggi.api.cel.declared import Declared
from onggi.api.cel.environment import Environment, untouched
from onggi.api.cel.environments import PER_CALL, admission
from onggi.api.cel.errors import BudgetExceeded, CelError, CelErrors
from onggi.api.cel.program import Program, compile
from onggi.api.cel.types import DYN, Type, struct
from onggi.api.cel.values import UNSET, ObjectValue

VARIABLES = "kubernetes.variables"
NAMES = {"null": "null_type", "duration": "google.protobuf.Duration",
         "timestamp": "google.protobuf.Timestamp"}  # fmt: skip
BROKE = (
    "validation failed due to running out of cost budget, no further validation rules will be run"
)
KNOWN = ("bool", "bytes", "double", "duration", "int", "null", "string", "timestamp", "uint",
         "list", "map")  # fmt: skip


class Failed(Exception):
    """An expression that has no value; the text is upstream's."""


class OutOfBudget(Exception):
    """All that one request may cost is spent."""

    def __init__(self) -> None:
        super().__init__(BROKE)


@dataclass(frozen=True, slots=True)
class Expression:
    """``error`` says why there is no program."""

    source: str
    program: Program | None = None
    error: str = ""


class Composition:
    """``variables`` are (name, expression), each of which may use those before."""

    def __init__(
        self,
        variables: Iterable[tuple[str, str]] = (),
        params: bool = False,
        objects: Mapping[str, Declared] | None = None,
    ) -> None:
        """``objects`` are types in place of ``dyn``, for checking types: object, params."""
        self.params = params
        self.objects = dict(objects or {})
        # What is only checked is not remembered: such types are large.
        self._compile = compile.__wrapped__ if objects else compile
        self.variables: dict[str, Expression] = {}
        self._types: dict[str, Declared] = {}
        self._environments: dict[tuple[bool, bool], Environment] = {}
        for name, source in variables:
            self.variables[name] = made = self.expression(source, ())
            self._types[name] = Declared(variable_type(made), untouched)
            self._environments.clear()

    def expression(
        self, source: str, wanted: Sequence[Type], rights: bool = True, patches: bool = False
    ) -> Expression:
        """``wanted`` are the types it may have; any, where there are none."""
        try:
            program = self._compile(source, self.environment(rights, patches))
        except CelErrors as error:
            return Expression(source, error=f"{error.stage}: {error}")
        if wanted and program.type not in wanted:
            return Expression(source, error=misfit(program.type, wanted))
        return Expression(source, program)

    def environment(self, rights: bool, patches: bool) -> Environment:
        found = self._environments.get((rights, patches))
        if found is None:
            plain = admission(self.params, rights, patches)
            more: dict[str, Type | Declared] = dict(self.objects)
            if self._types:
                fields = dict(self._types)
                more["variables"] = Declared(struct(VARIABLES), untouched, fields=fields)
            found = self._environments[rights, patches] = plain.extended(more) if more else plain
        return found

    def run(self, values: Mapping[str, Any], budget: int) -> "Run":
        return Run(self, values, budget)


class Run:
    """All evaluations for one request: variables are worked out once, costs add up."""

    def __init__(self, composed: Composition, values: Mapping[str, Any], budget: int) -> None:
        self.composed, self.budget = composed, budget
        self.values = {**values, "variables": Lazy(self)}

    def evaluate(self, expression: Expression) -> Any:
        """Raises Failed, OutOfBudget."""
        if expression.program is None:
            raise Failed(f"compilation error: {expression.error}")
        try:
            value, cost = expression.program.measure(self.values, PER_CALL)
        except (CelError, BudgetExceeded) as error:
            self.spend(error.cost)
            text = f"expression '{expression.source}' resulted in error: {error}"
            raise Failed(text) from None
        self.spend(cost)
        return value

    def spend(self, cost: int) -> None:
        self.budget -= cost
        if self.budget < 0:
            raise OutOfBudget


class Lazy(ObjectValue):
    """``variables``: each worked out when it is first asked for, and never again."""

    __slots__ = ("run",)

    def __init__(self, run: Run) -> None:
        super().__init__({}, struct(VARIABLES), {})
        self.run = run

    def find(self, name: str) -> Any:
        if name in self._known:
            value = self._known[name]
            if isinstance(value, CelError):
                raise value
            return value
        expression = self.run.composed.variables.get(name)
        if expression is None:
            return UNSET
        try:
            value = self._known[name] = self._value(name, expression)
        except CelError as error:
            self._known[name] = error
            raise
        return value

    def _value(self, name: str, expression: Expression) -> Any:
        if expression.program is None:
            raise CelError(f'composited variable "{name}" fails to compile: {expression.error}')
        try:
            value, cost = expression.program.measure(self.run.values, PER_CALL)
        except (CelError, BudgetExceeded) as error:
            self.run.spend(error.cost)
            text = f'composited variable "{name}" fails to evaluate: {error}'
            raise CelError(text) from None
        self.run.spend(cost)
        return value


def variable_type(expression: Expression) -> Type:
    """As the expressions after it see a variable: what has fields is ``dyn`` to them."""
    found = expression.program.type if expression.program else DYN
    return found if found.kind in KNOWN else DYN


def misfit(given: Type, wanted: Sequence[Type]) -> str:
    if len(wanted) == 1:
        return f"must evaluate to {shown(wanted[0])} but got {shown(given)}"
    names = " ".join(map(shown, wanted))
    return f"must evaluate to one of [{names}] but got {shown(given)}"


def shown(t: Type) -> str:
    """As types are written at run time."""
    if t.params:
        name = t.name or t.kind
        return f"{name}({', '.join(map(shown, t.params))})"
    return NAMES.get(t.kind, t.name or t.kind)
