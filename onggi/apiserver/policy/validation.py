"""What one ValidatingAdmissionPolicy says of one write: decisions and audit annotations. Pure.

Source: ``k8s.io/apiserver/pkg/admission/plugin/policy/validating/validator.go``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onggi.api.cel.composition import Composition, Expression, Failed, OutOfBudget, Run
from onggi.api.cel.environments import LONGEST_MESSAGE, MATCH_BUDGET, RULES_BUDGET
from onggi.api.cel.types import BOOL, NULL, STRING
from onggi.api.objects import View
from onggi.apiserver.policy.conditions import ConditionsFailed, matches
from onggi.kinds.admissionregistration.policies import composition, listed


@dataclass(frozen=True, slots=True)
class Rule:
    expression: Expression
    message: str
    message_expression: Expression | None
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy, compiled. ``notes`` are audit annotations: (key, expression)."""

    composed: Composition
    conditions: tuple[Expression, ...]
    rules: tuple[Rule, ...]
    notes: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule that does not hold; ``index`` is its place. No ``reason``: it could not be said."""

    message: str
    reason: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``failures`` are what validationActions are about; ``errors`` deny whatever these say."""

    failures: Sequence[Decision] = ()
    errors: Sequence[Decision] = ()
    notes: Sequence[tuple[str, str]] = ()


def compile_rules(spec: View) -> Rules:
    composed = composition(spec)
    return Rules(
        composed,
        compile_conditions(spec, composed),
        tuple(rule_of(written, composed) for written in listed(spec, "validations")),
        tuple(
            (note["key"], composed.expression(note["valueExpression"].strip(), (STRING, NULL)))
            for note in listed(spec, "auditAnnotations")
        ),
    )


def compile_conditions(spec: View, composed: Composition) -> tuple[Expression, ...]:
    written = listed(spec, "matchConditions")
    return tuple(composed.expression(each["expression"], (BOOL,)) for each in written)


def rule_of(written: View, composed: Composition) -> Rule:
    message = written.get("messageExpression") or ""
    return Rule(
        composed.expression(written["expression"], (BOOL,)),
        written.get("message") or "",
        composed.expression(message, (STRING,), rights=False) if message else None,
        written.get("reason") or "Invalid",
    )


def judge(rules: Rules, values: Mapping[str, Any], ignores: bool) -> Verdict:
    """``ignores``: what cannot be worked out counts as admitted."""
    try:
        # upstream's conditions see no namespace
        seen = {**values, "namespaceObject": None}
        if not matches(rules.conditions, rules.composed.run(seen, MATCH_BUDGET), ignores):
            return Verdict()
    except ConditionsFailed as failed:
        return Verdict(failures=[Decision(str(failed))])
    run = rules.composed.run(values, RULES_BUDGET)
    try:
        failures = decisions(rules.rules, run, ignores)
        noted = rules.composed.run(values, RULES_BUDGET)
        notes, errors = annotations(rules.notes, noted, ignores)
    except OutOfBudget as broke:
        return Verdict() if ignores else Verdict(failures=[Decision(str(broke))])
    return Verdict(failures, errors, notes)


def decisions(rules: Sequence[Rule], run: Run, ignores: bool) -> list[Decision]:
    """First all rules, then the messages of those that do not hold."""
    found: list[Decision] = []
    broken: list[tuple[int, Rule]] = []
    for index, rule in enumerate(rules):
        try:
            if run.evaluate(rule.expression) is not True:
                broken.append((index, rule))
        except Failed as failed:
            if not ignores:
                found.append(Decision(str(failed), "", index))
    for index, rule in broken:
        try:
            found.append(Decision(message_of(rule, run), rule.reason, index))
        except OutOfBudget as broke:
            if not ignores:
                found.append(Decision(f"failed messageExpression: {broke}", "", index))
    return sorted(found, key=lambda decision: decision.index)


def message_of(rule: Rule, run: Run) -> str:
    message = ""
    if rule.message_expression is not None:
        try:
            message = run.evaluate(rule.message_expression).strip()
        except Failed:
            message = ""
        if len(message.encode()) > LONGEST_MESSAGE or "\n" in message:
            message = ""
    message = message or rule.message.strip()
    return message or f"failed expression: {rule.expression.source.strip()}"


def annotations(
    notes: Sequence[tuple[str, Expression]], run: Run, ignores: bool
) -> tuple[list[tuple[str, str]], list[Decision]]:
    """What to note, and what went wrong with it."""
    found: list[tuple[str, str]] = []
    errors: list[Decision] = []
    for key, expression in notes:
        try:
            value = run.evaluate(expression)
        except Failed as failed:
            if not ignores:
                errors.append(Decision(str(failed)))
            continue
        if value is not None and value.strip():
            found.append((key, value.strip()))
    return found, errors
