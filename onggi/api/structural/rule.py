"""One rule of x-kubernetes-validations, compiled.

Source: ``…/apiserver/schema/cel/compilation.go``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from onggi.api.cel.declared import Declared
from onggi.api.cel.environment import Environment
from onggi.api.cel.environments import rules as environment
from onggi.api.cel.errors import CelErrors
from onggi.api.cel.program import Program, compile
from onggi.api.cel.types import BOOL, STRING
from onggi.api.objects import View

NEVER = Program("false", Environment({}))
NO_BOOL = "cel expression must evaluate to a bool"
NO_STRING = "messageExpression must evaluate to a string"


@dataclass(frozen=True)
class Rule:
    """``problem`` says why there is no ``program``, ``unspoken`` why there is no ``speaker``
    though there is a messageExpression."""

    written: View
    program: Program = NEVER
    speaker: Program | None = None
    problem: str = ""
    unspoken: str = ""

    @cached_property
    def uses_old(self) -> bool:
        return self.program.uses("oldSelf")

    @property
    def optional(self) -> bool:
        """``oldSelf`` may be absent."""
        return bool(self.written.get("optionalOldSelf"))

    @property
    def shown(self) -> str:
        """How messages call the rule."""
        return str(self.written.get("message") or self.written.get("rule") or "").strip()

    @property
    def message(self) -> str:
        given = (self.written.get("message") or "").strip()
        return given or f"failed rule: {self.shown}"

    @property
    def reason(self) -> str:
        return self.written.get("reason") or "FieldValueInvalid"

    @property
    def path(self) -> str:
        """Of a field below, with its name in quotes where that needs it."""
        return str(self.written.get("fieldPath") or "").removeprefix(".")


def rules_of(written: Sequence[View], given: Declared) -> tuple[Rule, ...]:
    """Those without an expression are none."""
    environments = {optional: environment(given, optional) for optional in (False, True)}
    found = []
    for rule in written:
        if (rule.get("rule") or "").strip():
            found.append(compiled(rule, environments[bool(rule.get("optionalOldSelf"))]))
    return tuple(found)


def compiled(rule: View, env: Environment) -> Rule:
    try:
        program = compile(rule["rule"], env)
    except CelErrors as errors:
        return Rule(rule, problem=f"{errors.stage}: {errors}")
    if program.type != BOOL:
        return Rule(rule, problem=NO_BOOL)
    expression = rule.get("messageExpression") or ""
    if not expression:
        return Rule(rule, program)
    try:
        speaker = compile(expression, env)
    except CelErrors as errors:
        return Rule(rule, program, unspoken=f"messageExpression {errors.stage}: {errors}")
    if speaker.type != STRING:
        return Rule(rule, program, unspoken=NO_STRING)
    return Rule(rule, program, speaker)
