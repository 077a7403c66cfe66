"""Where a pod may run: tolerations, node and pod affinity, spreading.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateTolerations, validateAffinity,
validateTopologySpreadConstraints).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, duplicate, forbidden, invalid, required
from onggi.api.objects import View
from onggi.api.selectors import check_label_selector
from onggi.kinds.checks import NOT_POSITIVE, choice, named, node_name, optional_choice

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
WEIGHT = "must be in the range 1-100"
NO_SELECTOR = "must not be specified when labelSelector is not set"
TWICE = "exists in both matchLabelKeys and labelSelector"


def check_tolerations(tolerations: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, toleration in enumerate(tolerations):
        yield from check_toleration(toleration, f"{path}[{index}]")


def check_toleration(toleration: View, path: str) -> Iterator[FieldError]:
    key, operator = toleration.get("key") or "", toleration.get("operator") or ""
    effect, value = toleration.get("effect") or "", toleration.get("value") or ""
    if key:
        yield from named(f"{path}.key", key, names.label_key)
    elif operator != "Exists":
        detail = (
            'operator must be Exists when `key` is empty, which means "match all values and '
            'all keys"'
        )
        yield invalid(f"{path}.operator", operator, detail)
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        detail = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield invalid(f"{path}.effect", effect, detail)
    if operator in ("", "Equal"):
        if messages := names.label_value(value):
            yield invalid(f"{path}.operator", value, ";".join(messages))
    elif operator == "Exists":
        if value:
            detail = "value must be empty when `operator` is 'Exists'"
            yield invalid(f"{path}.operator", value, detail)
    else:
        yield from choice(f"{path}.operator", operator, ("Equal", "Exists"))
    if effect:
        yield from choice(f"{path}.effect", effect, EFFECTS)


def check_affinity(affinity: View, path: str) -> Iterator[FieldError]:
    node = affinity.get("nodeAffinity") or {}
    at = f"{path}.nodeAffinity"
    if (selector := node.get(REQUIRED)) is not None:
        yield from check_node_selector(selector, f"{at}.{REQUIRED}")
    for index, term in enumerate(node.get(PREFERRED) or ()):
        yield from check_weight(term, f"{at}.{PREFERRED}[{index}]")
        preference = term.get("preference") or {}
        yield from check_node_term(
            preference, f"{at}.{PREFERRED}[{index}].preference", values=False
        )
    for side in ("podAffinity", "podAntiAffinity"):
        yield from check_pod_affinity(affinity.get(side) or {}, f"{path}.{side}")


def check_pod_affinity(affinity: View, path: str) -> Iterator[FieldError]:
    for index, term in enumerate(affinity.get(REQUIRED) or ()):
        yield from check_pod_term(term, f"{path}.{REQUIRED}[{index}]")
    for index, weighted in enumerate(affinity.get(PREFERRED) or ()):
        at = f"{path}.{PREFERRED}[{index}]"
        yield from check_weight(weighted, at)
        yield from check_pod_term(weighted.get("podAffinityTerm") or {}, f"{at}.podAffinityTerm")


def check_weight(term: View, path: str) -> Iterator[FieldError]:
    weight = term.get("weight") or 0
    if not 1 <= weight <= 100:
        yield invalid(f"{path}.weight", weight, WEIGHT)


def check_node_selector(selector: View, path: str) -> Iterator[FieldError]:
    terms = selector.get("nodeSelectorTerms") or ()
    if not terms:
        yield required(f"{path}.nodeSelectorTerms", "must have at least one node selector term")
    for index, term in enumerate(terms):
        yield from check_node_term(term, f"{path}.nodeSelectorTerms[{index}]", values=True)


def check_node_term(term: View, path: str, *, values: bool) -> Iterator[FieldError]:
    """``values``: whether label values are checked too (a preference may hope for any)."""
    for index, item in enumerate(term.get("matchExpressions") or ()):
        yield from check_node_expression(item, f"{path}.matchExpressions[{index}]", values=values)
    for index, item in enumerate(term.get("matchFields") or ()):
        yield from check_node_field(item, f"{path}.matchFields[{index}]")


def check_node_expression(item: View, path: str, *, values: bool) -> Iterator[FieldError]:
    operator, given = item.get("operator") or "", item.get("values") or ()
    if operator in ("In", "NotIn"):
        if not given:
            detail = "must be specified when `operator` is 'In' or 'NotIn'"
            yield required(f"{path}.values", detail)
    elif operator in ("Exists", "DoesNotExist"):
        if given:
            detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield forbidden(f"{path}.values", detail)
    elif operator in ("Gt", "Lt"):
        if len(given) != 1:
            detail = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            yield required(f"{path}.values", detail)
    else:
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    yield from named(f"{path}.key", item.get("key") or "", names.label_key)
    if values:
        for index, value in enumerate(given):
            yield from named(f"{path}.values[{index}]", value, names.label_value)


def check_node_field(item: View, path: str) -> Iterator[FieldError]:
    operator, given, key = item.get("operator") or "", item.get("values") or (), item.get("key")
    if operator not in ("In", "NotIn"):
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    elif len(given) != 1:
        detail = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        yield required(f"{path}.values", detail)
    if key != "metadata.name":
        yield invalid(f"{path}.key", key or "", "not a valid field selector key")
        return
    for index, value in enumerate(given):
        yield from named(f"{path}.values[{index}]", value, node_name)


def check_pod_term(term: View, path: str) -> Iterator[FieldError]:
    selector = term.get("labelSelector")
    yield from check_label_selector(selector, f"{path}.labelSelector")
    yield from check_label_selector(term.get("namespaceSelector"), f"{path}.namespaceSelector")
    for name in term.get("namespaces") or ():
        yield from named(f"{path}.namespace", name, names.dns_label)
    yield from check_label_keys(term, selector, path)
    topology = term.get("topologyKey") or ""
    if not topology:
        yield required(f"{path}.topologyKey", "can not be empty")
    yield from named(f"{path}.topologyKey", topology, names.label_key)


def check_label_keys(term: View, selector: View | None, path: str) -> Iterator[FieldError]:
    match, mismatch = term.get("matchLabelKeys") or [], term.get("mismatchLabelKeys") or []
    for field, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        if keys and selector is None:
            yield forbidden(f"{path}.{field}", NO_SELECTOR)
        elif keys:
            for index, key in enumerate(keys):
                yield from named(f"{path}.{field}[{index}]", key, names.label_key)
    yield from check_doubled(selector or {}, match, path)
    for index, key in enumerate(match):
        if key in mismatch:
            detail = "exists in both matchLabelKeys and mismatchLabelKeys"
            yield invalid(f"{path}.matchLabelKeys[{index}]", key, detail)


def check_doubled(selector: View, keys: Sequence[str], path: str) -> Iterator[FieldError]:
    """The selector holds each key once already: the server has put it there."""
    seen = set(selector.get("matchLabels") or ())
    for expression in selector.get("matchExpressions") or ():
        key = expression.get("key")
        if key in keys and key in seen:
            yield invalid(f"{path}[{list(keys).index(key)}]", key, TWICE)
        seen.add(key)


def check_spreading(constraints: Sequence[View], path: str) -> Iterator[FieldError]:
    for index, constraint in enumerate(constraints):
        yield from check_constraint(constraint, f"{path}[{index}]")
        pair = spread_pair(constraint)
        if pair in map(spread_pair, constraints[index + 1 :]):
            at = f"{path}[{index}].{{topologyKey, whenUnsatisfiable}}"
            yield duplicate(at, f"{{{pair[0]}, {pair[1]}}}")


def spread_pair(constraint: View) -> tuple[Any, Any]:
    return constraint.get("topologyKey") or "", constraint.get("whenUnsatisfiable") or ""


def check_constraint(constraint: View, path: str) -> Iterator[FieldError]:
    skew, action = constraint.get("maxSkew") or 0, constraint.get("whenUnsatisfiable") or ""
    if skew <= 0:
        yield invalid(f"{path}.maxSkew", skew, NOT_POSITIVE)
    if not constraint.get("topologyKey"):
        yield required(f"{path}.topologyKey", "can not be empty")
    actions = ("DoNotSchedule", "ScheduleAnyway")
    yield from optional_choice(f"{path}.whenUnsatisfiable", action, actions)
    domains = constraint.get("minDomains")
    if domains is not None:
        if domains <= 0:
            yield invalid(f"{path}.minDomains", domains, NOT_POSITIVE)
        if action != "DoNotSchedule":
            detail = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
            yield invalid(f"{path}.minDomains", domains, detail)
    for field in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        yield from optional_choice(f"{path}.{field}", constraint.get(field), ("Honor", "Ignore"))
    yield from check_spread_keys(constraint, path)
    yield from check_label_selector(constraint.get("labelSelector"), f"{path}.labelSelector")


def check_spread_keys(constraint: View, path: str) -> Iterator[FieldError]:
    keys, selector = constraint.get("matchLabelKeys") or (), constraint.get("labelSelector")
    if keys and selector is None:
        yield forbidden(f"{path}.matchLabelKeys", NO_SELECTOR)
    for index, key in enumerate(keys):
        yield from named(f"{path}.matchLabelKeys[{index}]", key, names.label_key)
    yield from check_doubled(selector or {}, list(keys), f"{path}.matchLabelKeys")
