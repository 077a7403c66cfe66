"""What admission policies and their bindings have in common: defaults, checks and columns.

Expressions are compiled with those before them, as they will run (``onggi.api.cel``, imported
with the first policy). Sources: ``pkg/apis/admissionregistration/{v1/defaults.go,
validation/validation.go}``, ``pkg/printers/internalversion/printers.go``.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from onggi.api import names
from onggi.api.field_error import (
    FieldError,
    duplicate,
    forbidden,
    invalid,
    not_supported,
    required,
)
from onggi.api.kind import Column
from onggi.api.objects import Object, View, get
from onggi.api.selectors import check_label_selector
from onggi.kinds.admissionregistration.rules import check_rule
from onggi.kinds.checks import choice, named, too_many
from onggi.kinds.fill import fill_absent, items

if TYPE_CHECKING:
    from onggi.api.cel.composition import Composition, Expression

FAIL, IGNORE = "Fail", "Ignore"
DENY, WARN, AUDIT = "Deny", "Warn", "Audit"
MOST_CONDITIONS = 64
UNSET = "<unset>"
_IDENTIFIER = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*", re.ASCII)
RESERVED = frozenset(
    ("true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function",
     "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while")
)  # fmt: skip


def default_policy(obj: Object) -> None:
    spec = obj.get("spec")
    if isinstance(spec, dict):
        fill_absent(spec, {"failurePolicy": FAIL})
        default_resources(spec.get("matchConstraints"))


def default_binding(obj: Object) -> None:
    spec = obj.get("spec")
    if isinstance(spec, dict):
        default_resources(spec.get("matchResources"))


def default_resources(resources: Any) -> None:
    if not isinstance(resources, dict):
        return
    fill_absent(
        resources, {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}
    )
    for name in ("resourceRules", "excludeResourceRules"):
        for rule in items(resources, name):
            fill_absent(rule, {"scope": "*"})


def composition(spec: View) -> "Composition":
    """The variables of a policy, compiled."""
    from onggi.api.cel.composition import Composition

    variables = [
        (v.get("name") or "", v.get("expression") or "") for v in listed(spec, "variables")
    ]
    return Composition(variables, params=bool(spec.get("paramKind")))


def listed(spec: View, name: str) -> Sequence[View]:
    found: Sequence[View] = spec.get(name) or ()
    return found


def check_policy(spec: View, old: View | None, composed: "Composition") -> Iterator[FieldError]:
    """All that both kinds of policies have; match conditions only where they changed."""
    yield from choice("spec.failurePolicy", spec.get("failurePolicy"), (FAIL, IGNORE))
    if kind := spec.get("paramKind"):
        yield from check_param_kind(kind, "spec.paramKind")
    constraints, path = spec.get("matchConstraints"), "spec.matchConstraints"
    if constraints is None:
        yield required(path)
    else:
        yield from check_resources(constraints, path)
        if not constraints.get("resourceRules"):
            yield required(f"{path}.resourceRules")
    compared = ("paramKind", "matchConditions")
    if old is None or any(spec.get(n) != old.get(n) for n in compared):
        yield from check_conditions(spec, "spec.matchConditions")
    yield from check_variables(listed(spec, "variables"), composed)


def check_param_kind(kind: View, path: str) -> Iterator[FieldError]:
    version, name = kind.get("apiVersion") or "", kind.get("kind") or ""
    if not version:
        yield required(f"{path}.apiVersion")
    elif version.count("/") > 1:
        why = f"unexpected GroupVersion string: {version}"
        yield invalid(f"{path}.apiVersion", version, why)
    else:
        group, _, plain = version.rpartition("/")
        for rule, part in ((names.dns_subdomain, group), (names.dns_1035_label, plain)):
            if part and (wrong := rule(part)):
                yield invalid(f"{path}.apiVersion", part, ",".join(wrong))
        if not plain:
            yield invalid(f"{path}.apiVersion", version, "version must be specified")
    if not name:
        yield required(f"{path}.kind")
    elif wrong := names.dns_1035_label(name.lower()):
        why = f"may have mixed case, but should otherwise match: {','.join(wrong)}"
        yield invalid(f"{path}.kind", name, why)


def check_resources(resources: View, path: str) -> Iterator[FieldError]:
    yield from choice(f"{path}.matchPolicy", resources.get("matchPolicy"), ("Equivalent", "Exact"))
    for name in ("namespaceSelector", "objectSelector"):
        if resources.get(name) is None:
            yield required(f"{path}.{name}")
        else:
            yield from check_label_selector(resources[name], f"{path}.{name}")
    for name in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(listed(resources, name)):
            at, seen = f"{path}.{name}[{index}]", set[str]()
            for place, given in enumerate(rule.get("resourceNames") or ()):
                yield from named(f"{at}.resourceNames[{place}]", given, names.path_segment)
                if given in seen:
                    yield duplicate(f"{at}.resourceNames[{place}]", given)
                seen.add(given)
            yield from check_rule(rule, at)


def check_conditions(spec: View, path: str) -> Iterator[FieldError]:
    """They see no variables."""
    from onggi.api.cel.composition import Composition
    from onggi.api.cel.types import BOOL

    composed = Composition(params=bool(spec.get("paramKind")))
    conditions, seen = listed(spec, "matchConditions"), set[str]()
    if len(conditions) > MOST_CONDITIONS:
        yield too_many(path, len(conditions), MOST_CONDITIONS)
    for index, condition in enumerate(conditions):
        at, name = f"{path}[{index}]", condition.get("name") or ""
        source = (condition.get("expression") or "").strip()
        if source:
            yield from compiled(composed.expression(source, (BOOL,)), f"{at}.expression")
        else:
            yield required(f"{at}.expression")
        if name:
            yield from named(f"{at}.name", name, names.label_key)
            if name in seen:
                yield duplicate(f"{at}.name", name)
        else:
            yield required(f"{at}.name")
        seen.add(name)


def compiled(expression: "Expression", path: str, shown: str | None = None) -> Iterator[FieldError]:
    if expression.error:
        yield invalid(path, expression.source if shown is None else shown, expression.error)


def check_variables(variables: Sequence[View], composed: "Composition") -> Iterator[FieldError]:
    for index, variable in enumerate(variables):
        path, name = f"spec.variables[{index}]", variable.get("name") or ""
        if not name.strip():
            yield required(f"{path}.name", "name is not specified")
        elif _IDENTIFIER.fullmatch(name) is None or name in RESERVED:
            yield invalid(f"{path}.name", name, "name is not a valid CEL identifier")
        if not (variable.get("expression") or "").strip():
            yield required(f"{path}.expression", "expression is not specified")
        elif found := composed.variables.get(name):
            yield from compiled(found, f"{path}.expression")


def check_binding(spec: View, resources: str = "matchResources") -> Iterator[FieldError]:
    """``resources`` is how upstream spells the path, which for one of the kinds it does not."""
    name = spec.get("policyName") or ""
    if not name:
        yield required("spec.policyName")
    else:
        yield from named("spec.policyName", name, names.dns_subdomain)
    if (reference := spec.get("paramRef")) is not None:
        yield from check_param_ref(reference, "spec.paramRef")
    if (given := spec.get("matchResources")) is not None:
        yield from check_resources(given, f"spec.{resources}")


def check_param_ref(reference: View, path: str) -> Iterator[FieldError]:
    name, selector = reference.get("name") or "", reference.get("selector")
    both = "name and selector are mutually exclusive"
    if name:
        yield from named(f"{path}.name", name, names.path_segment)
        if selector is not None:
            yield forbidden(f"{path}.name", both)
    if selector is not None:
        yield from check_label_selector(selector, f"{path}.selector")
        if name:
            yield forbidden(f"{path}.selector", both)
    if not name and selector is None:
        yield required(path, "one of name or selector must be specified")
    action = reference.get("parameterNotFoundAction")
    if not action:
        yield required(f"{path}.parameterNotFoundAction")
    elif action not in ("Deny", "Allow"):
        yield not_supported(f"{path}.parameterNotFoundAction", action, ("Deny", "Allow"))


def param_kind(policy: View, now: datetime) -> str:
    kind = get(policy, "spec.paramKind")
    return f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else UNSET


def param_ref(binding: View, now: datetime) -> str:
    reference = get(binding, "spec.paramRef") or {}
    if name := reference.get("name"):
        return f"{reference.get('namespace') or '*'}/{name}"
    selector = reference.get("selector")
    return UNSET if selector is None else selector_text(selector)


def selector_text(selector: View) -> str:
    """As Go prints a LabelSelector."""
    pairs = sorted((selector.get("matchLabels") or {}).items())
    labels = "".join(f"{key}: {value}," for key, value in pairs)
    terms = "".join(
        f"LabelSelectorRequirement{{Key:{term.get('key', '')},Operator:{term.get('operator', '')},"
        f"Values:[{' '.join(term.get('values') or ())}],}},"
        for term in selector.get("matchExpressions") or ()
    )
    shown = f"MatchLabels:map[string]string{{{labels}}},MatchExpressions:[]"
    return f"&LabelSelector{{{shown}LabelSelectorRequirement{{{terms}}},}}"


PARAM_KIND = Column(
    "ParamKind",
    param_kind,
    description="ParamKind specifies the kind of resources used to parameterize this policy",
)
PARAM_REF = Column(
    "ParamRef",
    param_ref,
    description="ParamRef indicates the param resource which sets the configration param",
)
POLICY_NAME = Column(
    "PolicyName",
    "spec.policyName",
    description="PolicyName indicates the policy definition which the policy binding binded to",
)
