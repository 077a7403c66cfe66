"""What is wrong with a Job's policies: which failures count, and what success is enough.

Source: ``pkg/apis/batch/validation/validation.go`` (validatePodFailurePolicy,
validateSuccessPolicy).
"""

from collections.abc import Collection, Iterator, Sequence

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    invalid,
    not_supported,
    required,
    too_long,
)
from onggi.api.gotext import quote
from onggi.api.objects import View, get
from onggi.kinds.batch import indexes
from onggi.kinds.checks import named, non_negative, too_many

ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
OPERATORS = ("In", "NotIn")
STATUSES = ("False", "True", "Unknown")
MOST_RULES = MOST_PATTERNS = 20
MOST_CODES = 255
LONGEST_INDEXES = 64 * 1024


def check_failure_policy(spec: View, path: str) -> Iterator[FieldError]:
    policy = spec.get("podFailurePolicy")
    if policy is None:
        return
    rules = policy.get("rules") or ()
    if len(rules) > MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), MOST_RULES)
    fields = ("containers", "initContainers")
    pod = get(spec, "template.spec") or {}
    containers = {c.get("name") for field in fields for c in pod.get(field) or ()}
    for place, rule in enumerate(rules):
        at = f"{path}.rules[{place}]"
        yield from check_action(rule, spec, f"{at}.action")
        yield from check_rule(rule, containers, at)


def check_action(rule: View, spec: View, path: str) -> Iterator[FieldError]:
    action = rule.get("action") or ""
    yield from one_of(action, ACTIONS, path)
    if action == "FailIndex" and spec.get("backoffLimitPerIndex") is None:
        yield invalid(path, action, "requires the backoffLimitPerIndex to be set")


def one_of(value: str, allowed: Sequence[str], path: str) -> Iterator[FieldError]:
    if not value:
        yield required(path, f"valid values: [{' '.join(map(quote, allowed))}]")
    elif value not in allowed:
        yield not_supported(path, value, allowed)


def check_rule(rule: View, containers: Collection[str], path: str) -> Iterator[FieldError]:
    codes, patterns = rule.get("onExitCodes"), rule.get("onPodConditions") or ()
    if codes is not None:
        yield from check_codes(codes, containers, f"{path}.onExitCodes")
    if patterns:
        yield from check_patterns(patterns, f"{path}.onPodConditions")
    if codes is not None and patterns:
        yield unshown(path, "specifying both OnExitCodes and OnPodConditions is not supported")
    if codes is None and not patterns:
        yield unshown(path, "specifying one of OnExitCodes and OnPodConditions is required")


def unshown(path: str, detail: str) -> FieldError:
    """Something is wrong whose value would only be in the way."""
    return FieldError("FieldValueInvalid", path, detail)


def check_patterns(patterns: Sequence[View], path: str) -> Iterator[FieldError]:
    if len(patterns) > MOST_PATTERNS:
        yield too_many(path, len(patterns), MOST_PATTERNS)
    for place, pattern in enumerate(patterns):
        at = f"{path}[{place}]"
        yield from named(f"{at}.type", pattern.get("type") or "", names.qualified_name)
        yield from one_of(pattern.get("status") or "", STATUSES, f"{at}.status")


def check_codes(codes: View, containers: Collection[str], path: str) -> Iterator[FieldError]:
    operator, name = codes.get("operator") or "", codes.get("containerName")
    values = codes.get("values") or []
    yield from one_of(operator, OPERATORS, f"{path}.operator")
    if name is not None and name not in containers:
        detail = "must be one of the container or initContainer names in the pod template"
        yield invalid(f"{path}.containerName", name, detail)
    if not values:
        yield invalid(f"{path}.values", list(values), "at least one value is required")
    elif len(values) > MOST_CODES:
        yield too_many(f"{path}.values", len(values), MOST_CODES)
    for place, value in enumerate(values):
        at = f"{path}.values[{place}]"
        if operator == "In" and value == 0:
            yield invalid(at, value, "must not be 0 for the In operator")
        if value in values[:place]:
            yield duplicate(at, value)
    if list(values) != sorted(values):
        yield invalid(f"{path}.values", list(values), "must be ordered")


def check_success_policy(spec: View, path: str) -> Iterator[FieldError]:
    policy = spec.get("successPolicy")
    if policy is None:
        return
    if spec.get("completionMode") != "Indexed":
        yield invalid(path, dict(policy), "requires indexed completion mode")
        return
    rules = policy.get("rules") or ()
    if not rules:
        detail = "at least one rules must be specified when the successPolicy is specified"
        yield required(f"{path}.rules", detail)
    if len(rules) > MOST_RULES:
        yield too_many(f"{path}.rules", len(rules), MOST_RULES)
    for place, rule in enumerate(rules):
        yield from check_success(rule, spec.get("completions") or 0, f"{path}.rules[{place}]")


def check_success(rule: View, completions: int, path: str) -> Iterator[FieldError]:
    text, count = rule.get("succeededIndexes"), rule.get("succeededCount")
    if text is None and count is None:
        detail = "at least one of succeededCount or succeededIndexes must be specified"
        yield required(path, detail)
    total = 0
    if text is not None:
        if len(text) > LONGEST_INDEXES:
            yield too_long(f"{path}.succeededIndexes", LONGEST_INDEXES)
        try:
            total = indexes.check(text, completions)
        except indexes.BadIndexes as error:
            detail = f"error parsing succeededIndexes: {error}"
            yield invalid(f"{path}.succeededIndexes", text, detail)
    if count is None:
        return
    at = f"{path}.succeededCount"
    yield from non_negative(at, count)
    if count > completions:
        which = "the number of specified completions"
        yield invalid(at, count, f"must be less than or equal to {completions} ({which})")
    if text is not None and count > total:
        which = "the number of indexes in the specified succeededIndexes field"
        yield invalid(at, count, f"must be less than or equal to {total} ({which})")
