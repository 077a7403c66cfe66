"""x-kubernetes-validations: the rules of a schema, compiled, and held against an object.

    rules = Rules(schema, root=True)               None of it where ``has_rules(schema)`` is false
    rules.check(new, old) -> list[FieldError]

Rules without ``oldSelf`` may stay broken where the value they are about has not changed.
Source: ``k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel`` (validation.go,
compilation.go).
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from onggi.api.cel.declared import Declared, declared
from onggi.api.cel.environments import PER_CALL, RULES_BUDGET
from onggi.api.cel.errors import BudgetExceeded, CelError
from onggi.api.cel.escaping import escape
from onggi.api.cel.values import NONE
from onggi.api.field_error import FieldError
from onggi.api.objects import View
from onggi.api.structural import rule_errors
from onggi.api.structural.absent import ABSENT
from onggi.api.structural.correlation import Trail, correlated
from onggi.api.structural.result import NOWHERE
from onggi.api.structural.rule import Rule, rules_of
from onggi.api.structural.rule_errors import Stop

RULES = "x-kubernetes-validations"


def has_rules(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    if schema.get(RULES):
        return True
    below = [schema.get("items"), schema.get("additionalProperties")]
    below += (schema.get("properties") or {}).values()
    return any(map(has_rules, below))


class Budget:
    """What all rules of one object may still cost."""

    def __init__(self) -> None:
        self.left = RULES_BUDGET

    def spend(self, cost: int, path: str, kind: str) -> None:
        """Raises Stop."""
        if cost > self.left:
            raise Stop(rule_errors.out_of_budget(path, kind))
        self.left -= cost


class Rules:
    """The rules of one place of a schema, and of those below."""

    def __init__(self, schema: View, given: Declared | None = None, root: bool = False) -> None:
        self.schema = schema
        self.kind: str = schema.get("type") or ""
        self.given = declared(schema, root=root) if given is None else given
        written = schema.get(RULES) or ()
        self.rules = rules_of(written, self.given) if self.given else ()

    def check(self, new: Any, old: Any = None, update: bool = False) -> list[FieldError]:
        """``update``: what is unchanged may stay as it is."""
        trail = Trail((new, old), None) if update else Trail(None, None)
        found: list[FieldError] = []
        try:
            for error in self._check(new, old, ("", trail), Budget()):
                found.append(error)
        except Stop as stop:
            found.append(stop.error)
        return found

    def _check(
        self, new: Any, old: Any, at: tuple[str, Trail], budget: Budget
    ) -> Iterator[FieldError]:
        path, trail = at
        if new is None:
            return
        for rule in self.rules:
            yield from self._evaluate(rule, new, old, at, budget)
        for inner in self.all_of:
            under = Trail(None, trail.nearest)
            yield from inner._check(new, old, (path, under), budget)
        if isinstance(new, list) and self.items:
            for index, item in enumerate(new):
                before = correlated(item, old, self.schema)
                below = f"{path}[{index}]", trail.item(item, self.schema)
                yield from self.items._check(item, or_none(before), below, budget)
        elif isinstance(new, dict):
            yield from self._check_fields(new, old, at, budget)

    def _check_fields(
        self, new: View, old: Any, at: tuple[str, Trail], budget: Budget
    ) -> Iterator[FieldError]:
        path, trail = at
        before = old if isinstance(old, Mapping) else {}
        for key, value in new.items():
            child, place = self.properties.get(key), f"{path}.{key}" if path else key
            if child is None and key not in (self.schema.get("properties") or {}):
                child, place = self.others, f"{path}[{key}]"
            if child is not None:
                below = place, trail.key(key)
                yield from child._check(value, before.get(key), below, budget)

    def _evaluate(
        self, rule: Rule, new: Any, old: Any, at: tuple[str, Trail], budget: Budget
    ) -> Iterator[FieldError]:
        path, trail = at
        where = path or NOWHERE
        if rule.problem:
            yield rule_errors.broken(where, self.kind, rule.problem)
            return
        if rule.uses_old and old is None and not rule.optional:
            return
        if budget.left <= 0:
            raise Stop(rule_errors.out_of_budget(where, self.kind))
        values = {"self": new, "oldSelf": NONE if old is None and rule.optional else old}
        try:
            holds, cost = rule.program.measure(values, PER_CALL)
        except BudgetExceeded as error:
            budget.spend(error.cost, where, self.kind)
            raise Stop(rule_errors.too_costly(where, self.kind, rule)) from None
        except CelError as error:
            budget.spend(error.cost, where, self.kind)
            yield rule_errors.failed(where, self.kind, rule, str(error))
            return
        budget.spend(cost, where, self.kind)
        if holds is not True and (rule.uses_old or not trail.is_unchanged):
            yield self._complaint(rule, values, path, budget)

    def _complaint(
        self, rule: Rule, values: Mapping[str, Any], path: str, budget: Budget
    ) -> FieldError:
        where = ".".join(filter(None, (path, rule.path))) or NOWHERE
        detail = self._said(rule, values, where, budget) or rule.message
        value = ABSENT if self.kind in ("object", "array") else values["self"]
        return rule_errors.complaint(where, value, detail, rule.reason)

    def _said(self, rule: Rule, values: Mapping[str, Any], where: str, budget: Budget) -> str:
        """What the messageExpression says; nothing where it fails."""
        if rule.speaker is None:
            return ""
        try:
            text, cost = rule.speaker.measure(values, PER_CALL)
        except BudgetExceeded:
            raise Stop(rule_errors.message_too_costly(where, self.kind, rule)) from None
        except CelError as error:
            budget.left -= error.cost
            return ""
        if cost > budget.left:
            raise Stop(rule_errors.message_out_of_budget(where, self.kind))
        budget.left -= cost
        return rule_errors.usable(text)

    @cached_property
    def properties(self) -> Mapping[str, "Rules"]:
        found = {}
        for name, schema in (self.schema.get("properties") or {}).items():
            inner = self._inner(schema, self._field(name))
            if inner is not None:
                found[name] = inner
        return found

    def _field(self, name: str) -> Declared | None:
        escaped = escape(name)
        known = self.given.fields if self.given else {}
        return known.get(escaped) if escaped else None

    @cached_property
    def items(self) -> "Rules | None":
        return self._inner(self.schema.get("items"), self.given.item if self.given else None)

    @cached_property
    def others(self) -> "Rules | None":
        item = self.given.item if self.given else None
        return self._inner(self.schema.get("additionalProperties"), item)

    @cached_property
    def all_of(self) -> list["Rules"]:
        """Nested schemas name no types: theirs are those of this place."""
        found = (s for s in self.schema.get("allOf") or () if has_rules(s))
        return [Rules({**s, "type": self.kind}, self.given) for s in found]

    def _inner(self, schema: Any, given: Declared | None) -> "Rules | None":
        if not has_rules(schema):
            return None
        return Rules(schema, given, bool(schema.get("x-kubernetes-embedded-resource")))


def or_none(value: Any) -> Any:
    return None if value is ABSENT else value
