"""The expressions of a definition's schema: that they compile, and what they may cost.

    check(schema, path) -> errors        of a schema whose structure is fine

The estimate assumes the longest strings and lists that the schema allows; what lies in lists or
maps counts as often as these can have members. Source:
``k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation`` (cel_validation.go,
validation.go).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from onggi.api.cel.declared import MAX_REQUEST, Declared, declared
from onggi.api.cel.environments import CRD_ESTIMATE, RULE_ESTIMATE
from onggi.api.cel.escaping import escape
from onggi.api.field_error import FieldError, forbidden, invalid
from onggi.api.objects import Object, View
from onggi.api.structural.rule import Rule, rules_of

RULES = "x-kubernetes-validations"
MOST = 2**64 - 1
WHOLE = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
CONTRIBUTED = (
    "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
)
UNTYPED = (
    "internal error: failed to construct type information for x-kubernetes-validations rules: "
    "unable to convert structural schema to CEL declarations"
)
UNUSED = "may not be set if oldSelf is not used in rule"
SIMPLER = (
    "(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, "
    "maps, and strings are declared)"
)


@dataclass
class Total:
    """What all rules may cost together, and the places of the dearest."""

    cost: int = 0
    dearest: list[tuple[int, str]] = field(default_factory=list)

    def add(self, path: str, cost: int) -> None:
        self.cost = min(self.cost + cost, MOST)
        if cost >= CRD_ESTIMATE // 100:
            self.dearest = sorted([*self.dearest, (cost, path)], key=lambda each: -each[0])[:4]


@dataclass(frozen=True)
class Place:
    """``count`` is how often such a value can be there, None if nothing limits that; ``fixed``
    names the place above whose values cannot be told from their former selves."""

    path: str
    given: Declared | None
    count: int | None = 1
    fixed: str = ""

    def under(self, part: str, given: Declared | None, factor: int | None = 1) -> "Place":
        count = None if self.count is None or factor is None else min(self.count * factor, MOST)
        return replace(self, path=f"{self.path}.{part}", given=given, count=count)


def check(schema: View, path: str) -> Iterator[FieldError]:
    total = Total()
    yield from check_place(schema, Place(path, declared(schema, root=True)), total)
    if total.cost > CRD_ESTIMATE:
        yield from (forbidden(where, CONTRIBUTED) for _, where in total.dearest)
        yield forbidden(path, exceeds(WHOLE, total.cost, CRD_ESTIMATE))


def check_place(schema: View, place: Place, total: Total) -> Iterator[FieldError]:
    others, items = schema.get("additionalProperties"), schema.get("items")
    item = place.given.item if place.given else None
    if isinstance(others, Mapping):
        below = place.under("additionalProperties", known(others, item), limit(schema))
        yield from check_place(others, below, total)
    for name, inner in (schema.get("properties") or {}).items():
        given = known(inner, property_of(place.given, name))
        below = place.under(f"properties[{name}]", given, limit(schema))
        yield from check_place(inner, below, total)
    if isinstance(items, Mapping):
        below = place.under("items", known(items, item), limit(schema))
        if schema.get("x-kubernetes-list-type") != "map":
            below = replace(below, fixed=place.fixed or place.path)
        yield from check_place(items, below, total)
    if written := schema.get(RULES):
        if place.given is None:
            yield FieldError("InternalError", f"{place.path}.{RULES}", UNTYPED)
            return
        for index, rule in enumerate(rules_of(written, place.given)):
            at = replace(place, path=f"{place.path}.{RULES}[{index}]")
            yield from check_rule(rule, at, total)


def known(schema: Any, given: Declared | None) -> Declared | None:
    """What the parent knows of it, else what it says itself."""
    if given is not None or not isinstance(schema, Mapping):
        return given
    return declared(schema, root=bool(schema.get("x-kubernetes-embedded-resource")))


def property_of(given: Declared | None, name: str) -> Declared | None:
    escaped = escape(name)
    return given.fields.get(escaped) if given and escaped else None


def limit(schema: View) -> int | None:
    """How many values a schema lets stand in one place of its own."""
    kind = schema.get("type")
    if kind == "array":
        return positive(schema.get("maxItems"))
    if kind == "object" and schema.get("additionalProperties") is not None:
        return positive(schema.get("maxProperties"))
    return 1


def positive(most: int | None) -> int | None:
    return None if most is None else max(most, 0)


def check_rule(rule: Rule, place: Place, total: Total) -> Iterator[FieldError]:
    at = f"{place.path}.rule"
    if rule.problem:
        yield invalid(at, shown(rule), rule.problem)
        return
    yield from check_cost(rule, place, total)
    if rule.unspoken:
        yield invalid(f"{place.path}.messageExpression", shown(rule), rule.unspoken)
    if rule.uses_old and place.fixed:
        portion = f"uncorrelatable portion of the schema within {place.fixed}"
        yield invalid(at, rule.written["rule"], f"oldSelf cannot be used on the {portion}")
    elif not rule.uses_old and rule.written.get("optionalOldSelf") is not None:
        path = f"{place.path}.optionalOldSelf"
        yield invalid(path, rule.written["optionalOldSelf"], UNUSED)


def shown(rule: Rule) -> Object:
    """In the order, and with the empty fields, of upstream's struct."""
    given = rule.written
    return {
        "Rule": given.get("rule", ""),
        "Message": given.get("message", ""),
        "MessageExpression": given.get("messageExpression", ""),
        "Reason": given.get("reason"),
        "FieldPath": given.get("fieldPath", ""),
        "OptionalOldSelf": given.get("optionalOldSelf"),
    }


def check_cost(rule: Rule, place: Place, total: Total) -> Iterator[FieldError]:
    assert place.given is not None
    often = place.count
    if often is None:
        often = MAX_REQUEST // (place.given.min_size + 1)
    costs = [("rule", "estimated rule cost", rule.program.estimate().max * often)]
    if rule.speaker is not None:
        cost = rule.speaker.estimate().max
        costs.append(("messageExpression", "estimated messageExpression cost", cost))
    for part, name, cost in costs:
        if cost > RULE_ESTIMATE:
            yield forbidden(f"{place.path}.{part}", exceeds(name, min(cost, MOST), RULE_ESTIMATE))
        total.add(f"{place.path}.{part}", min(cost, MOST))


def exceeds(name: str, cost: int, most: int) -> str:
    factor = cost / most
    shown = f"{factor:.1f}x" if factor >= 1.5 else f"{factor:f}x"
    shown = "more than 100x" if factor > 100 else shown
    return f"{name} exceeds budget by factor of {shown} {SIMPLER}"
