"""What a ResourceQuota may say: names that are counted, and scopes that go with them.

Source: ``pkg/apis/core/validation/validation.go`` (ValidateResourceQuota),
``pkg/apis/core/helper/helpers.go``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onggi.api import names
from onggi.api.field_error import FieldError, immutable, invalid, required
from onggi.api.objects import View, get
from onggi.kinds.checks import named
from onggi.kinds.core.pod.resources import HUGE_PAGES
from onggi.kinds.core.pod.rules.resources import STANDARD, WHOLE, check_amount

PODS = ("pods",)
COMPUTE = ("cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory")
CLAIMS = ("persistentvolumeclaims", "requests.storage")
# Which of the standard resources a scope may be about.
SCOPES: Mapping[str, tuple[str, ...]] = {
    "BestEffort": PODS,
    "CrossNamespacePodAffinity": (*PODS, *COMPUTE),
    "NotBestEffort": (*PODS, *COMPUTE),
    "NotTerminating": (*PODS, *COMPUTE),
    "PriorityClass": (*PODS, *COMPUTE),
    "Terminating": (*PODS, *COMPUTE),
    "VolumeAttributesClass": CLAIMS,
}
WITHOUT_VALUES = {
    "BestEffort", "NotBestEffort", "Terminating", "NotTerminating", "CrossNamespacePodAffinity"
}  # fmt: skip
CONTRARY = ({"BestEffort", "NotBestEffort"}, {"Terminating", "NotTerminating"})
COUNTED = STANDARD - {"storage"}
HUGE = (HUGE_PAGES, f"requests.{HUGE_PAGES}")

EXISTS_ONLY = (
    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
    "ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, "
    "ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
)
NEEDS_VALUES = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
NO_VALUES = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"


def check(new: View, old: View | None) -> Iterator[FieldError]:
    spec = new.get("spec") or {}
    yield from check_amounts(spec.get("hard") or {}, "spec.hard")
    yield from check_scopes(spec)
    if (selector := spec.get("scopeSelector")) is not None:
        yield from check_selector(spec, selector)
    scopes = spec.get("scopes") or []
    if old is not None and {*scopes} != {*(get(old, "spec.scopes") or ())}:
        yield immutable("spec.scopes", scopes)


def check_status(new: View, old: View | None) -> Iterator[FieldError]:
    for side in ("hard", "used"):
        yield from check_amounts(get(new, f"status.{side}") or {}, f"status.{side}")


def check_amounts(table: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    for name, text in table.items():
        yield from check_name(name, f"{path}[{name}]")
        counted = name if name in WHOLE or "/" in name else ""  # pages of any number here
        yield from check_amount(counted, text, f"{path}[{name}]")


def check_name(name: str, path: str) -> Iterator[FieldError]:
    errors = list(named(path, name, names.qualified_name))
    standard = name in STANDARD or name.startswith(HUGE)
    if not errors and "/" not in name and not standard:
        yield invalid(path, name, "must be a standard resource type or fully qualified")
    yield from errors
    if "/" not in name and not is_counted(name):
        yield invalid(path, name, "must be a standard resource for quota")


def is_counted(name: str) -> bool:
    return name in COUNTED or name.startswith(HUGE)


def is_about(scope: str, names: Sequence[str]) -> bool:
    """Whether the scope goes with all of these resources, as far as they are standard ones."""
    return scope not in SCOPES or all(n in SCOPES[scope] for n in names if is_counted(n))


def misfits(scope: str, hard: Mapping[str, Any]) -> int:
    """How many resources the scope cannot be about: one error for each."""
    return sum(not is_about(scope, (name,)) for name in hard)


def check_scopes(spec: View) -> Iterator[FieldError]:
    scopes, hard, path = spec.get("scopes") or [], spec.get("hard") or {}, "spec.scopes"
    for scope in scopes:
        if scope not in SCOPES:
            yield invalid(path, scopes, "unsupported scope")
        for _ in range(misfits(scope, hard)):
            yield invalid(path, scopes, "unsupported scope applied to resource")
    if any(pair <= {*scopes} for pair in CONTRARY):
        yield invalid(path, scopes, "conflicting scopes")


def check_selector(spec: View, selector: View) -> Iterator[FieldError]:
    path, hard = "spec.scopeSelector.matchExpressions", spec.get("hard") or {}
    expressions = selector.get("matchExpressions") or []
    for expression in expressions:
        scope = expression.get("scopeName") or ""
        if scope not in SCOPES:
            yield invalid(f"{path}.scopeName", scope, "unsupported scope")
        for _ in range(misfits(scope, hard)):
            yield invalid(path, selector, "unsupported scope applied to resource")
        yield from check_operator(expression, scope, path)
    named = {expression.get("scopeName") for expression in expressions}
    if any(pair <= named for pair in CONTRARY):
        yield invalid(path, spec.get("scopes") or [], "conflicting scopes")


def check_operator(expression: View, scope: str, path: str) -> Iterator[FieldError]:
    operator, values = expression.get("operator") or "", expression.get("values") or []
    if scope in WITHOUT_VALUES and operator != "Exists":
        yield invalid(f"{path}.operator", operator, EXISTS_ONLY)
    match operator:
        case "In" | "NotIn":
            if not values:
                yield required(f"{path}.values", NEEDS_VALUES)
        case "Exists" | "DoesNotExist":
            if values:
                yield invalid(f"{path}.values", values, NO_VALUES)
        case _:
            yield invalid(f"{path}.operator", operator, "not a valid selector operator")
